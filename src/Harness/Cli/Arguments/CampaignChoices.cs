using System.CommandLine;
using Raid5Verify.Generation;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cli.Arguments;

/// <summary>The two options that, with a seed, say what a run is.</summary>
internal sealed class CampaignChoices
{
    private static readonly string[] Strategies = [.. Enum.GetNames<StrategyKind>().Select(KebabCase.Of)];

    private readonly Option<string?> _profile = Choice.Option(
        "--profile", "What scenarios to draw, default 'default'", [.. Profile.All.Select(profile => profile.Name)]);

    private readonly Option<string?> _strategy = Choice.Option(
        "--strategy", "How to schedule, default: in turn by seed", Strategies);

    public void AddTo(Command command)
    {
        AddProfileTo(command);
        command.Options.Add(_strategy);
    }

    /// <summary>For a verb that goes through the strategies itself.</summary>
    public void AddProfileTo(Command command) => command.Options.Add(_profile);

    public Profile ProfileOf(ParseResult parsed) =>
        parsed.GetValue(_profile) is { } name ? Profile.Find(name)! : Profile.Default;

    /// <summary>Null for those that take turns.</summary>
    public StrategyKind? StrategyOf(ParseResult parsed) =>
        parsed.GetValue(_strategy) is { } name ? FindStrategy(name) : null;

    /// <summary>The strategy of a name; null if there is none of it.</summary>
    public static StrategyKind? FindStrategy(string name) =>
        Array.IndexOf(Strategies, name) is var number and >= 0 ? Enum.GetValues<StrategyKind>()[number] : null;

    public bool AreGiven(ParseResult parsed) => parsed.GetValue(_profile) is not null || parsed.GetValue(_strategy) is not null;
}
