using Raid5Verify.Running;
using Raid5Verify.Simulation;

namespace Raid5Verify.Campaigns;

/// <summary>What is told of a seed that ended: small, whatever its run was. Immutable.</summary>
public sealed record SeedRecord
{
    public required ulong Seed { get; init; }

    /// <summary>The one it ran under.</summary>
    public required StrategyKind Strategy { get; init; }

    public required RunOutcome Outcome { get; init; }

    /// <summary>The trace's hash.</summary>
    public required ulong Hash { get; init; }

    /// <summary>Real time that the run took; its bundle, if there is one, not counted.</summary>
    public required TimeSpan Duration { get; init; }

    public required TimeSpan VirtualTime { get; init; }

    /// <summary>Steps of the scheduler.</summary>
    public required long Steps { get; init; }

    /// <summary>States that the run reached; null where nobody counted them.</summary>
    public int? Coverage { get; init; }

    /// <summary>How it failed; null if it held.</summary>
    public SeedFailure? Failure { get; init; }

    /// <summary>One of the campaign's seeds; false for one that ran first and besides, because it is known to have failed.</summary>
    public required bool IsOfRange { get; init; }

    /// <summary>Where a campaign that goes on after this one begins: before it every seed of the range has ended by now.</summary>
    public required ulong Next { get; init; }
}
