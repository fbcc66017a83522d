using Raid5Verify.Campaigns;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Simulation;
using Raid5Verify.Tests.History;
using Raid5Verify.Tests.Shrinking;

namespace Raid5Verify.Tests.CommandLine;

/// <summary>What <c>explore</c> and <c>failures</c> do with the database.</summary>
public sealed class HistoryTests : IDisposable
{
    private static readonly CampaignOptions Quick = new() { Profile = Profile.Quick };

    private readonly DatabaseFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_campaign_is_recorded_and_gone_on_with()
    {
        Assert.Contains("nothing to go on with: no campaign of profile quick by this program", Explore("--seeds", "3", "--resume").Out);
        Assert.Contains("goes on at seed 4\n", Explore("--seeds", "2", "--resume").Out);

        Assert.Equal(5, _fixture.Number("SELECT count(DISTINCT seed) FROM seeds WHERE outcome = 'held'"));
        Assert.Equal(6, _fixture.Number("SELECT max(next_seed) FROM campaigns"));
    }

    [Fact]
    public void What_failed_before_runs_first_at_a_plain_start_too()
    {
        _fixture.Record(Quick, MadeUp.Broken(2), MadeUp.Broken(900));

        var session = Explore("--seeds", "2");

        Assert.Equal(0, session.ExitCode);
        Assert.StartsWith("2 seeds failed before, and run first\n", session.Out);
        Assert.Contains("ran first    2 seeds that failed before: 0 fail again, 2 held\n", session.Out);
        Assert.EndsWith("3 passed, 0 failed\n", session.Out);
        Assert.DoesNotContain("failed before", Explore("--seeds", "1").Out);
    }

    [Fact]
    public void A_shard_runs_those_of_its_own_that_failed_before()
    {
        _fixture.Record(Quick, MadeUp.Broken(900), MadeUp.Broken(901), MadeUp.Broken(902));

        var shard = new Shard(2, 3);
        var mine = Enumerable.Range(900, 3).Count(seed => shard.Has((ulong)seed));
        Assert.Contains($"{mine} seeds failed before", Explore("--seeds", "1", "--shard", "2/3").Out);
    }

