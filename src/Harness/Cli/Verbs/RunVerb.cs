using System.CommandLine;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Arguments;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Stories;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>run</c>: scenario files, each once.</summary>
internal static class RunVerb
{
    public static Command Create(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "A scenario file, or a folder: every .yaml file below it",
            Arity = ArgumentArity.OneOrMore,
        };
        var story = new Option<bool>("--story") { Description = "Tell each run: who did what when, in virtual time" };
        var command = new Command("run", "Runs scenarios that were written down, each once.") { paths, story };
        command.SetAction(parsed => (int)Run(terminal, parsed.GetRequiredValue(paths), parsed.GetValue(story)));
        return command;
    }

    private static ExitCode Run(Terminal terminal, string[] paths, bool tells)
    {
        // Everything is read before anything is run: a bad file should not be found after an hour.
        List<(string File, Scenario Scenario)> scenarios = [];
        List<string> problems = [];
        foreach (var path in paths)
        {
            if (!ScenarioFiles.TryFind(path, out var files, out var problem))
            {
                return terminal.Refuse(problem!);
            }

            foreach (var file in files)
            {
                if (ScenarioFiles.TryRead(file, out var scenario, out problem))
                {
                    scenarios.Add((file, scenario!));
                }
                else
                {
                    problems.AddRange(problem!.Split('\n'));
                }
            }
        }

        if (problems.Count > 0)
        {
            // What is wrong in a file that many include is wrong once.
            return terminal.RefuseFiles(problems.Distinct());
        }

        using var watchdog = StuckSimulation.Watch(terminal);
        var worst = ExitCode.Held;
        var failed = 0;
        foreach (var (file, scenario) in scenarios)
        {
            var result = ScenarioRunner.Run(scenario, new RunOptions { Watchdog = watchdog });
            var code = result.Outcome.ToExitCode();
            worst = code > worst ? code : worst;
            if (code == ExitCode.Held)
            {
                terminal.Out.WriteLine($"held   {file}: {result.Steps:N0} steps, {result.VirtualTime.TotalSeconds:N3} s of virtual time");
            }
            else
            {
                failed++;
                FailureReport.Write(terminal.Out, file, result, ReplayCommand.For(file), bundle: null);
            }

            if (tells)
            {
                terminal.Out.WriteLine();
                terminal.Out.WriteLine(RunStory.Tell(scenario, watchdog));
            }
        }

        terminal.Out.WriteLine($"{scenarios.Count - failed} passed, {failed} failed");
        return worst;
    }
}
