using Microsoft.Data.Sqlite;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.History;
using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Tests.History;

/// <summary>What is recorded of campaigns, and what is known from it.</summary>
public sealed class CampaignDatabaseTests : IDisposable
{
    private static readonly CampaignOptions Quick = new() { Profile = Profile.Quick, Seeds = 10 };

    private readonly DatabaseFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_campaign_goes_on_where_the_last_one_of_its_kind_stopped()
    {
        var other = Quick with { Profile = Profile.Deep };
        var chosen = Quick with { Strategy = StrategyKind.Pct };
        var shard = Quick with { Shard = new Shard(1, 2) };
        _fixture.Record(Quick, MadeUp.Held(1, next: 2), MadeUp.Held(2, next: 3));
        _fixture.Record(other, MadeUp.Held(1, next: 40));
        _fixture.Record(chosen, MadeUp.Held(1, next: 50));
        _fixture.Record(shard, MadeUp.Held(1, next: ulong.MaxValue));

        Assert.Equal(3UL, LastStop(Quick));
        Assert.Equal(40UL, LastStop(other));
        Assert.Equal(50UL, LastStop(chosen));
        Assert.Equal(ulong.MaxValue, LastStop(shard));
        Assert.Null(LastStop(Quick with { Shard = new Shard(2, 2) }));
        Assert.Null(LastStop(Quick with { Strategy = StrategyKind.Fifo }));
    }

    [Fact]
    public void A_campaign_of_another_build_is_no_place_to_go_on_from()
    {
        _fixture.Record(Quick, MadeUp.Held(1, next: 2));
        _fixture.Execute("UPDATE campaigns SET build = '0000000000000000'");
        Assert.Null(LastStop(Quick));
    }

    [Fact]
    public void A_campaign_that_was_killed_is_gone_on_with_from_its_last_batch()
    {
        using (var database = _fixture.Open())
        {
            var campaign = database.Begin(Quick);
            database.Write(campaign, [MadeUp.Held(2, next: 1), MadeUp.Held(1, next: 3)]);
        }

        Assert.Equal(3UL, LastStop(Quick));
        Assert.Equal(1, _fixture.Number("SELECT count(*) FROM campaigns WHERE ended IS NULL"));
    }

    [Fact]
    public void A_seed_is_known_to_fail_until_it_holds()
    {
        _fixture.Record(Quick, MadeUp.Broken(1), MadeUp.Broken(2), MadeUp.HarnessFailed(ulong.MaxValue), MadeUp.Held(4));
        Assert.Equal([1UL, 2, ulong.MaxValue], Known(Quick));

        _fixture.Record(Quick, MadeUp.Held(1), MadeUp.Broken(4));
        Assert.Equal([2UL, 4, ulong.MaxValue], Known(Quick));

        _fixture.Record(Quick, MadeUp.Broken(1));
        Assert.Equal([1UL, 2, 4, ulong.MaxValue], Known(Quick));
    }

    [Fact]
    public void What_fails_under_one_profile_or_strategy_says_nothing_about_another()
    {
        _fixture.Record(Quick, MadeUp.Broken(1));
        _fixture.Record(Quick with { Strategy = StrategyKind.Pct }, MadeUp.Broken(2));
        _fixture.Record(Quick with { Profile = Profile.Deep }, MadeUp.Held(1), MadeUp.Broken(3));

        Assert.Equal([1UL], Known(Quick));
        Assert.Equal([2UL], Known(Quick with { Strategy = StrategyKind.Pct }));
        Assert.Equal([3UL], Known(Quick with { Profile = Profile.Deep }));
    }

    [Fact]
    public void A_failure_is_listed_with_all_that_is_needed_to_see_it_again()
    {
        _fixture.Record(Quick, MadeUp.Broken(17));
        _fixture.Record(Quick with { Profile = Profile.Deep }, MadeUp.HarnessFailed(18));
        _fixture.Execute("UPDATE campaigns SET version = '0.9' WHERE profile = 'deep'");

        var failures = Failures().OrderBy(failure => failure.Seed).ToList();

        Assert.Equal([17UL, 18], failures.Select(failure => failure.Seed));
        var (broken, harness) = (failures[0], failures[1]);
        Assert.Equal(("quick", "uniform", "broken"), (broken.Profile, broken.Strategy, broken.Outcome));
        Assert.StartsWith("promise 2: ", broken.Promise, StringComparison.Ordinal);
        Assert.Equal((ProgramVersion.Version, null), (broken.Version, broken.Other));
        Assert.Equal(("failures/seed-17", "replay 17"), (broken.Bundle, broken.Replay));
        Assert.Equal((null, "Deadlock", "another version"), (harness.Promise, harness.Harness, harness.Other));
    }

