using System.Text.Json;

namespace Raid5Verify.Cli.Bench;

/// <summary>
/// The most memory that <c>explore --jobs 2</c> takes, measured by processes of their own, and whether it grows with the
/// number of seeds: a run must leave nothing behind.
/// </summary>
/// <remarks>
/// A peak is a matter of when the collections fall, and repeats to several percent only: whether it grows is told by the
/// medians of a few.
/// </remarks>
internal static class PeakMemory
{
    private const int Few = 1_000;
    private const int Many = 10_000;
    private const int Repetitions = 3;
    private const double Megabyte = 1_000_000;

    public static IEnumerable<Figure> Measure()
    {
        var few = OfExplores(Few);
        var many = OfExplores(Many);
        yield return new Figure("peak_memory", few.Concat(many).Max() / Megabyte, "MB", Target.AtMost(400));
        yield return new Figure("peak_memory_growth", 100 * (Median(many) / Median(few) - 1), "% from 1,000 to 10,000 seeds", Target.AtMost(5));
    }

    private static double[] OfExplores(int seeds) => [.. Enumerable.Range(0, Repetitions).Select(_ => OfExplore(seeds)).Order()];

    private static double Median(double[] ordered) => ordered[ordered.Length / 2];

    private static double OfExplore(int seeds)
    {
        using var parsed = JsonDocument.Parse(ThisProgram.Run("explore", "--seeds", $"{seeds}", "--jobs", "2", "--json"));
        return parsed.RootElement.GetProperty("peak_memory_bytes").GetInt64();
    }
}
