using Raid5Verify.Running;
using Raid5Verify.Shrinking;

namespace Raid5Verify.Tests.Shrinking;

public sealed class NecessityReportTests
{
    private static readonly ShrinkOptions Minutes = new() { Time = TimeSpan.FromMinutes(5), Jobs = 2 };

    [Fact]
    public void Each_fault_is_shown_to_matter_or_not_by_a_run_without_it()
    {
        RunResult failed = ScenarioRunner.Run(PlantedFailures.Read("""
            - create: /a
            - { crash: 1, for: 20ms }
            - { slow: 2, by: 1ms, for: 5ms }
            - { write: /a, length: 8KiB, fill: 1 }
            - fsync: /a
            - { check: hit crash exactly 0 }
            """));

        var report = NecessityReport.Of(failed, Minutes);

        Assert.Equal([1, 2], report.Faults.Select(fault => fault.Step));
        Assert.Equal(["every promise holds", "it fails in the same way"], report.Faults.Select(fault => fault.Without));
        Assert.Equal(20, report.SeedsTried);
        Assert.Equal(20, report.SeedsFailed);
        Assert.All(report.Strategies, strategy => Assert.Equal("it fails in the same way", strategy.Outcome));
        Assert.Empty(report.Picks!.Picks);
        Assert.Contains("always the oldest ready step runs first", report.ToString());
    }

    [Fact]
    public void A_failure_of_order_names_the_picks_it_needs_and_what_the_run_is_without_each()
    {
        RunResult failed = PlantedFailures.OfOrder();

        var report = NecessityReport.Of(failed, Minutes);

        Assert.Empty(report.Faults);
        Assert.InRange(report.SeedsFailed, 1, 19);
        Assert.True(report.Picks!.IsMinimal);
        Assert.InRange(report.Picks.Count, 1, 3);
        Assert.Equal(report.Picks.Count, report.Picks.Picks.Count);
        Assert.True(report.Picks.Recorded > report.Picks.Count);
        Assert.All(report.Picks.Picks, pick => Assert.Equal("every promise holds", pick.Without));
        Assert.All(report.Picks.Picks, pick => Assert.NotEqual(pick.InsteadOf, pick.Ran));
    }

    [Fact]
    public void Without_time_nothing_is_said_that_was_not_tried()
    {
        var report = NecessityReport.Of(PlantedFailures.OfOrder(), Minutes with { Time = TimeSpan.Zero });

        Assert.Equal(0, report.SeedsTried);
        Assert.Empty(report.Strategies);
        Assert.Null(report.Picks);
        Assert.False(report.IsComplete);
        Assert.Contains("was not found out", report.ToString());
        Assert.Contains("  0 of 20 other seeds were tried: time was up", report.ToString());
        Assert.DoesNotContain("under 0 of them", report.ToString());
        Assert.Contains("No fault: the scenario has none.", report.ToString());
    }

    [Fact]
    public void Faults_that_were_not_tried_for_want_of_time_are_not_denied()
    {
        RunResult failed = ScenarioRunner.Run(PlantedFailures.Read("""
            - { crash: 1, for: 20ms }
            - { slow: 2, by: 1ms, for: 5ms }
            - { stat: /a, expect: OK }
            """));

        var late = NecessityReport.Of(failed, Minutes with { Time = TimeSpan.Zero });
        var interrupted = NecessityReport.Of(failed, Minutes, new CancellationToken(canceled: true));

        Assert.All([late, interrupted], report => Assert.Empty(report.Faults));
        Assert.All([late, interrupted], report => Assert.Contains("  0 of 2 faults were tried: time was up", report.ToString()));
        Assert.All([late, interrupted], report => Assert.Contains(" other strategies were tried: time was up", report.ToString()));
        Assert.All([late, interrupted], report => Assert.DoesNotContain("No fault", report.ToString()));
    }

    [Fact]
    public void Steps_are_counted_over_all_parts_of_the_scenario()
    {
        RunResult failed = ScenarioRunner.Run(PlantedFailures.Read("""
            - { crash: 1, for: 20ms }
            - { stat: /a, expect: EBUSY }
            """, setup: "- create: /a"));

        var report = NecessityReport.Of(failed, Minutes);

        Assert.Equal(2, failed.Violation!.StepIndex);
        Assert.Equal((1, "it fails in the same way"), (report.Faults.Single().Step, report.Faults.Single().Without));
        Assert.Contains("  step 1, {crash: 1, for: 20ms}: ", report.ToString());
        Assert.DoesNotContain("time was up", report.ToString());
        Assert.True(report.IsComplete);
    }

    [Fact]
    public void Where_there_is_no_time_to_look_for_fewer_picks_the_first_of_all_are_told()
    {
        PickNecessity picks = PickSearch.Find(PlantedFailures.OfOrder(), Minutes with { Time = TimeSpan.Zero }, CancellationToken.None)!;

        Assert.False(picks.IsMinimal);
        Assert.Equal(picks.Recorded, picks.Count);
        Assert.Equal(Math.Min(20, picks.Count), picks.Picks.Count);
        Assert.All(picks.Picks, pick => Assert.NotEmpty(pick.InsteadOf));
    }
}
