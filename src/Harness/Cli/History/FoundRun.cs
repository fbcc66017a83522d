using Raid5Verify.Campaigns;
using Raid5Verify.Exhaustive;
using Raid5Verify.Guided;
using Raid5Verify.Running;

namespace Raid5Verify.Cli.History;

/// <summary>A run that failed and that no seed means: of a guided search, or a point of the exhaustive mode.</summary>
/// <param name="Name">The scenario's, or the point's.</param>
internal sealed record FoundRun(string Name)
{
    public required RunOutcome Outcome { get; init; }

    /// <summary>The promise that was broken; null if the harness failed.</summary>
    public required string? Promise { get; init; }

    /// <summary>How the harness failed; null if a promise was broken.</summary>
    public required string? Harness { get; init; }

    public required ulong Hash { get; init; }

    /// <summary>Null if none was written.</summary>
    public required string? Bundle { get; init; }

    /// <summary>What to type to see it again; null for a scenario that was not kept.</summary>
    public required string? Replay { get; init; }

    public static FoundRun Of(GuidedFailure failure) => new(failure.Name)
    {
        Outcome = failure.Result.Outcome,
        Promise = failure.Result.Violation?.Promise.ToString(),
        Harness = failure.Result.Failure?.Kind,
        Hash = failure.Result.Hash,
        Bundle = failure.BundleFolder,
        Replay = failure.ReplayCommand,
    };

    public static FoundRun Of(PointFailure failure) => new(failure.Point.ToString())
    {
        Outcome = failure.Result.Outcome,
        Promise = failure.Result.Violation?.Promise.ToString(),
        Harness = failure.Result.Failure?.Kind,
        Hash = failure.Result.Hash,
        Bundle = failure.BundleFolder,
        Replay = ReplayCommand.For(failure.Point),
    };
}
