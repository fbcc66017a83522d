using System.Globalization;
using System.Text;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary>The bytes of a block, as people look at them.</summary>
internal static class ShownBlock
{
    private const int BytesPerLine = 16;

    /// <summary>Reads a block of the array as the file system has it; what is not yet written back is committed first.</summary>
    /// <returns>Null: it is said why.</returns>
    public static async Task<byte[]?> ReadAsync(Workspace on, string text)
    {
        var array = on.Array.Session.Array;
        if (!on.TryNumber(text, "block", array.BlockCount - 1, out long number))
        {
            return null;
        }

        byte[] block = new byte[array.BlockSize];
        Errno error = await on.SyncAsync();
        error = error == Errno.OK ? await on.Volume.RunAsync(() => array.ReadAsync(new BlockAddress(number), block)) : error;
        return on.End(error, $"block {number}") == ExitCode.Done ? block : null;
    }

    /// <summary>Shows some bytes, both ends included.</summary>
    public static ExitCode Show(Workspace on, string name, ReadOnlyMemory<byte> block, int from, int to)
    {
        on.Terminal.Say(
            new { Block = name, From = from, To = to, Bytes = Convert.ToHexStringLower(block.Span[from..(to + 1)]) },
            output =>
            {
                // Lines that are the same as the one before are one star, but for the last.
                bool isSame = false;
                for (int at = from; at <= to; at += BytesPerLine)
                {
                    ReadOnlySpan<byte> bytes = block.Span[at..Math.Min(to + 1, at + BytesPerLine)];
                    bool wasSame = isSame;
                    isSame = at > from && at + BytesPerLine <= to && bytes.SequenceEqual(block.Span[(at - BytesPerLine)..at]);
                    if (!isSame || !wasSame)
                    {
                        output.WriteLine(isSame ? "*" : Line(bytes, at));
                    }
                }
            });
        return ExitCode.Done;
    }

    private static string Line(ReadOnlySpan<byte> bytes, int at)
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{at:x5} ");
        foreach (byte each in bytes)
        {
            line.Append(CultureInfo.InvariantCulture, $" {each:x2}");
        }

        line.Append(' ', 3 * (BytesPerLine - bytes.Length)).Append("  ");
        foreach (byte each in bytes)
        {
            line.Append(each is >= 0x20 and < 0x7f ? (char)each : '.');
        }

        return line.ToString();
    }
}
