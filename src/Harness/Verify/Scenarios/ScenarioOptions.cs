using Raid5Verify.Simulation;

namespace Raid5Verify.Scenarios;

/// <summary>How the run is simulated.</summary>
public sealed record ScenarioOptions
{
    /// <summary>How the scheduler picks among the steps that could run next.</summary>
    public StrategyKind Strategy { get; init; } = StrategyKind.Uniform;

    /// <summary>How often <see cref="StrategyKind.Pct"/> changes priorities.</summary>
    [Between(0, 100)]
    public int PctChanges { get; init; } = 3;

    /// <summary>
    /// Picks of the scheduler within which <see cref="StrategyKind.Pct"/> changes priorities: about as many as the run has, or what changes later
    /// changes nothing.
    /// </summary>
    [Between(1, 100_000_000)]
    public int PctHorizon { get; init; } = 10_000;

    /// <summary>How long a message takes from one host to another.</summary>
    public NetworkModel Network { get; init; } = NetworkModel.Lan;

    /// <summary>How far faults may go, and what is demanded for it.</summary>
    public RunMode Mode { get; init; } = RunMode.Safety;

    /// <summary>How clients ask the file system.</summary>
    public MountKind Mount { get; init; } = MountKind.Direct;
}

/// <summary>What stands between who asks and the file system.</summary>
public enum MountKind
{
    /// <summary>Nothing.</summary>
    Direct,

    /// <summary>The bytes of FUSE, as between a kernel and a mount.</summary>
    Fuse,
}

/// <summary>One-way latency of a healthy link.</summary>
public enum NetworkModel
{
    /// <summary>50 to 250 µs.</summary>
    Lan,

    /// <summary>5 to 20 ms.</summary>
    Wan,
}
