using System.CommandLine;
using Raid5Verify.Campaigns;
using Raid5Verify.Exhaustive;
using Raid5Verify.Generation;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Cli.Arguments;

/// <summary>A run named on the command line: a seed with its profile and strategy, a scenario file, or a failure bundle.</summary>
internal sealed class ReplayedRun
{
    private readonly Argument<string?> _what;
    private readonly CampaignChoices _choices = new();
    private readonly SeenSeed _seen = new();

    public ReplayedRun(string description) => _what = new Argument<string?>("BUNDLE|FILE|SEED")
    {
        Description = description,
        Arity = ArgumentArity.ZeroOrOne,
    };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_what);
        _choices.AddTo(command);
        _seen.AddTo(command);
    }

    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_what) is not null;

    /// <summary>Whether it is a failure bundle, or the name of what a guided search found.</summary>
    public bool MayBeBundle(ParseResult parsed) =>
        parsed.GetValue(_what) is not { } what || Directory.Exists(what) || !(SeedText.TryParse(what, out _) || File.Exists(what));

    /// <summary>The point of the exhaustive mode that stands in the place of a seed or a file; null if none does.</summary>
    public string? PointOf(ParseResult parsed) =>
        parsed.GetValue(_what) is { } what && !Path.Exists(what) && ExhaustivePoint.TryParse(what, out _) ? what : null;

    /// <summary>Finds the run, and says what a database knows of its seed.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="terminal">Where that is said, or why there is none.</param>
    /// <param name="original">Of a bundle the original run, even if there is a minimal one.</param>
    /// <param name="anyway">Of a bundle even what may not be the same run.</param>
    /// <returns>Null if there is a problem, which has been said.</returns>
    public NamedRun? Find(ParseResult parsed, Terminal terminal, bool original, bool anyway)
    {
        if (!TryFind(parsed, original, anyway, out var found, out var problem))
        {
            terminal.Refuse(problem!);
        }
        else if (found!.Source is not null)
        {
            terminal.Out.WriteLine(found.Source);
        }

        return found;
    }

    /// <summary>Whether something is given that only says what a seed means: a profile, a strategy, or where to look for them.</summary>
    public bool AreChoicesGiven(ParseResult parsed) => _choices.AreGiven(parsed) || _seen.IsGiven(parsed);

    private bool TryFind(ParseResult parsed, bool original, bool anyway, out NamedRun? found, out string? problem)
    {
        found = null;
        problem = null;
        if (parsed.GetValue(_what) is not { } what)
        {
            problem = $"Required argument missing for command: '{parsed.CommandResult.Command.Name}': a seed, a scenario file, or a failure bundle";
            return false;
        }

        if (SeedText.TryParse(what, out var seed))
        {
            var (profile, strategy) = (_choices.ProfileOf(parsed), _choices.StrategyOf(parsed));
            string? source = null;
            if (!_choices.AreGiven(parsed) && !_seen.TryFind(parsed, seed, ref profile, ref strategy, out source, out problem))
            {
                return false;
            }

            found = new NamedRun(ScenarioGenerator.ForSeed(seed, profile, strategy), ReplayCommand.For(seed, profile, strategy))
            {
                Profile = profile,
                Source = source,
            };
            return true;
        }

        bool isName = !Path.Exists(what);
        if (isName)
        {
            if (!_seen.TryFindBundle(parsed, what, out var bundle, out problem))
            {
                return false;
            }

            if (bundle is null)
            {
                problem = $"'{what}' is neither a seed (a 64-bit number, decimal or 0x hex) nor a file or failure bundle, and no campaign found it";
                return false;
            }

            what = bundle;
        }

        if (_choices.AreGiven(parsed) || (!isName && _seen.IsGiven(parsed)))
        {
            problem = "a scenario file or bundle needs no --profile, no --strategy and no database: it says all itself";
            return false;
        }

        if (Directory.Exists(what))
        {
            if (BundleReplay.TryOpen(what, original, anyway, out var replay, out problem))
            {
                found = new NamedRun(replay!.Scenario, ReplayCommand.For(what)) { Replay = replay };
            }
        }
        else if (ScenarioFiles.TryRead(what, out var scenario, out problem))
        {
            found = new NamedRun(scenario!, ReplayCommand.For(what));
        }

        return found is not null;
    }
}

/// <summary>A run that was named on the command line.</summary>
/// <param name="Scenario">What is run.</param>
/// <param name="Command">What to type to see it again.</param>
internal sealed record NamedRun(Scenario Scenario, string Command)
{
    /// <summary>What it was drawn from; null if it was not.</summary>
    public Profile? Profile { get; init; }

    /// <summary>What a database says of its seed, in one line; null if nothing was taken from it.</summary>
    public string? Source { get; init; }

    /// <summary>The bundle that it is of, opened; null if it is of none.</summary>
    public BundleReplay? Replay { get; init; }

    /// <summary>The bundle's folder; null if it is of none.</summary>
    public string? Bundle => Replay?.Folder;
}
