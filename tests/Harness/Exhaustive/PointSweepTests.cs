using Raid5Verify.Campaigns;
using Raid5Verify.Cli;
using Raid5Verify.Cli.Verbs;
using Raid5Verify.Exhaustive;
using Raid5Verify.Tests.CommandLine;

namespace Raid5Verify.Tests.Exhaustive;

/// <summary>Running points, and what is said of it.</summary>
public sealed class PointSweepTests
{
    [Fact]
    public void All_points_of_a_small_space_are_covered_and_hold()
    {
        var sweep = new PointSweep(PointSpaceTests.Enumerate("C"), new PointSweepOptions { Jobs = 2, OutFolder = null });

        sweep.Run();

        var snapshot = sweep.Snapshot();
        Assert.Empty(snapshot.Failures);
        Assert.Equal(snapshot.Points, snapshot.Covered);
        Assert.All(snapshot.Factors, count => Assert.Equal(count.Points, count.Covered));
    }

    [Fact]
    public void A_bounded_run_meets_all_kinds_of_faults_and_hosts_early()
    {
        var space = PointSpaceTests.Enumerate("Wa.C");
        using var end = new CancellationTokenSource();
        var sweep = new PointSweep(space, new PointSweepOptions { Jobs = 1, OutFolder = null, OnPoint = done => { if (done == space.Count / 8) { end.Cancel(); } } });

        sweep.Run(end.Token);

        var snapshot = sweep.Snapshot();
        Assert.InRange(snapshot.Covered, space.Count / 8, space.Count / 7);
        Assert.All(snapshot.Factors, count => Assert.True(count.Covered > 0, $"{count}"));
    }

    [Fact]
    public void A_point_runs_the_same_twice()
    {
        Assert.True(ExhaustivePoint.TryParse("n4/M/torn@crash:server-0/server-0:12/missed", out var point));

        Assert.Equal(PointBundle.Run(point!).Hash, PointBundle.Run(point!).Hash);
    }

    [Fact]
    public void An_error_where_none_may_be_names_the_members_that_are_not_in_sync()
    {
        Assert.True(ExhaustivePoint.TryParse("n3/Wa.C/none/server-0:12/missed", out var point));
        var disks = PointBundle.DisksOf(point!);

        // Another member is blank when the story begins: the one that dies is one too many.
        var result = PointRun.Run(disks with { First = [disks.First[0], disks.Blank[1], disks.First[2]] }, point!);

        Assert.Equal("OK", result.Violation!.Expected);
        Assert.StartsWith("EIO; as the client that was the last to open it has it: member 0 is Away", result.Violation.Actual);
        Assert.Contains("; member 1 is Refilling, 3 stale rows", result.Violation.Actual);
    }

    [Fact]
    public void The_command_line_ends_with_how_many_points_of_how_many_it_covered()
    {
        var (code, output) = Explore(new PointSweepOptions { Jobs = 2, OutFolder = null });

        Assert.Equal(ExitCode.Held, code);
        Assert.Matches(@"\n([0-9]+) of \1 points covered\n$", output);
        Assert.Contains("fault laid", output);
    }

    [Fact]
    public void Shards_cover_every_point_once_and_their_sums_add_up()
    {
        PointSpace space = PointSpace.Enumerate(new PointSpaceOptions { Members = [3], Stories = [PointSpaceTests.StoryOf("C")] });
        PointSnapshot whole = Sweep(space, Shard.Whole);
        List<PointSnapshot> shards = [.. Enumerable.Range(1, 3).Select(index => Sweep(space, new Shard(index, 3)))];

        Assert.Equal(whole.Points, shards.Sum(shard => shard.Covered));
        Assert.All(shards, shard => Assert.Equal(shard.Points, shard.Covered));
        Assert.Equal(whole.HashSum, shards.Aggregate(0UL, (sum, shard) => unchecked(sum + shard.HashSum)));
    }

    [Fact]
    public void A_planted_violation_is_reported_with_the_command_that_shows_it_again()
    {
        // The disks of two members change places: no client can open such an array.
        var (code, output) = Explore(new PointSweepOptions
        {
            Jobs = 2,
            OutFolder = null,
            RunPoint = (disks, point) => PointRun.Run(
                point is { Host: 1, Fault.IsNone: true } ? disks with { First = [.. disks.First.Reverse()] } : disks, point),
        });

        Assert.Equal(ExitCode.PromiseBroken, code);
        Assert.Contains("FAILED point n3/C/none/server-1:", output);
        Assert.Contains("promise    2. With at most one bad unit a row", output);
        Assert.Contains("replay --point n3/C/none/server-1:", output);
    }

    [Fact]
    public void Replay_runs_one_point()
    {
        var session = Session.Of("replay", "--point", "n3/Wa.C/none/client:4", "--twice");

        Assert.Equal(0, session.ExitCode);
        Assert.StartsWith("point n3/Wa.C/none/client:4, hash ", session.Out);
    }

    private static PointSnapshot Sweep(PointSpace space, Shard shard)
    {
        var sweep = new PointSweep(space, new PointSweepOptions { Jobs = 2, OutFolder = null, Shard = shard });
        sweep.Run();
        return sweep.Snapshot();
    }

    private static (ExitCode Code, string Output) Explore(PointSweepOptions sweep)
    {
        var output = new StringWriter { NewLine = "\n" };
        var code = new ExhaustiveExploration(new Terminal(output, output, IsInteractive: false))
        {
            Sweep = sweep,
            IsJson = false,
            Space = new PointSpaceOptions { Members = [3], Stories = [PointSpaceTests.StoryOf("C")] },
        }.Run();
        return (code, output.ToString());
    }
}
