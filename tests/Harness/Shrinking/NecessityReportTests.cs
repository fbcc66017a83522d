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
        Assert.Contains("was not found out", report.ToString());
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
