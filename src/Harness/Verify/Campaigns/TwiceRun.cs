using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Campaigns;

/// <summary>A scenario run twice, to see that both runs are one (promise 13).</summary>
/// <param name="First">The first run.</param>
/// <param name="Second">The second.</param>
/// <param name="FirstDifference">The first event of the second run that the first did not have there; null if none.</param>
public sealed record TwiceRun(RunResult First, RunResult Second, TraceEvent? FirstDifference)
{
    /// <summary>Both runs had the same events.</summary>
    public bool Agree => First.Hash == Second.Hash && First.Events == Second.Events;

    /// <summary>Where the runs part, in words; null if they do not.</summary>
    public string? Difference =>
        Agree ? null
        : FirstDifference is { } different ? $"the runs part at event {different}"
        : $"the second run ends after {Second.Events} events, the first had {First.Events}";

    public static TwiceRun Run(Scenario scenario, Watchdog? watchdog = null)
    {
        var fingerprint = new TraceFingerprint();
        RunResult first = ScenarioRunner.Run(scenario, new RunOptions { TraceSink = fingerprint, Watchdog = watchdog });
        var comparison = new TraceComparison(fingerprint);
        RunResult second = ScenarioRunner.Run(scenario, new RunOptions { TraceSink = comparison, Watchdog = watchdog });
        return new TwiceRun(first, second, comparison.FirstDifference);
    }
}
