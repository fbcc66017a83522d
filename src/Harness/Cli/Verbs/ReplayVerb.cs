using System.CommandLine;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Arguments;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Exhaustive;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;
using Raid5Verify.Stories;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>replay</c>: one run again, bit for bit.</summary>
internal sealed class ReplayVerb
{
    private readonly ReplayedRun _run = new("A seed, decimal or 0x hex, a scenario file, or a failure bundle: its minimal run, if there is one");

    private readonly Option<string?> _point = new("--point")
    {
        Description = "A point of explore --exhaustive, by its name, instead of a seed or a file",
        HelpName = "POINT",
    };

    private readonly Option<bool> _original = new("--original") { Description = "Of a bundle the run that was found, not the minimal one" };

    private readonly Option<bool> _anyway = new("--anyway") { Description = "A bundle of another version too, or one that was changed" };

    private readonly Option<bool> _story = new("--story") { Description = "Tell the run: who did what when, in virtual time" };

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
        var command = new Command("replay", "Runs one seed, one scenario file, one failure bundle or one point again.");
        verb._run.AddTo(command);
        command.Options.Add(verb._point);
        command.Options.Add(verb._original);
        command.Options.Add(verb._anyway);
        command.Options.Add(verb._story);
        command.Options.Add(verb._trace);
        command.Options.Add(verb._twice);
        command.SetAction(parsed => (int)verb.Run(parsed));
        return command;
    }

    private ExitCode Run(ParseResult parsed)
    {
        if ((parsed.GetValue(_point) ?? _run.PointOf(parsed)) is { } name)
        {
            return ReplayPoint(name, parsed);
        }

        if (IsOfBundle(parsed) && !_run.MayBeBundle(parsed))
        {
            return _terminal.Refuse("--original and --anyway are for failure bundles: of anything else there is one run");
        }

        if (_run.Find(parsed, _terminal, parsed.GetValue(_original), parsed.GetValue(_anyway)) is not { } found)
        {
            return ExitCode.BadInput;
        }

        var trace = parsed.GetValue(_trace);
        if (!OutputFile.TryCreate(trace, out var traceFile, out var problem))
        {
            return _terminal.Refuse($"--trace: {problem}");
        }

        traceFile?.Dispose();

        using var watchdog = StuckSimulation.Watch(_terminal);
        var scenario = found.Scenario;
        RunResult result;
        string? difference = null;
        try
        {
            result = found.Replay is { } replay ? replay.Run(watchdog, out difference)
                : trace is not null ? FailureBundle.Trace(scenario, trace, watchdog)
                : ScenarioRunner.Run(scenario, new RunOptions { Watchdog = watchdog });
        }
        catch (Exception refused) when (found.Bundle is not null && refused is IOException or UnauthorizedAccessException)
        {
            return _terminal.Refuse($"the recorded trace of {found.Bundle} cannot be read: {refused.Message}");
        }

        if (found.Replay is not null && trace is not null)
        {
            FailureBundle.Trace(scenario, trace, watchdog);
        }

        if (result.Outcome != RunOutcome.Held)
        {
            FailureReport.Write(_terminal.Out, scenario.Name, result, found.Command, found.Bundle);
        }

        var code = result.Outcome.ToExitCode();
        if (found.Replay is not null && !IsTheRecorded(found.Replay, result, difference))
        {
            code = ExitCode.HarnessFailed;
        }

        if (parsed.GetValue(_twice) && !IsTheSameTwice(scenario, watchdog))
        {
            code = ExitCode.HarnessFailed;
        }

        if (parsed.GetValue(_story))
        {
            _terminal.Out.WriteLine();
            _terminal.Out.WriteLine(RunStory.Tell(scenario, watchdog));
        }

        _terminal.Out.WriteLine(
            $"seed {scenario.Seed}, hash {result.Hash:x16}, {result.Steps} steps, {result.VirtualTime.TotalSeconds:F6} s of virtual time");
        return code;
    }

    private bool IsOfBundle(ParseResult parsed) => parsed.GetValue(_original) || parsed.GetValue(_anyway);

    private ExitCode ReplayPoint(string name, ParseResult parsed)
    {
        if ((parsed.GetValue(_point) is not null && _run.IsGiven(parsed)) || _run.AreChoicesGiven(parsed) || IsOfBundle(parsed) || parsed.GetValue(_story))
        {
            return _terminal.Refuse("a point needs nothing beside it but --trace and --twice: its name says all");
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

    /// <summary>Says whether it is the run that the bundle recorded.</summary>
    /// <returns>False if it is not, and there is no reason why.</returns>
    private bool IsTheRecorded(BundleReplay replay, RunResult result, string? difference)
    {
        var run = replay.IsMinimal ? "minimal" : "original";
        if (difference is null)
        {
            _terminal.Out.WriteLine($"the {run} run of the bundle, the same {result.Events:N0} events");
            return true;
        }

        foreach (var reservation in replay.Reservations)
        {
            _terminal.Out.WriteLine($"note: {reservation}");
        }

        if (replay.Reservations.Count > 0)
        {
            _terminal.Out.WriteLine($"not the {run} run of the bundle: {difference}");
            return true;
        }

        _terminal.Error.WriteLine($"raid5verify: the harness failed: not the {run} run of the bundle: {difference}");
        return false;
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
}