    [Fact]
    public void Hashes_are_of_the_seeds_that_were_asked_for()
    {
        var hashes = Path.Combine(_fixture.Folder, "hashes");
        _fixture.Record(Quick, MadeUp.Broken(2), MadeUp.Broken(900));

        Explore("--seeds", "2", "--hashes", hashes);

        Assert.Equal(["1", "2"], File.ReadAllLines(hashes).Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void Failures_are_listed_with_what_is_not_of_this_program_marked()
    {
        _fixture.Record(Quick, MadeUp.Broken(17));
        _fixture.Record(Quick, MadeUp.HarnessFailed(18), MadeUp.Broken(19));
        _fixture.Record(Quick, MadeUp.Held(19));
        _fixture.Execute("UPDATE campaigns SET version = '0.9' WHERE id = 2");
        _fixture.Execute("UPDATE seeds SET ended = '2026-01-01T00:00:00Z'");

        var session = Session.Of("failures", "--db", _fixture.Path);
        Assert.Equal(0, session.ExitCode);
        Assert.Contains(
            "seed 18, profile quick, strategy uniform in turn\n"
            + "  harness  Deadlock\n"
            + "  seen     2026-01-01T00:00:00Z by 0.9, another version: the seed may mean another run by now\n"
            + "  bundle   failures/seed-18\n"
            + "  replay   replay 18\n",
            session.Out);
        Assert.Contains("seed 17, ", session.Out);
        Assert.DoesNotContain("seed 19, ", session.Out);
        Assert.EndsWith("2 failed, 1 of them under another version or build\n", session.Out);
        Assert.Contains("seed 19, profile quick, strategy uniform in turn: has held since\n", Session.Of("failures", "--all", "--db", _fixture.Path).Out);
        Assert.Contains("\"other\": \"another version\"", Session.Of("failures", "--json", "--db", _fixture.Path).Out);
    }

    [Fact]
    public void A_seed_alone_means_the_run_that_failed()
    {
        _fixture.Record(Quick with { Strategy = StrategyKind.Pct }, MadeUp.Broken(17), MadeUp.Broken(18), MadeUp.Broken(19));
        _fixture.Record(Quick, MadeUp.Broken(18));
        _fixture.Record(Quick with { Strategy = StrategyKind.Pct }, MadeUp.Held(19));

        var found = Replay("17");
        Assert.StartsWith(
            $"seed 17 failed before with --profile quick --strategy pct, as {_fixture.Path} has it: so it is run\n", found.Out, StringComparison.Ordinal);
        Assert.EndsWith(LastLine(Session.Of("replay", "17", "--profile", "quick", "--strategy", "pct")), found.Out, StringComparison.Ordinal);

        var several = Replay("18");
        Assert.Equal((2, ""), (several.ExitCode, several.Out));
        Assert.Contains("seed 18 failed in several runs, name one: ", several.Error);
        Assert.Contains("--profile quick --strategy pct", several.Error);
        Assert.Equal(0, Session.Of("replay", "18", "--profile", "quick", "--db", _fixture.Path).ExitCode);

        // It has held since.
        Assert.Equal(Session.Of("replay", "19", "--no-db"), Replay("19"));
    }

    [Fact]
    public void Searches_without_seeds_are_recorded_with_how_far_they_came()
    {
        Assert.Equal(0, Explore("--guided", "--seeds", "3").ExitCode);
        Assert.Equal(0, Session.Of("explore", "--exhaustive", "--time", "1s", "--jobs", "2", "--out", _fixture.Folder, "--db", _fixture.Path).ExitCode);

        Assert.Equal(1, _fixture.Number("SELECT count(*) FROM campaigns WHERE kind = 'guided' AND runs = 3 AND is_whole = 1"));
        Assert.Contains("nothing to go on with", Explore("--seeds", "1", "--resume").Out);
    }

    [Fact]
    public void What_a_search_found_is_listed_and_replayed_by_its_name()
    {
        var failed = ScenarioRunner.Run(PlantedFailures.Read("- { create: /a, expect: EEXIST }"));
        var bundle = FailureBundle.Write(_fixture.Folder, failed, "replay it so");
        _fixture.RecordGuided(Quick, MadeUp.Found("planted", bundle), MadeUp.Found("lost", Path.Combine(_fixture.Folder, "lost")));
        _fixture.RecordSweep(Shard.Whole, isWhole: false, MadeUp.Found("n3/Wa.C/none/client:4"));

        var listed = Session.Of("failures", "--db", _fixture.Path).Out;
        Assert.Contains("planted, guided, profile quick\n  broke    promise 2: ", listed, StringComparison.Ordinal);
        Assert.Contains("point n3/Wa.C/none/client:4\n", listed, StringComparison.Ordinal);
        Assert.EndsWith("3 failed\n", listed, StringComparison.Ordinal);
        Assert.Contains("\"kind\": \"exhaustive\"", Session.Of("failures", "--json", "--db", _fixture.Path).Out, StringComparison.Ordinal);

        var replayed = Replay("planted");
        Assert.Equal(1, replayed.ExitCode);
        Assert.Contains("the original run of the bundle, the same ", replayed.Out, StringComparison.Ordinal);
        Assert.Contains($"'lost' failed before, as {_fixture.Path} has it, but ", Replay("lost").Error, StringComparison.Ordinal);
        Assert.Contains("and no campaign found it", Replay("nothing").Error, StringComparison.Ordinal);
        Assert.StartsWith("point n3/Wa.C/none/client:4, hash ", Session.Of("replay", "n3/Wa.C/none/client:4").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_emptied_only_when_nothing_else_is_wrong()
    {
        var hashes = Path.Combine(_fixture.Folder, "hashes");
        File.WriteAllText(hashes, "of yesterday");

        Assert.Equal(2, Session.Of("explore", "--hashes", hashes, "--out", _fixture.Folder, "--db", "/dev/null/campaign.db").ExitCode);

        Assert.Equal("of yesterday", File.ReadAllText(hashes));
    }

    private static string LastLine(Session session) => session.Out.TrimEnd('\n').Split('\n')[^1] + "\n";

    private Session Replay(string seed) => Session.Of("replay", seed, "--db", _fixture.Path);

    private Session Explore(params string[] options) => Session.Of(
        ["explore", "--profile", "quick", "--jobs", "2", "--db", _fixture.Path, "--out", Path.Combine(_fixture.Folder, "failures"), .. options]);
}
