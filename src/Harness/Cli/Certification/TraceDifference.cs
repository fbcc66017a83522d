namespace Raid5Verify.Cli.Certification;

/// <summary>Where two traces, written as JSON Lines, part.</summary>
/// <param name="Seq">The number of the event, from 0, as the traces have it.</param>
/// <param name="One">The line of the one; null if it ended before.</param>
/// <param name="Other">The line of the other; null if it ended before.</param>
internal sealed record TraceDifference(long Seq, string? One, string? Other)
{
    /// <returns>Null if the files are equal.</returns>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static TraceDifference? Find(string oneFile, string otherFile)
    {
        using var one = new StreamReader(oneFile);
        using var other = new StreamReader(otherFile);
        for (var seq = 0L; ; seq++)
        {
            var (mine, its) = (one.ReadLine(), other.ReadLine());
            if (mine != its)
            {
                return new TraceDifference(seq, mine, its);
            }

            if (mine is null)
            {
                return null;
            }
        }
    }
}
