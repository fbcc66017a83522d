using Raid5Verify.Faults;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Shrinking;
using Raid5Verify.Simulation;

namespace Raid5Verify.Tests.Shrinking;

public sealed class ScenarioSearchTests
{
    private static readonly ShrinkOptions Minutes = new() { Time = TimeSpan.FromMinutes(5), Jobs = 2 };

    [Fact]
    public void A_failure_of_a_hundred_operations_becomes_one_of_a_few_that_fails_the_same_promise()
    {
        RunResult failed = PlantedFailures.OfCrashInDrawnScenario();

        Shrunk<Scenario> shrunk = ScenarioSearch.Shrink(failed, Minutes);

        Assert.True(failed.Scenario.Steps.Count > 80);
        Assert.InRange(shrunk.Smallest.Steps.Count, 1, 10);
        Assert.Contains(shrunk.Smallest.Steps, step => step is Crash);
        Assert.Equal(StrategyKind.Fifo, shrunk.Smallest.Options.Strategy);
        Assert.Equal(3, shrunk.Smallest.Cluster.Servers);
        Assert.Equal(FailureIdentity.Of(failed), FailureIdentity.Of(ScenarioRunner.Run(shrunk.Smallest)));
    }

    [Fact]
    public void Where_a_cut_changes_the_schedule_other_seeds_are_tried()
    {
        Scenario drawn = PlantedFailures.Read("""
            - create: /a
            - create: /b
            """) with { Seed = 100 };

        // Both steps can do without the other, but none under the seed of both.
        Shrunk<Scenario> shrunk = ScenarioSearch.Shrink(
            drawn, scenario => scenario.Seed == (scenario.Steps.Count == 2 ? 100UL : 9UL) && scenario.Steps.Count > 0, Minutes);

        Assert.Single(shrunk.Smallest.Steps);
        Assert.Equal(9UL, shrunk.Smallest.Seed);
        Assert.True(shrunk.IsMinimal);
    }

    [Fact]
    public void A_run_that_held_is_not_shrunk() =>
        Assert.Throws<ArgumentException>(() => ScenarioSearch.Shrink(ScenarioRunner.Run(PlantedFailures.Read("- create: /a")), Minutes));
}
