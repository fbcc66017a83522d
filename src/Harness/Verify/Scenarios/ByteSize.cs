using System.Globalization;

namespace Raid5Verify.Scenarios;

/// <summary>A number of bytes, ≥ 0, written <c>512B</c>, <c>4KiB</c>, <c>2MiB</c>, <c>1GiB</c>; a bare number is bytes.</summary>
public readonly record struct ByteSize(long Bytes)
{
    private static readonly (string Suffix, long Factor)[] Units =
        [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    public static ByteSize OfKiB(long count) => new(count << 10);

    public static bool TryParse(string text, out ByteSize size)
    {
        (string suffix, long factor) = Units.FirstOrDefault(
            unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal), (Suffix: string.Empty, Factor: 1L));
        bool isNumber = long.TryParse(
            text.AsSpan(0, text.Length - suffix.Length).TrimEnd(), NumberStyles.None, null, out long count);
        bool fits = isNumber && count <= long.MaxValue / factor;
        size = new ByteSize(fits ? count * factor : 0);
        return fits;
    }

    /// <summary>What somebody may have meant: <c>4KiB</c> for <c>4KB</c>, <c>4kib</c> or <c>4K</c>.</summary>
    /// <returns>Null where there is nothing to guess.</returns>
    internal static string? Guess(string text)
    {
        string count = text.TrimEnd([.. "kmgibKMGIB"]);
        string unit = text[count.Length..];
        string? meant = Units.Select(static known => known.Suffix).FirstOrDefault(
            known => known[0] == char.ToUpperInvariant(unit.FirstOrDefault())
                && (unit.Length == 1 || unit[1..].ToUpperInvariant() is "B" or "I" or "IB"));
        return meant is not null && TryParse($"{count}{meant}", out _) ? $"{count.TrimEnd()}{meant}" : null;
    }

    /// <summary>In the largest unit that gives a whole number.</summary>
    public override string ToString()
    {
        long bytes = Bytes;
        (string suffix, long factor) = Units.First(unit => bytes % unit.Factor == 0 && (bytes > 0 || unit.Factor == 1));
        return $"{bytes / factor}{suffix}";
    }
}
