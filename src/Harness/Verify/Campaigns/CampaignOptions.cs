using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Campaigns;

/// <summary>Which seeds a campaign runs, and how.</summary>
public sealed record CampaignOptions
{
    public Profile Profile { get; init; } = Profile.Default;

    /// <summary>Null: the strategies take turns by seed.</summary>
    public StrategyKind? Strategy { get; init; }

    /// <summary>The first seed.</summary>
    public ulong From { get; init; } = 1;

    /// <summary>How many seeds, from <see cref="From"/> on; null for no end but <see cref="Time"/>. At least 1.</summary>
    public long? Seeds { get; init; } = 1000;

    /// <summary>The part of these seeds that this campaign runs. Default: all of them.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>
    /// Seeds that failed before. Those of this shard run first, and count; one of the range is not run again in its turn.
    /// Others are run besides, and are in no hash of the campaign.
    /// </summary>
    public IReadOnlyList<ulong> KnownToFail { get; init; } = [];

    /// <summary>Real time after which no further seed is started; null for no limit.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Starts no further seed once one has failed.</summary>
    public bool IsUntilFailure { get; init; }

    /// <summary>Simulations at the same time, one a thread. At least 1. It changes nothing but how long it takes.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>Where failure bundles go; null for none.</summary>
    public string? OutFolder { get; init; } = BundleFolder.Default;

    /// <summary>Failures of which a bundle is written; all are counted and listed. Default 10.</summary>
    public int MaxBundles { get; init; } = 10;

    /// <summary>Told of each seed that ended, in no particular order, on the thread that ran it, one at a time.</summary>
    public Action<SeedRecord>? OnSeed { get; init; }

    /// <summary>Told of each failure, on the thread that ran it, one at a time, when its bundle is written.</summary>
    public Action<SeedFailure>? OnFailure { get; init; }

    /// <summary>Notices steps that never end; null for none.</summary>
    public Watchdog? Watchdog { get; init; }
}
