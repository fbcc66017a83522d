using Raid5Verify.Simulation;

namespace Raid5Verify.Cli.Certification;

/// <summary>How the runtime compiles while a process runs.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Environment">Variables of the process, by which the runtime is told.</param>
internal sealed record JustInTime(string Name, IReadOnlyList<(string Name, string Value)> Environment)
{
    /// <summary>Quickly first, and again, better, what turns out to be used much: as it is by default.</summary>
    public static JustInTime Tiered { get; } = new("tiered", [("DOTNET_TieredCompilation", "1"), ("DOTNET_TieredPGO", "1"), ("DOTNET_TC_QuickJitForLoops", "1")]);

    /// <summary>The same, but loops at their best at once, and nothing after a profile of what was called.</summary>
    public static JustInTime WithoutProfile { get; } = new("no profile", [("DOTNET_TieredCompilation", "1"), ("DOTNET_TieredPGO", "0"), ("DOTNET_TC_QuickJitForLoops", "0")]);

    /// <summary>Everything once, at its best.</summary>
    public static JustInTime Once { get; } = new("once", [("DOTNET_TieredCompilation", "0")]);
}

/// <summary>One row of a certificate: what may differ between two processes that run the same seeds.</summary>
/// <param name="Strategy">Null: in turn by seed. Only rows of one strategy can be equal.</param>
/// <param name="Build">Which program.</param>
/// <param name="Jobs">Simulations at the same time.</param>
/// <param name="Jit">How it is compiled.</param>
internal sealed record Configuration(StrategyKind? Strategy, Build Build, int Jobs, JustInTime Jit)
{
    /// <summary>All that differs, for each strategy and for those in turn; the same configuration in two processes among it.</summary>
    /// <param name="builds">The first is compared with itself in every way, each other with the first.</param>
    /// <param name="jobs">More than one.</param>
    public static IReadOnlyList<Configuration> All(IReadOnlyList<Build> builds, int jobs) =>
    [
        .. Enum.GetValues<StrategyKind>().Select(kind => (StrategyKind?)kind).Prepend(null).SelectMany(strategy => (Configuration[])
        [
            new(strategy, builds[0], 1, JustInTime.Tiered),
            new(strategy, builds[0], 1, JustInTime.Tiered),
            new(strategy, builds[0], jobs, JustInTime.Tiered),
            new(strategy, builds[0], jobs, JustInTime.Once),
            new(strategy, builds[0], 1, JustInTime.WithoutProfile),
            .. builds.Skip(1).SelectMany(build => (Configuration[])
            [
                new(strategy, build, 1, JustInTime.Tiered),
                new(strategy, build, jobs, JustInTime.Once),
            ]),
        ]),
    ];

    /// <summary>Strategies in turn; of the first build, and of each other, every number of jobs and kind of compilation once.</summary>
    /// <param name="builds">As above.</param>
    /// <param name="jobs">As above.</param>
    public static IReadOnlyList<Configuration> Few(IReadOnlyList<Build> builds, int jobs) =>
    [
        new(null, builds[0], jobs, JustInTime.Tiered),
        new(null, builds[0], 1, JustInTime.Once),
        .. builds.Skip(1).Select(build => new Configuration(null, build, 1, JustInTime.Tiered)),
    ];
}
