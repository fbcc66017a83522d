using System.Globalization;
using System.Text.RegularExpressions;

namespace Raid5Verify.Scenarios;

/// <summary>
/// Which stored block a disk fault strikes: <c>server 2 row 17</c> (data or parity, whatever lies there), or
/// <c>/diary at 8KiB</c> (the block that holds this byte of that file).
/// </summary>
public abstract partial record BlockTarget
{
    private BlockTarget()
    {
    }

    /// <summary>The block of one row on one server.</summary>
    public sealed record OnServer(int Server, int Row) : BlockTarget
    {
        public override string ToString() => $"server {Server} row {Row}";
    }

    /// <summary>The block that holds one byte of a file.</summary>
    public sealed record OfFile(string Path, ByteSize At) : BlockTarget
    {
        public override string ToString() => $"{Path} at {At}";
    }

    internal static BlockTarget? Parse(string text)
    {
        if (ServerAndRow().Match(text) is { Success: true } place
            && int.TryParse(place.Groups["server"].Value, NumberStyles.None, null, out int server)
            && int.TryParse(place.Groups["row"].Value, NumberStyles.None, null, out int row))
        {
            return new OnServer(server, row);
        }

        int split = text.LastIndexOf(" at ", StringComparison.Ordinal);
        return text.StartsWith('/') && split > 0 && ByteSize.TryParse(text[(split + 4)..], out ByteSize at)
            ? new OfFile(text[..split], at)
            : null;
    }

    [GeneratedRegex("^server (?<server>[0-9]+) row (?<row>[0-9]+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServerAndRow();
}
