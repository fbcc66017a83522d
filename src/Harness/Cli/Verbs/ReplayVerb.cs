using System.CommandLine;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Arguments;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>replay</c>: one run again, bit for bit.</summary>
internal sealed class ReplayVerb
{
    private readonly Argument<string> _what = new("SEED|FILE")
    {
        Description = "A seed, decimal or 0x hex, or a scenario file",
    };

    private readonly CampaignChoices _choices = new();

    private readonly Option<string?> _trace = new("--trace")
    {
        Description = "Write every event of the run as JSON Lines",
        HelpName = "FILE",
    };

    private readonly Option<bool> _twice = new("--twice") { Description = "Run it twice, and compare event by event" };

    private readonly Terminal _terminal;

    private ReplayVerb(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var verb = new ReplayVerb(terminal);
        var command = new Command("replay", "Runs one seed, or one scenario file, again.") { verb._what };
        verb._choices.AddTo(command);
        command.Options.Add(verb._trace);
        command.Options.Add(verb._twice);
        command.SetAction(parsed => (int)verb.Run(parsed));
        return command;
    }

    private ExitCode Run(ParseResult parsed)
    {
        var what = parsed.GetRequiredValue(_what);
        if (!TryFind(what, parsed, out var scenario, out var command, out var problem))
        {
            return _terminal.Refuse(problem!);
        }

        var trace = parsed.GetValue(_trace);
        if (!OutputFile.TryCreate(trace, out var traceFile, out problem))
        {
            return _terminal.Refuse($"--trace: {problem}");
        }

        traceFile?.Dispose();

        using var watchdog = StuckSimulation.Watch(_terminal);
        var result = trace is null
            ? ScenarioRunner.Run(scenario!, new RunOptions { Watchdog = watchdog })
            : FailureBundle.Trace(scenario!, trace);
        if (result.Outcome != RunOutcome.Held)
        {
            FailureReport.Write(_terminal.Out, scenario!.Name, result, command!, bundle: null);
        }

        var code = result.ToExitCode();
        if (parsed.GetValue(_twice) && !IsTheSameTwice(scenario!))
        {
            code = ExitCode.HarnessFailed;
        }

        _terminal.Out.WriteLine(
            $"seed {scenario!.Seed}, hash {result.Hash:x16}, {result.Steps} steps, {result.VirtualTime.TotalSeconds:F6} s of virtual time");
        return code;
    }

    private bool IsTheSameTwice(Scenario scenario)
    {
        var twice = TwiceRun.Run(scenario);
        if (twice.Agree)
        {
            _terminal.Out.WriteLine($"two runs, the same {twice.First.Events:N0} events");
        }
        else
        {
            _terminal.Error.WriteLine($"raid5verify: the harness failed: {twice.Difference}");
        }

        return twice.Agree;
    }

    private bool TryFind(string what, ParseResult parsed, out Scenario? scenario, out string? command, out string? problem)
    {
        problem = null;
        if (SeedText.TryParse(what, out var seed))
        {
            var (profile, strategy) = (_choices.ProfileOf(parsed), _choices.StrategyOf(parsed));
            scenario = ScenarioGenerator.ForSeed(seed, profile, strategy);
            command = ReplayCommand.For(seed, profile, strategy);
            return true;
        }

        scenario = null;
        command = ReplayCommand.For(what);
        if (!File.Exists(what))
        {
            problem = $"'{what}' is neither a seed (a 64-bit number, decimal or 0x hex) nor a file";
            return false;
        }

        if (_choices.AreGiven(parsed))
        {
            problem = "a scenario file needs no --profile and no --strategy: it says all itself";
            return false;
        }

        return ScenarioFiles.TryRead(what, out scenario, out problem);
    }
}
