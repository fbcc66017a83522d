using Raid5Verify.Coverage;
using Raid5Verify.Running;

namespace Raid5Verify.Campaigns;

/// <summary>How far a campaign is. Immutable, but for <see cref="Statistics"/>, which belongs to the reader.</summary>
public sealed record CampaignSnapshot
{
    /// <summary>Seeds that ended.</summary>
    public required long SeedsDone { get; init; }

    /// <summary>Real time since the start.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Of this process until now: what it took to start, and whatever else it does, included.</summary>
    public required TimeSpan ProcessorTime { get; init; }

    /// <summary>Summed over the seeds that ended.</summary>
    public required TimeSpan VirtualTime { get; init; }

    /// <summary>Steps of the scheduler, summed.</summary>
    public required long Steps { get; init; }

    /// <summary>Summed. A copy.</summary>
    public required RunStatistics Statistics { get; init; }

    /// <summary>How many states the seeds that ended reached, and how many more there seem to be.</summary>
    public required CoverageSummary Coverage { get; init; }

    /// <summary>In which of the seeds that ended the system met faults of each kind, in the catalogue's order.</summary>
    public required IReadOnlyList<FaultSighting> FaultsMet { get; init; }

    /// <summary>Seeds in which a promise was broken.</summary>
    public required long Broken { get; init; }

    /// <summary>Seeds in which the harness failed.</summary>
    public required long HarnessFailed { get; init; }

    /// <summary>Seeds that ran first because they had failed before.</summary>
    public long KnownToFail { get; init; }

    /// <summary>Those of them that failed again.</summary>
    public long KnownThatFailed { get; init; }

    /// <summary>Failures in the order of their seeds: those of the smallest, at most 100, whichever ended first.</summary>
    public required IReadOnlyList<SeedFailure> Failures { get; init; }

    /// <summary>A hash over all seeds' trace hashes in the order of the seeds. Final when the campaign is.</summary>
    public required ulong CombinedHash { get; init; }

    /// <summary>Another, in no order: those of all shards add up to that of the whole. Final when the campaign is.</summary>
    public ulong HashSum { get; init; }

    /// <summary>Where a campaign that goes on after this one begins: all seeds before it have ended.</summary>
    public ulong Next { get; init; }

    public long Passed => SeedsDone - Broken - HarnessFailed;
}

/// <summary>A run of a campaign that failed.</summary>
/// <param name="Name">In the words of the campaign.</param>
/// <param name="Result">How.</param>
/// <param name="BundleFolder">Where its bundle lies; null if none was written.</param>
public abstract record FoundFailure(string Name, RunResult Result, string? BundleFolder);

/// <summary>A seed that failed.</summary>
/// <param name="Seed">Which.</param>
/// <param name="Result">How.</param>
/// <param name="ReplayCommand">What to type to see it again.</param>
/// <param name="BundleFolder">Where its bundle lies; null if none was written.</param>
public sealed record SeedFailure(ulong Seed, RunResult Result, string ReplayCommand, string? BundleFolder)
    : FoundFailure($"seed {Seed}", Result, BundleFolder);
