using Raid5Verify.Cli.Reports;
using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cli.Scoring;

/// <summary>A way to look for a bug.</summary>
/// <param name="Name">As the command line spells it.</param>
/// <param name="Arguments">What it is to <c>explore</c>.</param>
internal sealed record MutantSearch(string Name, IReadOnlyList<string> Arguments)
{
    /// <summary>Whether it says what scenarios to draw.</summary>
    public bool HasProfile => Arguments.Contains("--profile");

    /// <summary>Seeds, the strategies in turn: what a campaign does of itself.</summary>
    public static MutantSearch InTurn { get; } = new("in-turn", []);

    /// <summary>Runs that go on from runs.</summary>
    public static MutantSearch Guided { get; } = new("guided", ["--guided"]);

    /// <summary>Operations alone, as property-based testing knows them: one schedule, and no fault.</summary>
    public static MutantSearch Plain { get; } = new("plain", ["--profile", Profile.Plain.Name, "--strategy", Spelled.Of(StrategyKind.Fifo)]);

    /// <summary>No search: the scenario that was kept of it.</summary>
    public static MutantSearch Kept { get; } = new("kept", []);

    /// <summary>Those that are compared.</summary>
    public static IReadOnlyList<MutantSearch> All { get; } =
    [
        InTurn, .. Enum.GetValues<StrategyKind>().Select(strategy => new MutantSearch(Spelled.Of(strategy), ["--strategy", Spelled.Of(strategy)])), Guided, Plain,
    ];
}
