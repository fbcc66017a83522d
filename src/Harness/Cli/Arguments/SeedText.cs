using System.Globalization;

namespace Raid5Verify.Cli.Arguments;

/// <summary>A seed as people write it: an unsigned 64-bit number, decimal or hexadecimal after <c>0x</c>.</summary>
internal static class SeedText
{
    public static bool TryParse(string text, out ulong seed) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out seed)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed);
}
