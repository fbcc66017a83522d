using System.CommandLine;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Arguments;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Running;
using Raid5Verify.Shrinking;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>shrink</c>: from a run that fails to the smallest that fails in the same way.</summary>
internal sealed class ShrinkVerb
{
    private readonly ReplayedRun _run = new("A failure bundle, a scenario file, or a seed, decimal or 0x hex");

    private readonly Option<TimeSpan?> _time = ParsedOption.Of<TimeSpan>(
        "--time", "SPAN", $"How long at most, default {ShrinkOptions.DefaultTime.TotalSeconds}s", TimeText.TryParse, "a span such as 90s, 5m or 2h is wanted");

    private readonly Option<int?> _jobs = ParsedOption.Of<int>(
        "--jobs", "J", "Runs at the same time, default one a processor", CountText.TryParseJobs, CountText.JobsWanted);

    private readonly Option<string> _out = CampaignOutputs.FolderOption("Folder for the failure bundle; a bundle's own is used again");

    private readonly Terminal _terminal;

    private ShrinkVerb(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var verb = new ShrinkVerb(terminal);
        var command = new Command("shrink", "Makes a failure small: what can be taken away without it is taken away.");
        verb._run.AddTo(command);
        command.Options.Add(verb._time);
        command.Options.Add(verb._jobs);
        command.Options.Add(verb._out);
        command.SetAction(parsed => (int)verb.Run(parsed));
        return command;
    }

    private ExitCode Run(ParseResult parsed)
    {
        if (_run.Find(parsed, _terminal, original: true, anyway: true) is not { } found)
        {
            return ExitCode.BadInput;
        }

        using var watchdog = StuckSimulation.Watch(_terminal);
        var failed = ScenarioRunner.Run(found.Scenario, new RunOptions { Watchdog = watchdog });
        if (failed.Outcome == RunOutcome.Held)
        {
            return _terminal.Refuse($"{found.Scenario.Name}: every promise holds, there is nothing to shrink");
        }

        var progress = new ProgressLine(_terminal);
        var options = new ShrinkOptions
        {
            Time = parsed.GetValue(_time) ?? ShrinkOptions.DefaultTime,
            Jobs = parsed.GetValue(_jobs) ?? Environment.ProcessorCount,
            OnProgress = now => progress.Show($"{now.Size} steps left after {now.Runs:N0} runs, {now.Elapsed.TotalSeconds:N1} s"),
            Watchdog = watchdog,
        };
        var own = found.Bundle ?? FailureBundle.FolderOf(parsed.GetRequiredValue(_out), failed.Scenario);
        var minimal = MinimalFailure.Find(failed, options, FailureBundle.FindMinimal(own), _terminal.Interrupted);
        progress.Clear();
        try
        {
            var bundle = found.Bundle ?? FailureBundle.Write(parsed.GetRequiredValue(_out), failed, found.Command, found.Profile, watchdog);
            FailureBundle.AddMinimal(bundle, failed, minimal, watchdog);
            Write(failed, minimal, bundle);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Write(failed, minimal, bundle: null);
            _terminal.Refuse($"the bundle cannot be written: {refused.Message}");
        }

        return failed.Outcome.ToExitCode();
    }

    private void Write(RunResult failed, MinimalFailure minimal, string? bundle)
    {
        FailureReport.Write(
            _terminal.Out,
            minimal.Result.Scenario.Name,
            minimal.Result,
            bundle is null ? null : ReplayCommand.For(bundle),
            bundle,
            FailureReport.Describe(failed, minimal));
        _terminal.Out.WriteLine();
        _terminal.Out.Write(minimal.Result.Scenario.ToString());
        _terminal.Out.WriteLine();
        _terminal.Out.Write(minimal.Necessity.ToString());
    }
}
