using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Shrinking;

/// <summary>From a scenario that fails to the smallest that breaks the same promise.</summary>
/// <remarks>
/// What a step draws, all that follow draw otherwise without it: with another schedule, a failure that does not need the
/// step may be gone all the same. So where nothing can be taken away any more, cuts are tried under a few other seeds too.
/// </remarks>
public static class ScenarioSearch
{
    /// <summary>Seeds tried with each cut, in order; few at first, as the step after is often possible at once.</summary>
    private static readonly ulong[][] OtherSeeds =
    [
        [],
        [.. Enumerable.Range(1, 6).Select(static seed => (ulong)seed)],
        [.. Enumerable.Range(7, 24).Select(static seed => (ulong)seed)],
    ];

    /// <param name="failed">A run that failed.</param>
    /// <param name="options">How long, and how.</param>
    /// <param name="cancellation">As if the time were up.</param>
    /// <exception cref="ArgumentException">The run held.</exception>
    public static Shrunk<Scenario> Shrink(RunResult failed, ShrinkOptions options, CancellationToken cancellation = default)
    {
        FailureIdentity identity = FailureIdentity.Of(failed) ?? throw new ArgumentException("it held", nameof(failed));
        var variation = new Variation { MaxSteps = LimitFor(failed) };
        var watched = new RunOptions { Watchdog = options.Watchdog };
        return Shrink(
            failed.Scenario,
            candidate => FailureIdentity.Of(ScenarioRunner.Run(candidate, watched, variation)) == identity,
            options,
            cancellation);
    }

    /// <param name="failing">A scenario that fails.</param>
    /// <param name="fails">Whether another one fails in the same way. Asked on any thread, several at a time.</param>
    /// <param name="options">How long, and how.</param>
    /// <param name="cancellation">As if the time were up.</param>
    public static Shrunk<Scenario> Shrink(
        Scenario failing, Func<Scenario, bool> fails, ShrinkOptions options, CancellationToken cancellation = default)
    {
        var shrinker = new Shrinker<Scenario>(
            [.. OtherSeeds.Select(seeds => (Func<Scenario, IReadOnlyList<Scenario>>)(scenario => Cuts(scenario, seeds)))],
            fails,
            static scenario => scenario.StepCount,
            new SameRun(),
            options);
        return shrinker.Shrink(failing, cancellation);
    }

    /// <summary>A run that is much longer than the first one is another failure, and would take the time of many.</summary>
    internal static long LimitFor(RunResult failed) => Math.Min((4 * failed.Steps) + 1_000_000, WorldOptions.DefaultMaxSteps);

    private static IReadOnlyList<Scenario> Cuts(Scenario scenario, ulong[] seeds)
    {
        IEnumerable<Scenario> cuts = ScenarioShrinker.Shrink(scenario);
        return seeds.Length == 0
            ? [.. cuts]
            : [.. cuts.Where(cut => IsWorthSeeds(cut, scenario)).SelectMany(cut => seeds.Select(seed => cut with { Seed = seed }))];
    }

    /// <summary>A step less, or a simpler schedule, is worth a few tries more; a smaller number is not.</summary>
    private static bool IsWorthSeeds(Scenario cut, Scenario scenario) =>
        cut.StepCount < scenario.StepCount || cut.Options != scenario.Options;

    /// <summary>Names and words do not matter to a run. The hash is that of many scenarios, but not of thousands.</summary>
    private sealed class SameRun : IEqualityComparer<Scenario>
    {
        public bool Equals(Scenario? one, Scenario? other) =>
            one is not null && other is not null && one with { Name = other.Name, About = other.About } == other;

        public int GetHashCode(Scenario scenario)
        {
            var hash = default(HashCode);
            hash.Add(scenario.Seed);
            hash.Add(scenario.Cluster);
            hash.Add(scenario.Options);
            foreach (Step step in scenario.AllSteps)
            {
                hash.Add(step);
            }

            return hash.ToHashCode();
        }
    }
}
