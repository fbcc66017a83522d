using System.Globalization;
using Microsoft.Data.Sqlite;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cli.History;

/// <summary>What a database says about earlier campaigns. Belongs to its <see cref="CampaignDatabase"/>.</summary>
internal sealed class PastCampaigns(SqliteConnection connection)
{
    /// <summary>Where the last campaign with the same seeds, run by this very program, stopped; null if there was none.</summary>
    /// <param name="profile">Its profile.</param>
    /// <param name="strategy">The one that was chosen; null: in turn.</param>
    /// <param name="shard">Its shard.</param>
    public ulong? LastStop(Profile profile, StrategyKind? strategy, Shard shard)
    {
        using var query = Query(
            """
            SELECT next_seed FROM campaigns
            WHERE kind = 'seeds' AND profile = $profile AND strategy IS $strategy AND shard = $shard AND version = $version AND build = $build
            ORDER BY id DESC LIMIT 1
            """,
            ("$profile", profile.Name),
            ("$strategy", Spelled.Of(strategy)),
            ("$shard", shard.ToString()),
            ("$version", ProgramVersion.Version),
            ("$build", ProgramVersion.Build));
        return query.ExecuteScalar() is long next ? unchecked((ulong)next) : null;
    }

    /// <summary>The seeds that failed when they were last run, whichever program ran them, the latest failure first.</summary>
    /// <param name="profile">Under this profile.</param>
    /// <param name="strategy">With this strategy chosen; null: in turn.</param>
    public IReadOnlyList<ulong> KnownToFail(Profile profile, StrategyKind? strategy) =>
    [
        .. Failures()
            .Where(failure => failure.Profile == profile.Name && failure.Chosen == Spelled.Of(strategy) && !failure.HasHeldSince)
            .Select(failure => failure.Seed),
    ];

    /// <summary>
    /// The seeds that ever failed, each profile and choice of strategy for itself, by their last failure; the latest first.
    /// </summary>
    public IReadOnlyList<FailedSeed> Failures()
    {
        using var query = Query(
            """
            SELECT s.seed, c.profile, c.strategy, s.strategy, s.outcome, s.promise, s.harness, s.hash, c.version, c.build, s.ended, s.bundle, s.replay,
                EXISTS (
                    SELECT 1 FROM campaigns later JOIN seeds held ON held.campaign = later.id AND held.seed = s.seed
                    WHERE later.id > c.id AND later.profile = c.profile AND later.strategy IS c.strategy AND held.outcome = 'held')
            FROM seeds s JOIN campaigns c ON c.id = s.campaign
            WHERE s.outcome <> 'held' AND NOT EXISTS (
                SELECT 1 FROM campaigns later JOIN seeds failed ON failed.campaign = later.id AND failed.seed = s.seed
                WHERE later.id > c.id AND later.profile = c.profile AND later.strategy IS c.strategy AND failed.outcome <> 'held')
            ORDER BY s.ended DESC, c.id DESC, s.seed
            """);
        using var row = query.ExecuteReader();
        List<FailedSeed> failures = [];
        while (row.Read())
        {
            failures.Add(new FailedSeed
            {
                Seed = unchecked((ulong)row.GetInt64(0)),
                Profile = row.GetString(1),
                Chosen = Text(row, 2),
                Strategy = row.GetString(3),
                Outcome = row.GetString(4),
                Promise = Text(row, 5),
                Harness = Text(row, 6),
                Hash = row.GetString(7),
                Version = row.GetString(8),
                Build = row.GetString(9),
                When = DateTimeOffset.Parse(row.GetString(10), CultureInfo.InvariantCulture),
                Bundle = Text(row, 11),
                Replay = row.GetString(12),
                HasHeldSince = row.GetBoolean(13),
            });
        }

        return failures;
    }

    /// <summary>
    /// What guided searches and sweeps over points ever found, each run by its last failure; the latest first. A point has held since if
    /// a whole sweep over its shard did not find it again; of a scenario that is not known, as nobody runs it again.
    /// </summary>
    public IReadOnlyList<FailedRun> Found()
    {
        using var query = Query(
            """
            SELECT f.name, c.kind, c.profile, f.outcome, f.promise, f.harness, f.hash, c.version, c.build, f.ended, f.bundle, f.replay,
                c.kind = 'exhaustive' AND EXISTS (
                    SELECT 1 FROM campaigns later
                    WHERE later.id > c.id AND later.kind = 'exhaustive' AND later.is_whole = 1 AND later.shard IN (c.shard, '1/1'))
            FROM found f JOIN campaigns c ON c.id = f.campaign
            WHERE NOT EXISTS (SELECT 1 FROM found later WHERE later.name = f.name AND later.campaign > c.id)
            ORDER BY f.ended DESC, c.id DESC, f.name
            """);
        using var row = query.ExecuteReader();
        List<FailedRun> found = [];
        while (row.Read())
        {
            found.Add(new FailedRun
            {
                Name = row.GetString(0),
                Kind = row.GetString(1),
                Profile = row.GetString(2),
                Outcome = row.GetString(3),
                Promise = Text(row, 4),
                Harness = Text(row, 5),
                Hash = row.GetString(6),
                Version = row.GetString(7),
                Build = row.GetString(8),
                When = DateTimeOffset.Parse(row.GetString(9), CultureInfo.InvariantCulture),
                Bundle = Text(row, 10),
                Replay = Text(row, 11),
                HasHeldSince = row.GetBoolean(12),
            });
        }

        return found;
    }

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private SqliteCommand Query(string text, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var query = connection.CreateCommand();
        query.CommandText = text;
        foreach (var (name, value) in values)
        {
            query.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return query;
    }
}

/// <summary>A run that failed, as it was recorded.</summary>
internal abstract record PastFailure
{
    public required string Profile { get; init; }

    public required string Outcome { get; init; }

    /// <summary>The promise that was broken; null if the harness failed.</summary>
    public required string? Promise { get; init; }

    /// <summary>How the harness failed; null if a promise was broken.</summary>
    public required string? Harness { get; init; }

    public required string Hash { get; init; }

    public required string Version { get; init; }

    /// <summary>A fingerprint of the compiled code.</summary>
    public required string Build { get; init; }

    /// <summary>What it was seen with, if not with this very program: the same name may mean another run by now.</summary>
    public string? Other =>
        Version != ProgramVersion.Version ? "another version"
        : Build != ProgramVersion.Build ? "another build"
        : null;

    public required DateTimeOffset When { get; init; }

    public required string? Bundle { get; init; }

    /// <summary>What to type to see it again; null if it was not kept.</summary>
    public required string? Replay { get; init; }

    /// <summary>It was run again, and held.</summary>
    public required bool HasHeldSince { get; init; }
}

/// <summary>A seed that failed.</summary>
internal sealed record FailedSeed : PastFailure
{
    public required ulong Seed { get; init; }

    /// <summary>The strategy that was asked for; null: in turn.</summary>
    public required string? Chosen { get; init; }

    /// <summary>The strategy that it ran under.</summary>
    public required string Strategy { get; init; }
}

/// <summary>A run that failed and that no seed means.</summary>
internal sealed record FailedRun : PastFailure
{
    /// <summary>The scenario's, or the point's.</summary>
    public required string Name { get; init; }

    /// <summary><c>guided</c> or <c>exhaustive</c>.</summary>
    public required string Kind { get; init; }
}
