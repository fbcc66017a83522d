using Raid5Verify.Coverage;

namespace Raid5Verify.Tests.Coverage;

/// <summary>Good's and Turing's estimates, on counts that are known.</summary>
public sealed class CoverageTallyTests
{
    [Fact]
    public void What_one_run_alone_reached_says_how_much_was_reached_by_none()
    {
        var tally = new CoverageTally();
        Assert.Equal((3, 1, 0), (tally.Add(1, Of(1, 2, 3)), tally.Add(2, Of(2, 3, 4)), tally.Add(3, Of(2))));

        // 1 was reached by run 1 alone, 4 by run 2 alone, 2 and 3 by more.
        Assert.Equal(new CoverageSummary(Runs: 3, States: 4, Once: 2, RunsAlone: 2), tally.Summary);
        Assert.Equal(2.0 / 3, tally.Summary.NewStates);
        Assert.Equal(2.0 / 3, tally.Summary.ChanceOfNew);
        Assert.Equal([1, 3, 2, 1, 0], new[] { 1, 2, 3, 4, 5 }.Select(tally.RunsAt));
    }

    [Fact]
    public void Many_new_states_of_one_run_are_one_run_that_shows_new_ones()
    {
        var tally = new CoverageTally();
        tally.Add(1, Of([.. Enumerable.Range(100, 50)]));
        for (ulong run = 2; run <= 10; run++)
        {
            tally.Add(run, Of(7));
        }

        Assert.Equal(5, tally.Summary.NewStates);
        Assert.Equal(0.1, tally.Summary.ChanceOfNew);
    }

    [Fact]
    public void Where_every_run_has_been_there_is_nothing_new()
    {
        var tally = new CoverageTally();
        tally.Add(1, Of(7, 8));
        tally.Add(2, Of(7, 8));

        Assert.Equal((0, 0), (tally.Summary.NewStates, tally.Summary.ChanceOfNew));
    }

    [Fact]
    public void Before_any_run_all_is_new() =>
        Assert.Equal((1, 1), (new CoverageTally().Summary.NewStates, new CoverageTally().Summary.ChanceOfNew));

    [Fact]
    public void The_order_of_the_runs_changes_nothing()
    {
        StateSet[] runs = [Of(1, 2), Of(2, 3, 9), Of(3), Of(9, 4), Of(2)];
        var forwards = new CoverageTally();
        var backwards = new CoverageTally();
        for (int run = 0; run < runs.Length; run++)
        {
            forwards.Add((ulong)run, runs[run]);
            backwards.Add((ulong)(runs.Length - 1 - run), runs[^(run + 1)]);
        }

        Assert.Equal(forwards.Summary, backwards.Summary);
    }

    [Fact]
    public void Estimates_come_true_where_runs_are_drawn_alike()
    {
        // Each run reaches five of a thousand states, the first ones far more often than the last.
        var dice = new Random(17);
        var tally = new CoverageTally();
        for (ulong run = 0; run < 300; run++)
        {
            tally.Add(run, Draw());
        }

        CoverageSummary estimate = tally.Summary;
        List<int> found = [.. Enumerable.Range(0, 100).Select(_ => Draw().Numbers.Count(state => tally.RunsAt(state) == 0))];

        Assert.InRange(found.Average(), estimate.NewStates * 0.7, estimate.NewStates * 1.3);
        Assert.InRange(found.Count(count => count > 0) / 100.0, estimate.ChanceOfNew - 0.15, estimate.ChanceOfNew + 0.15);

        StateSet Draw() => Of([.. Enumerable.Range(0, 5).Select(_ => (int)(1000 * Math.Pow(dice.NextDouble(), 3)))]);
    }

    private static StateSet Of(params int[] states)
    {
        var set = new StateSet();
        Array.ForEach(states, set.Add);
        return set;
    }
}
