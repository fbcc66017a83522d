using Raid5Verify.Cluster;
using Raid5Verify.Coverage;
using Raid5Verify.Faults;
using Raid5Verify.Reference;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Running;

/// <summary>The one runner: a scenario in, its result out.</summary>
/// <remarks>
/// Runs on the calling thread and returns when the run has ended. Thread-safe: any number of runs may go on at
/// the same time, each on its own thread; they share nothing.
/// </remarks>
public static class ScenarioRunner
{
    /// <param name="scenario">A possible one: from the generator, or read from YAML.</param>
    /// <param name="options">How the run is watched; null for not at all.</param>
    public static RunResult Run(Scenario scenario, RunOptions? options = null) => Run(scenario, options, new Variation());

    /// <param name="scenario">A possible one.</param>
    /// <param name="options">How the run is watched; null for not at all.</param>
    /// <param name="variation">What is otherwise than the scenario says.</param>
    internal static RunResult Run(Scenario scenario, RunOptions? options, Variation variation)
    {
        var states = new StateObserver();
        var words = new WordObserver(states);
        var world = new World(new WorldOptions
        {
            Seed = scenario.Seed,
            Strategy = scenario.Options.Strategy,
            PctChanges = scenario.Options.PctChanges,
            PctHorizon = scenario.Options.PctHorizon,
            LongestClog = SimulatedCluster.LongestDelay(scenario.Options.Network),
            NetworkLatency = LatencyOf(scenario.Options.Network),
            TraceSink = options?.TraceSink,
            Traffic = words,
            Overrides = variation.Draws,
            MaxSteps = variation.MaxSteps ?? WorldOptions.DefaultMaxSteps,

            // To be told of every point costs time, and changes nothing.
            CrashPoints = scenario.AllSteps.Any(step => step.WatchesPoints) ? new PointTriggers() : null,
        });
        using IDisposable? watch = options?.Watchdog?.Observe(world, scenario.Name);
        var run = new ScenarioRun(scenario, new SimulatedCluster(world, scenario)) { OnEvent = options?.OnEvent };
        states.Watch(run);
        words.Watch(run.Cluster);
        Violation? violation = null;
        HarnessFailure? failure = null;
        try
        {
            world.Run(() => variation.Aftermath is { } aftermath ? RunAsync(run, aftermath) : RunAsync(run));
        }
        catch (ViolationException broken)
        {
            violation = broken.Violation;
        }
        catch (SimulationException thrown) when (thrown.InnerException is ViolationException broken)
        {
            // Found by a task beside the steps: a recovery, or a superseded client.
            violation = broken.Violation;
        }
        catch (SimulationException thrown) when (thrown.Failure == SimulationFailure.UnhandledException)
        {
            violation = new Violation(
                Promise.Soundness, run.Doing.ToString()!, "no exception", $"{thrown.InnerException ?? thrown}", run.StepIndex);
        }
        catch (SimulationException thrown)
        {
            failure = new HarnessFailure(thrown.Failure.ToString(), $"{thrown.Message}\n{thrown.InnerException}".TrimEnd());
        }

        run.RefreshStatistics();
        return new RunResult
        {
            Scenario = scenario,
            Hash = world.Trace.Hash,
            Events = world.Trace.Count,
            Steps = world.Steps,
            VirtualTime = world.Now,
            Statistics = run.Statistics,
            Reached = states.Reached,
            Violation = failure is null ? Settle(scenario, violation, world.Trace.Hash, run.StepIndex) : violation,
            Failure = failure,
        };
    }

    /// <summary>What a run comes to, with what the scenario expects of the run as a whole.</summary>
    /// <param name="scenario">What was run.</param>
    /// <param name="broken">What the run found; null for nothing.</param>
    /// <param name="hash">Of its trace.</param>
    /// <param name="stepIndex">How far it came.</param>
    internal static Violation? Settle(Scenario scenario, Violation? broken, ulong hash, int stepIndex)
    {
        if (scenario.Expect.OfType<Expectation.OfPromise>().FirstOrDefault() is { } wanted)
        {
            if (broken is null)
            {
                return Unexpected(wanted, "every promise held");
            }

            if (broken.Promise != wanted.Broken)
            {
                return broken;
            }
        }
        else if (broken is not null)
        {
            return broken;
        }

        return scenario.Expect.OfType<Expectation.OfHash>().FirstOrDefault(wanted => wanted.Hash != hash) is { } other
            ? Unexpected(other, new Expectation.OfHash(hash).ToString())
            : null;

        Violation Unexpected(Expectation expected, string actual) =>
            new(Promise.Expectation, "the run as a whole", expected.ToString(), actual, stepIndex);
    }

    private static async Task RunAsync(ScenarioRun run, Func<ScenarioRun, Violation, Task> aftermath)
    {
        try
        {
            await RunAsync(run);
        }
        catch (ViolationException broken)
        {
            await aftermath(run, broken.Violation);
            throw;
        }
    }

    private static async Task RunAsync(ScenarioRun run)
    {
        await run.Cluster.StartAsync();
        run.Oracle.Clock[ReferenceClock.Mkfs] = run.Cluster.Made;
        run.Clients.Begin();
        foreach (Step step in run.Scenario.Setup.Concat(run.Scenario.Steps))
        {
            if (run.StepIndex == run.Scenario.Setup.Count)
            {
                run.Faults.BeginStory();
            }

            run.Doing = step;
            await step.ApplyAsync(run);
            run.StepIndex++;
        }

        await ClosingChecks.RunAsync(run);
    }

    private static Latency LatencyOf(NetworkModel network) => network switch
    {
        NetworkModel.Wan => new Latency(
            TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50), TailOneIn: 200),
        _ => new Latency(
            TimeSpan.FromMicroseconds(50), TimeSpan.FromMicroseconds(250), TimeSpan.FromMilliseconds(5), TailOneIn: 200),
    };
}
