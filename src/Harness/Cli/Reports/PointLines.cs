using Raid5Verify.Exhaustive;

namespace Raid5Verify.Cli.Reports;

/// <summary>A sweep over points in figures.</summary>
internal static class PointLines
{
    public static string Progress(PointSnapshot sweep) =>
        $"{sweep.Covered:N0} of {sweep.Points:N0} points in {sweep.Elapsed.TotalSeconds:N1} s, "
        + $"{sweep.Covered / Math.Max(sweep.Elapsed.TotalSeconds, 0.001):N1}/s, {sweep.Broken + sweep.HarnessFailed:N0} failed";

    /// <summary>The points by factor: covered, and of how many where that is not all. Of the mixes of operations only their number.</summary>
    public static IEnumerable<string> Table(PointSnapshot sweep)
    {
        yield return $"{"factor",-15} {"level",-28} {"points",12} {"covered",12}";
        var last = "";
        foreach (var count in sweep.Factors.Where(static count => count.Factor != "mix"))
        {
            yield return $"{(count.Factor == last ? "" : count.Factor),-15} {count.Level,-28} {count.Points,12:N0} {count.Covered,12:N0}";
            last = count.Factor;
        }

        var mixes = sweep.Factors.Where(static count => count.Factor == "mix").ToList();
        yield return $"{"operation mixes",-15} {$"{mixes.Count:N0} of them",-28} {mixes.Sum(static mix => mix.Points),12:N0} {mixes.Sum(static mix => mix.Covered),12:N0}";
    }
}
