using System.Diagnostics;
using Raid5Verify.Campaigns;
using Raid5Verify.Faults;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Shrinking;

namespace Raid5Verify.Cli.Bench;

/// <summary>
/// How long a failure takes to be made small, and then to be seen again from its bundle. No bug is needed for it: the first seed that will do
/// is drawn, a hundred operations among faults of all kinds, and told to expect that no crash of a server is met. One is; and that all the
/// rest is needless has to be found out run by run, as of any failure.
/// </summary>
/// <remarks>In real time, as one who waits for it feels it: on a machine that others share it takes longer.</remarks>
internal static class PlantedFailure
{
    private const int Repetitions = 5;

    /// <summary>Three quarters of it are for the search: as long as it may take.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(80);

    public static IEnumerable<Figure> Measure()
    {
        var failed = Find();
        var minimal = MinimalFailure.Find(failed, new ShrinkOptions { Time = Limit });
        yield return new Figure(
            "shrink", minimal.Elapsed.TotalSeconds, $"s, from {failed.Scenario.StepCount} steps until none can be taken away", Target.AtMost(60));
        yield return new Figure("shrink_steps", minimal.Result.Scenario.StepCount, "steps left", Target.AtMost(10));
        yield return new Figure("shrink_runs", minimal.Runs, "runs");

        var folder = Directory.CreateTempSubdirectory("raid5verify-bench-");
        try
        {
            var bundle = FailureBundle.Write(folder.FullName, failed, "none", Profile.Default);
            FailureBundle.AddMinimal(bundle, failed, minimal);
            yield return new Figure("replay", Seconds("minimal", "replay", bundle), "s, a bundle in a process of its own", Target.AtMost(2));
            yield return new Figure(
                "replay_original", Seconds("original", "replay", bundle, "--original"), "s, the run that was found", Target.AtMost(2));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static RunResult Find()
    {
        for (ulong seed = 1; ; seed++)
        {
            var scenario = ScenarioGenerator.ForSeed(seed, Profile.Default, strategy: null);
            if (scenario.Steps.Any(step => step is Crash))
            {
                var result = ScenarioRunner.Run(scenario with { Expect = [new Expectation.OfCounter("hit crash", Comparison.Exactly, 0)] });
                if (result.Outcome == RunOutcome.Broken)
                {
                    return result;
                }
            }
        }
    }

    /// <returns>The least of a few: what is above that, others have taken.</returns>
    private static double Seconds(string run, params IReadOnlyList<string> arguments)
    {
        List<double> seconds = [];
        for (var time = 0; time < Repetitions; time++)
        {
            var began = Stopwatch.GetTimestamp();
            var said = ThisProgram.Run(arguments);
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            if (!said.Contains($"the {run} run of the bundle, the same ", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"the bundle does not replay as it was recorded:\n{said}");
            }
        }

        return seconds.Min();
    }
}
