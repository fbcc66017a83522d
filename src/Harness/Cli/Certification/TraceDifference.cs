namespace Raid5Verify.Cli.Certification;

/// <summary>Where two traces, written as JSON Lines, part.</summary>
/// <param name="Line">From 1.</param>
/// <param name="One">The line of the one; null if it ended before.</param>
/// <param name="Other">The line of the other; null if it ended before.</param>
internal sealed record TraceDifference(long Line, string? One, string? Other)
{
    /// <returns>Null if the files are equal.</returns>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static TraceDifference? Find(string oneFile, string otherFile)
    {
        using var one = new StreamReader(oneFile);
        using var other = new StreamReader(otherFile);
        for (var line = 1L; ; line++)
        {
            var (mine, its) = (one.ReadLine(), other.ReadLine());
            if (mine != its)
            {
                return new TraceDifference(line, mine, its);
            }

            if (mine is null)
            {
                return null;
            }
        }
    }
}
