using Microsoft.Data.Sqlite;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.History;
using Raid5Verify.Generation;

namespace Raid5Verify.Tests.History;

/// <summary>What a database keeps, and what it does not.</summary>
public sealed class ForgettingTests : IDisposable
{
    private const string AsOfAnotherBuild = "UPDATE campaigns SET build = '0000000000000000'";

    private static readonly CampaignOptions Quick = new() { Profile = Profile.Quick };

    private readonly DatabaseFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Of_another_build_what_held_is_forgotten_and_what_failed_is_not()
    {
        _fixture.Record(Quick, MadeUp.Held(1), MadeUp.Held(2), MadeUp.Broken(3), MadeUp.Broken(4));
        _fixture.Record(Quick, MadeUp.Held(3), MadeUp.Held(5));
        _fixture.Record(Quick, MadeUp.Held(6));
        Assert.Equal(7, Seeds());
        _fixture.Execute(AsOfAnotherBuild);

        _fixture.Record(Quick, MadeUp.Held(7));

        // Seed 3 failed, and held since; seed 4 failed; seed 7 is of this build.
        Assert.Equal(4, Seeds());
        using var database = _fixture.Open();
        Assert.Equal([(3UL, true), (4UL, false)], database.Past.Failures().Select(failure => (failure.Seed, failure.HasHeldSince)).Order());
        Assert.Equal(3, _fixture.Number("SELECT count(*) FROM campaigns"));
    }

    [Fact]
    public void Of_another_build_a_seed_that_fails_again_and_again_is_kept_once()
    {
        for (var time = 0; time < 5; time++)
        {
            _fixture.Record(Quick, MadeUp.Broken(3));
            _fixture.Record(Quick with { Profile = Profile.Deep }, MadeUp.Broken(3));
        }

        _fixture.Execute(AsOfAnotherBuild);
        _fixture.Record(Quick, MadeUp.Held(1));

        Assert.Equal(3, Seeds());
        using var database = _fixture.Open();
        Assert.Equal(["deep", "quick"], database.Past.Failures().Select(failure => failure.Profile).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_this_build_the_last_that_held_are_kept_and_the_file_becomes_small_again()
    {
        _fixture.Record(Quick, [MadeUp.Broken(1), .. Enumerable.Range(2, 20_000).Select(seed => MadeUp.Held((ulong)seed, next: (ulong)seed + 1))]);
        var large = new FileInfo(_fixture.Path).Length;

        Forget(kept: 100);

        Assert.Equal(101, Seeds());
        Assert.Equal(100, _fixture.Number("SELECT count(*) FROM seeds WHERE seed > 19901"));
        Assert.InRange(new FileInfo(_fixture.Path).Length, 1, large / 10);
        using var database = _fixture.Open();
        Assert.Equal(20_002UL, database.Past.LastStop(Quick.Profile, Quick.Strategy, Quick.Shard));
    }

    [Fact]
    public void Of_another_build_what_a_search_found_is_kept_as_long_as_its_bundle_is()
    {
        _fixture.RecordGuided(Quick, MadeUp.Found("kept", _fixture.Folder), MadeUp.Found("lost", Path.Combine(_fixture.Folder, "lost")));
        _fixture.RecordSweep(Shard.Whole, isWhole: false, MadeUp.Found("n3/Wa/none", Path.Combine(_fixture.Folder, "lost")));
        Forget(Forgetting.HeldKept);
        Assert.Equal(3, _fixture.Number("SELECT count(*) FROM found"));

        _fixture.Execute(AsOfAnotherBuild);
        Forget(Forgetting.HeldKept);

        using var database = _fixture.Open();
        Assert.Equal(["kept", "n3/Wa/none"], database.Past.Found().Select(found => found.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_campaign_that_runs_is_kept_and_one_that_was_killed_long_ago_is_not()
    {
        using (var database = _fixture.Open())
        {
            database.Begin(Quick);
        }

        _fixture.Execute(AsOfAnotherBuild);
        Forget(Forgetting.HeldKept);
        Assert.Equal(1, _fixture.Number("SELECT count(*) FROM campaigns"));

        _fixture.Execute("UPDATE campaigns SET began = '2026-01-01T00:00:00Z'");
        Forget(Forgetting.HeldKept);
        Assert.Equal(0, _fixture.Number("SELECT count(*) FROM campaigns"));
    }

    private long Seeds() => _fixture.Number("SELECT count(*) FROM seeds");

    private void Forget(long kept)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _fixture.Path, Pooling = false }.ToString());
        connection.Open();
        Forgetting.Apply(connection, kept);
    }
}
