using Raid5Verify.Campaigns;
using Raid5Verify.Running;

namespace Raid5Verify.Guided;

/// <summary>How far a guided campaign is. Immutable, but for the statistics, which belong to the reader.</summary>
public sealed record GuidedSnapshot
{
    /// <summary>
    /// Its sums, with runs for seeds; without failures, which have no seeds. The runs are not drawn alike, so that the estimates of how many
    /// more states there are do not hold.
    /// </summary>
    public required CampaignSnapshot Sums { get; init; }

    /// <summary>Runs of mutated scenarios; the others were new seeds, or kept from an earlier search.</summary>
    public required long Mutants { get; init; }

    /// <summary>Scenarios that further ones are made of.</summary>
    public required int Corpus { get; init; }

    /// <summary>The first failures, at most 100, in the order of the runs.</summary>
    public required IReadOnlyList<GuidedFailure> Failures { get; init; }
}

/// <summary>A run that failed.</summary>
/// <param name="Name">The scenario's.</param>
/// <param name="Result">How.</param>
/// <param name="ReplayCommand">What to type to see it again; null for a scenario that was not kept.</param>
/// <param name="BundleFolder">Where its bundle lies; null if none was written.</param>
public sealed record GuidedFailure(string Name, RunResult Result, string? ReplayCommand, string? BundleFolder)
    : FoundFailure(Name, Result, BundleFolder);
