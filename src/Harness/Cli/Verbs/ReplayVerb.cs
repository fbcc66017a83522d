using System.CommandLine;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Arguments;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Exhaustive;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>replay</c>: one run again, bit for bit.</summary>
internal sealed class ReplayVerb
{
    private readonly Argument<string?> _what = new("SEED|FILE")
    {
        Description = "A seed, decimal or 0x hex, or a scenario file",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _point = new("--point")
    {
        Description = "A point of explore --exhaustive, by its name, instead of a seed or a file",
        HelpName = "POINT",
    };

    private readonly CampaignChoices _choices = new();

    private readonly Option<string?> _trace = new("--trace")
    {
        Description = "Write every event of the run as JSON Lines",
        HelpName = "FILE",
    };

    private readonly Option<bool> _twice = new("--twice") { Description = "Compare two runs of it event by event" };

    private readonly Terminal _terminal;

    private ReplayVerb(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var verb = new ReplayVerb(terminal);
        var command = new Command("replay", "Runs one seed, one scenario file or one point again.") { verb._what };
        command.Options.Add(verb._point);
        verb._choices.AddTo(command);
        command.Options.Add(verb._trace);
        command.Options.Add(verb._twice);
        command.SetAction(parsed => (int)verb.Run(parsed));
        return command;
    }

    private ExitCode Run(ParseResult parsed)
    {
        if (parsed.GetValue(_point) is { } name)
        {
            return ReplayPoint(name, parsed);
        }

        if (parsed.GetValue(_what) is not { } what)
        {
            return _terminal.Refuse("Required argument missing for command: 'replay': a seed, a scenario file, or --point");
        }

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
            : FailureBundle.Trace(scenario!, trace, watchdog);
        if (result.Outcome != RunOutcome.Held)
        {
            FailureReport.Write(_terminal.Out, scenario!.Name, result, command!, bundle: null);
        }

        var code = result.Outcome.ToExitCode();
        if (parsed.GetValue(_twice) && !IsTheSameTwice(scenario!, watchdog))
        {
            code = ExitCode.HarnessFailed;
        }

        _terminal.Out.WriteLine(
            $"seed {scenario!.Seed}, hash {result.Hash:x16}, {result.Steps} steps, {result.VirtualTime.TotalSeconds:F6} s of virtual time");
        return code;
    }

    private ExitCode ReplayPoint(string name, ParseResult parsed)
    {
        if (parsed.GetValue(_what) is not null || _choices.AreGiven(parsed))
        {
            return _terminal.Refuse("--point needs nothing beside it but --trace and --twice: its name says all");
        }

        if (!ExhaustivePoint.TryParse(name, out var point))
        {
            return _terminal.Refuse($"'{name}' is no point; explore --exhaustive prints names such as n3/Wa.C/none/client:4");
        }

        var trace = parsed.GetValue(_trace);
        if (!OutputFile.TryCreate(trace, out var traceFile, out var problem))
        {
            return _terminal.Refuse($"--trace: {problem}");
        }

        traceFile?.Dispose();
        using var watchdog = StuckSimulation.Watch(_terminal);
        var result = trace is null ? PointBundle.Run(point!, watchdog) : PointBundle.Trace(point!, trace, watchdog);
        if (result.Outcome != RunOutcome.Held)
        {
            FailureReport.Write(_terminal.Out, point!, result, bundle: null);
        }

        var code = result.Outcome.ToExitCode();
        if (parsed.GetValue(_twice) && PointBundle.Run(point!, watchdog).Hash is var second && second != result.Hash)
        {
            _terminal.Error.WriteLine($"raid5verify: the harness failed: the second run is another: hash {second:x16}");
            code = ExitCode.HarnessFailed;
        }

        _terminal.Out.WriteLine(
            $"point {point}, hash {result.Hash:x16}, {result.Steps} steps, {result.VirtualTime.TotalSeconds:F6} s of virtual time");
        return code;
    }

    private bool IsTheSameTwice(Scenario scenario, Watchdog watchdog)
    {
        var twice = TwiceRun.Run(scenario, watchdog);
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