    [Fact]
    public void Several_processes_write_to_one_file()
    {
        using var one = _fixture.Open();
        using var two = _fixture.Open();

        var (first, second) = (one.Begin(Quick), two.Begin(Quick));
        one.Write(first, [MadeUp.Held(1)]);
        two.Write(second, [MadeUp.Held(1)]);
        one.End(first);
        two.End(second);

        Assert.Equal(2, _fixture.Number("SELECT count(*) FROM seeds"));
    }

    [Theory]
    [InlineData("PRAGMA user_version = 7", "it is of format 7, and this program knows format 2: name another file with --db")]
    [InlineData("CREATE TABLE theirs (it)", "it is a database of another program")]
    public void A_database_of_another_kind_is_left_alone(string statement, string problem)
    {
        _fixture.Execute(statement);

        Assert.False(CampaignDatabase.TryOpen(_fixture.Path, out _, out var told));
        Assert.EndsWith($"cannot be written: {problem}", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_the_first_format_is_given_what_it_lacks()
    {
        _fixture.Record(Quick, MadeUp.Broken(1), MadeUp.Held(2, next: 3));
        _fixture.Execute("DROP TABLE found");
        foreach (var column in new[] { "kind", "runs", "is_whole" })
        {
            _fixture.Execute($"ALTER TABLE campaigns DROP COLUMN {column}");
        }

        _fixture.Execute("PRAGMA user_version = 1");

        Assert.Equal(3UL, LastStop(Quick));
        Assert.Equal([1UL], Known(Quick));
        Assert.Equal(2, _fixture.Number("PRAGMA user_version"));
    }

    [Fact]
    public void What_no_seed_means_is_listed_by_its_last_failure()
    {
        _fixture.RecordGuided(Quick, MadeUp.Found("seed 3, changed"));
        _fixture.RecordSweep(Shard.Whole, isWhole: false, MadeUp.Found("n3/Wa/none"), MadeUp.Found("n3/Wb/none"));
        _fixture.RecordSweep(Shard.Whole, isWhole: false, MadeUp.Found("n3/Wb/none"));

        Assert.Equal(
            [("n3/Wa/none", "exhaustive", ""), ("n3/Wb/none", "exhaustive", ""), ("seed 3, changed", "guided", "quick")],
            Found().Select(found => (found.Name, found.Kind, found.Profile)).Order());
        Assert.Null(LastStop(Quick));
        Assert.All(Found(), found => Assert.StartsWith("promise 2: ", found.Promise, StringComparison.Ordinal));
    }

    [Fact]
    public void A_point_has_held_since_if_a_whole_sweep_of_its_shard_did_not_find_it()
    {
        var first = new Shard(1, 2);
        _fixture.RecordSweep(first, isWhole: false, MadeUp.Found("n3/Wa/none"), MadeUp.Found("n3/Wb/none"));
        _fixture.RecordSweep(first, isWhole: false);
        _fixture.RecordSweep(new Shard(2, 2), isWhole: true);
        Assert.DoesNotContain(Found(), found => found.HasHeldSince);

        _fixture.RecordSweep(first, isWhole: true, MadeUp.Found("n3/Wb/none"));
        Assert.Equal(["n3/Wa/none"], Found().Where(found => found.HasHeldSince).Select(found => found.Name));
    }

    [Fact]
    public void A_file_of_another_kind_is_left_alone()
    {
        File.WriteAllText(_fixture.Path, new string('x', 5000));

        Assert.False(CampaignDatabase.TryOpen(_fixture.Path, out _, out var problem));
        Assert.EndsWith("cannot be written: it is not an SQLite database", problem, StringComparison.Ordinal);
        Assert.Equal(new string('x', 5000), File.ReadAllText(_fixture.Path));
    }

    [Fact]
    public void A_batch_is_recorded_as_a_whole_or_not_at_all()
    {
        using var database = _fixture.Open();
        var campaign = database.Begin(Quick);
        _fixture.Execute("CREATE TRIGGER full BEFORE INSERT ON seeds WHEN new.seed = 3 BEGIN SELECT raise(ABORT, 'full'); END");

        Assert.Throws<SqliteException>(() => database.Write(campaign, [MadeUp.Held(1), MadeUp.Held(2), MadeUp.Held(3)]));

        Assert.Equal(0, _fixture.Number("SELECT count(*) FROM seeds"));
    }

    private List<FailedRun> Found()
    {
        using var database = _fixture.Open();
        return [.. database.Past.Found()];
    }

    private ulong? LastStop(CampaignOptions campaign)
    {
        using var database = _fixture.Open();
        return database.Past.LastStop(campaign.Profile, campaign.Strategy, campaign.Shard);
    }

    private ulong[] Known(CampaignOptions campaign)
    {
        using var database = _fixture.Open();
        return [.. database.Past.KnownToFail(campaign.Profile, campaign.Strategy).Order()];
    }

    private IReadOnlyList<FailedSeed> Failures()
    {
        using var database = _fixture.Open();
        return database.Past.Failures();
    }
}
