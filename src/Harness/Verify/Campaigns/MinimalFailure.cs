using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Shrinking;
using Raid5Verify.Simulation;

namespace Raid5Verify.Campaigns;

/// <summary>The smallest run that was found to fail as another one does.</summary>
public sealed record MinimalFailure
{
    private const string Suffix = ", minimal";

    /// <summary>Of the time, the part for the search; the rest is to find out what the smallest run needs.</summary>
    private const double ShareOfSearch = 0.75;

    private MinimalFailure()
    {
    }

    /// <summary>Its run, with the scenario.</summary>
    public required RunResult Result { get; init; }

    /// <summary>What it needs to fail.</summary>
    public required NecessityReport Necessity { get; init; }

    /// <summary>Whether nothing can be taken away from it; if not, time was up.</summary>
    public required bool IsMinimal { get; init; }

    /// <summary>Runs that it took to find it.</summary>
    public required long Runs { get; init; }

    /// <summary>Real time that it took to find it.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Looks for it.</summary>
    /// <param name="failed">A run that failed.</param>
    /// <param name="options">How long in all, and how.</param>
    /// <param name="smaller">Found before: the search begins from it, if it fails as the run does; null for none.</param>
    /// <param name="cancellation">As if the time were up.</param>
    /// <exception cref="ArgumentException">The run held.</exception>
    public static MinimalFailure Find(
        RunResult failed, ShrinkOptions options, Scenario? smaller = null, CancellationToken cancellation = default)
    {
        Shrunk<Scenario> shrunk = ScenarioSearch.Shrink(BeginFrom(failed, smaller, options.Watchdog), options with { Time = ShareOfSearch * options.Time }, cancellation);
        string name = failed.Scenario.Name;
        string first = name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
        Scenario smallest = shrunk.Smallest with
        {
            Name = first + Suffix,
            About = $"The smallest that was found to fail as '{first}' does: {FailureIdentity.Of(failed)}",
        };
        RunResult result = ScenarioRunner.Run(smallest, new RunOptions { Watchdog = options.Watchdog });
        return new MinimalFailure
        {
            Result = result,
            Necessity = NecessityReport.Of(result, options with { Time = options.Time - shrunk.Elapsed, OnProgress = null }, cancellation),
            IsMinimal = shrunk.IsMinimal,
            Runs = shrunk.Runs,
            Elapsed = shrunk.Elapsed,
        };
    }

    private static RunResult BeginFrom(RunResult failed, Scenario? smaller, Watchdog? watchdog)
    {
        if (smaller is null || smaller.StepCount > failed.Scenario.StepCount)
        {
            return failed;
        }

        RunResult result = ScenarioRunner.Run(smaller, new RunOptions { Watchdog = watchdog });
        return FailureIdentity.Of(result) == FailureIdentity.Of(failed) ? result : failed;
    }
}
