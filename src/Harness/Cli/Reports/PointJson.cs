using System.Text.Json;
using Raid5Verify.Campaigns;
using Raid5Verify.Exhaustive;

namespace Raid5Verify.Cli.Reports;

/// <summary>A sweep over points for scripts: one JSON document, a figure a line.</summary>
internal static class PointJson
{
    public static string Of(PointSpace space, PointSnapshot sweep) => JsonSerializer.Serialize(
        new
        {
            sweep.Points,
            sweep.Covered,
            Failed = sweep.Broken + sweep.HarnessFailed,
            RealSeconds = sweep.Elapsed.TotalSeconds,
            PeakMemoryBytes = ProcessMemory.PeakBytes(),
            HashSum = $"{sweep.HashSum:x16}",
            sweep.Steps,
            space.Stories,
            space.CrashPoints,
            sweep.BeyondBudget,
            Factors = sweep.Factors.GroupBy(static count => count.Factor).ToDictionary(
                static factor => factor.Key,
                static factor => factor.ToDictionary(
                    static count => count.Level,
                    static count => new { count.Points, count.Covered })),
            Failures = sweep.Failures.OrderBy(static failure => failure.Point.ToString(), StringComparer.Ordinal).Select(Failure),
        },
        JsonText.Indented);

    /// <summary>The same of a sweep whose time was over before its points were counted.</summary>
    public static string OfNothing() => JsonSerializer.Serialize(new { Points = (long?)null, Covered = 0 }, JsonText.Indented);

    private static object Failure(PointFailure failure) => new
    {
        Point = failure.Point.ToString(),
        Outcome = Spelled.Of(failure.Result.Outcome),
        Promise = failure.Result.Violation?.Promise.ToString(),
        failure.Result.Violation?.Operation,
        failure.Result.Violation?.Expected,
        failure.Result.Violation?.Actual,
        Harness = failure.Result.Failure?.ToString(),
        Hash = $"{failure.Result.Hash:x16}",
        Replay = ReplayCommand.For(failure.Point),
        Bundle = failure.BundleFolder,
    };
}
