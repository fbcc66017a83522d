using Microsoft.Data.Sqlite;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Exhaustive;
using Raid5Verify.Generation;

namespace Raid5Verify.Cli.History;

/*
 * What campaigns found, in one SQLite file: a row a campaign, a row a seed; of a guided search and of the exhaustive mode, whose runs no
 * seed means, a row a failure. It is the command line's, not the library's: a
 * campaign tells of each seed that ended, and whoever runs one from a test of his own needs no database.
 *
 * A row of campaigns is written before the first seed runs, and its next_seed with every batch of seeds: all before it have
 * ended. A campaign whose ended is null still runs, or was killed; nothing but its last batch is missing then.
 *
 * SQLite's integers are signed. A seed of 2^63 or more is kept as the negative number of the same 64 bits.
 */

/// <summary>The file that campaigns are recorded in.</summary>
/// <remarks>For one thread at a time. Several processes may write to one file: each waits for the others' batches.</remarks>
internal sealed class CampaignDatabase : IDisposable
{
    /// <summary>Raised with every change of the tables.</summary>
    private const long Format = 2;

    /// <summary>SQLite's number for a file that is none of its own.</summary>
    private const int NotADatabase = 26;

    private const string Tables = """
        CREATE TABLE campaigns (
            id           INTEGER PRIMARY KEY,
            began        TEXT NOT NULL,    -- UTC
            ended        TEXT,             -- UTC; null while it runs, or if it was killed
            profile      TEXT NOT NULL,    -- empty: points have none
            strategy     TEXT,             -- null: in turn by seed
            version      TEXT NOT NULL,
            build        TEXT NOT NULL,    -- a fingerprint of the compiled code
            shard        TEXT NOT NULL,    -- 1/1 for the whole
            from_seed    INTEGER NOT NULL,
            seeds        INTEGER,          -- null: no end but time
            time_seconds REAL,
            jobs         INTEGER NOT NULL,
            next_seed    INTEGER NOT NULL, -- where one that goes on begins
            kind         TEXT NOT NULL DEFAULT 'seeds', -- seeds, guided, exhaustive
            runs         INTEGER,          -- that ended; null while it runs, and for one of seeds
            is_whole     INTEGER           -- 1: all that there was to run was run; as above
        );
        CREATE TABLE seeds (
            campaign        INTEGER NOT NULL REFERENCES campaigns,
            seed            INTEGER NOT NULL,
            strategy        TEXT NOT NULL, -- the one it ran under
            outcome         TEXT NOT NULL, -- held, broken, harness-failed
            promise         TEXT,          -- that was broken
            harness         TEXT,          -- how the harness failed
            hash            TEXT NOT NULL,
            coverage        INTEGER,       -- states reached; null where nobody counted
            steps           INTEGER NOT NULL,
            real_seconds    REAL NOT NULL,
            virtual_seconds REAL NOT NULL,
            ended           TEXT NOT NULL, -- UTC
            bundle          TEXT,
            replay          TEXT,
            PRIMARY KEY (campaign, seed)
        ) WITHOUT ROWID;
        CREATE INDEX failed_seeds ON seeds (campaign, seed) WHERE outcome <> 'held';
        """;

    private const string FoundTable = """
        CREATE TABLE found (
            campaign INTEGER NOT NULL REFERENCES campaigns,
            name     TEXT NOT NULL, -- the scenario's, or the point's
            outcome  TEXT NOT NULL, -- broken, harness-failed
            promise  TEXT,          -- that was broken
            harness  TEXT,          -- how the harness failed
            hash     TEXT NOT NULL,
            ended    TEXT NOT NULL, -- UTC
            bundle   TEXT,
            replay   TEXT,
            PRIMARY KEY (campaign, name)
        ) WITHOUT ROWID;
        """;

    /// <summary>What a file of format 1 lacks.</summary>
    private const string SinceFirstFormat = $"""
        ALTER TABLE campaigns ADD COLUMN kind TEXT NOT NULL DEFAULT 'seeds';
        ALTER TABLE campaigns ADD COLUMN runs INTEGER;
        ALTER TABLE campaigns ADD COLUMN is_whole INTEGER;
        {FoundTable}
        """;

    private readonly SqliteConnection _connection;
    private SqliteCommand? _insert;

    private CampaignDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>What was recorded before. Read before anything is written.</summary>
    public PastCampaigns Past => new(_connection);

    /// <summary>Opens a file to write to it; makes it, and its folder, if they are not there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="database">Null if there is a problem.</param>
    /// <param name="problem">One line, or null.</param>
    public static bool TryOpen(string path, out CampaignDatabase? database, out string? problem) =>
        TryOpen(path, SqliteOpenMode.ReadWriteCreate, out database, out problem);

    /// <summary>Opens a file that is there, to read from it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="database">Null if there is a problem.</param>
    /// <param name="problem">One line, or null.</param>
    public static bool TryOpenToRead(string path, out CampaignDatabase? database, out string? problem)
    {
        database = null;
        problem = File.Exists(path) ? null : $"there is no {path}: explore writes it";
        return problem is null && TryOpen(path, SqliteOpenMode.ReadWrite, out database, out problem);
    }

    /// <summary>What SQLite says, in a few words.</summary>
    public static string Problem(SqliteException refused) => refused.SqliteErrorCode switch
    {
        NotADatabase => "it is not an SQLite database",
        var code => $"{SQLitePCL.raw.sqlite3_errstr(code).utf8_to_string()} (SQLite {refused.SqliteExtendedErrorCode})",
    };

    /// <summary>Records that a campaign begins.</summary>
    /// <param name="campaign">Which seeds it runs, and how.</param>
    /// <param name="isGuided">It is a search, and its first seed says which.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="SqliteException">It cannot be written.</exception>
    public long Begin(CampaignOptions campaign, bool isGuided = false) =>
        Begin(isGuided ? "guided" : "seeds", campaign.Profile.Name, campaign);

    /// <summary>Records that a sweep over points begins.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="SqliteException">It cannot be written.</exception>
    public long Begin(PointSweepOptions sweep, TimeSpan? time) => Begin(
        "exhaustive",
        profile: "",
        new CampaignOptions { Profile = Profile.Default, From = 0, Seeds = null, Time = time, Jobs = sweep.Jobs, Shard = sweep.Shard });

    private long Begin(string kind, string profile, CampaignOptions campaign)
    {
        using var insert = Command(
            """
            INSERT INTO campaigns (began, kind, profile, strategy, version, build, shard, from_seed, seeds, time_seconds, jobs, next_seed)
            VALUES ($began, $kind, $profile, $strategy, $version, $build, $shard, $from, $seeds, $time, $jobs, $next)
            RETURNING id
            """,
            ("$began", Now()),
            ("$kind", kind),
            ("$profile", profile),
            ("$strategy", Spelled.Of(campaign.Strategy)),
            ("$version", ProgramVersion.Version),
            ("$build", ProgramVersion.Build),
            ("$shard", campaign.Shard.ToString()),
            ("$from", unchecked((long)campaign.From)),
            ("$seeds", campaign.Seeds),
            ("$time", campaign.Time?.TotalSeconds),
            ("$jobs", campaign.Jobs),
            ("$next", unchecked((long)campaign.From)));
        return (long)insert.ExecuteScalar()!;
    }

    /// <summary>Records seeds that ended: all of them or, if that fails, none.</summary>
    /// <param name="campaign">Theirs.</param>
    /// <param name="seeds">In the order in which they ended; at least one.</param>
    /// <exception cref="SqliteException">They cannot be written.</exception>
    public void Write(long campaign, IReadOnlyList<SeedRecord> seeds)
    {
        using var transaction = _connection.BeginTransaction();
        _insert ??= Command(
            """
            INSERT OR REPLACE INTO seeds
            VALUES ($campaign, $seed, $strategy, $outcome, $promise, $harness, $hash, $coverage, $steps, $real, $virtual, $ended, $bundle, $replay)
            """);
        _insert.Transaction = transaction;
        foreach (var seed in seeds)
        {
            Give(
                _insert,
                ("$campaign", campaign),
                ("$seed", unchecked((long)seed.Seed)),
                ("$strategy", Spelled.Of(seed.Strategy)),
                ("$outcome", Spelled.Of(seed.Outcome)),
                ("$promise", seed.Failure?.Result.Violation?.Promise.ToString()),
                ("$harness", seed.Failure?.Result.Failure?.Kind),
                ("$hash", $"{seed.Hash:x16}"),
                ("$coverage", seed.Coverage),
                ("$steps", seed.Steps),
                ("$real", seed.Duration.TotalSeconds),
                ("$virtual", seed.VirtualTime.TotalSeconds),
                ("$ended", Now()),
                ("$bundle", seed.Failure?.BundleFolder),
                ("$replay", seed.Failure?.ReplayCommand));
            _insert.ExecuteNonQuery();
        }

        using var update = Command(
            "UPDATE campaigns SET next_seed = $next WHERE id = $campaign",
            ("$next", unchecked((long)seeds[^1].Next)),
            ("$campaign", campaign));
        update.Transaction = transaction;
        update.ExecuteNonQuery();
        transaction.Commit();
    }

    /// <summary>Records a run that failed and that no seed means. The same one again changes nothing.</summary>
    /// <exception cref="SqliteException">It cannot be written.</exception>
    public void Write(long campaign, FoundRun run)
    {
        using var insert = Command(
            """
            INSERT OR IGNORE INTO found (campaign, name, outcome, promise, harness, hash, ended, bundle, replay)
            VALUES ($campaign, $name, $outcome, $promise, $harness, $hash, $ended, $bundle, $replay)
            """,
            ("$campaign", campaign),
            ("$name", run.Name),
            ("$outcome", Spelled.Of(run.Outcome)),
            ("$promise", run.Promise),
            ("$harness", run.Harness),
            ("$hash", $"{run.Hash:x16}"),
            ("$ended", Now()),
            ("$bundle", run.Bundle),
            ("$replay", run.Replay));
        insert.ExecuteNonQuery();
    }

    /// <summary>Records that a campaign ended, and takes out of the file what nobody will ask for.</summary>
    /// <param name="campaign">Which.</param>
    /// <param name="runs">Runs that ended; null for one of seeds, each of which is recorded.</param>
    /// <param name="isWhole">All that there was to run was run; as above.</param>
    /// <exception cref="SqliteException">It cannot be written.</exception>
    public void End(long campaign, long? runs = null, bool? isWhole = null)
    {
        using var update = Command(
            "UPDATE campaigns SET ended = $ended, runs = $runs, is_whole = $whole WHERE id = $campaign",
            ("$ended", Now()),
            ("$runs", runs),
            ("$whole", isWhole),
            ("$campaign", campaign));
        update.ExecuteNonQuery();
        Forgetting.Apply(_connection);
    }

    public void Dispose()
    {
        _insert?.Dispose();
        _connection.Dispose();
    }

    private static bool TryOpen(string path, SqliteOpenMode mode, out CampaignDatabase? database, out string? problem)
    {
        // Not pooled: what is closed is closed. Nor read-only: the last to close it takes the files away that WAL adds.
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 60 }.ToString());
        try
        {
            if (mode == SqliteOpenMode.ReadWriteCreate)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            }

            connection.Open();
            database = new CampaignDatabase(connection);
            problem = database.Prepare(isToWrite: mode == SqliteOpenMode.ReadWriteCreate);
        }
        catch (SqliteException refused)
        {
            database = null;
            problem = Problem(refused);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            database = null;
            problem = refused.Message;
        }

        problem = problem is null ? null : $"{path} cannot be {(mode == SqliteOpenMode.ReadWriteCreate ? "written" : "read")}: {problem}";
        if (problem is not null)
        {
            connection.Dispose();
            database = null;
        }

        return problem is null;
    }

    /// <returns>Why the file cannot be used, or null.</returns>
    private string? Prepare(bool isToWrite)
    {
        if (isToWrite)
        {
            // A reader does not wait for a writer, and a batch costs one flush at most.
            Execute("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
        }

        // Of two processes that find a new file, the second one waits, and finds the tables.
        Execute("BEGIN IMMEDIATE");
        var format = Number("PRAGMA user_version");
        if (format == 0 && isToWrite && Number("SELECT count(*) FROM sqlite_schema") == 0)
        {
            Execute(Tables);
            Execute(FoundTable);
            Execute($"PRAGMA user_version = {Format}");
            format = Format;
        }
        else if (format == 1)
        {
            Execute(SinceFirstFormat);
            Execute($"PRAGMA user_version = {Format}");
            format = Format;
        }

        Execute("COMMIT");
        return format == Format ? null
            : format == 0 ? "it is a database of another program"
            : $"it is of format {format}, and this program knows format {Format}: name another file with --db";
    }

    private static string Now() => Spelled.Of(TimeProvider.System.GetUtcNow());

    private void Execute(string statement)
    {
        using var command = Command(statement);
        command.ExecuteNonQuery();
    }

    private long Number(string query)
    {
        using var command = Command(query);
        return (long)command.ExecuteScalar()!;
    }

    private SqliteCommand Command(string text, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = _connection.CreateCommand();
        // The text is one of this file's constants; what comes from elsewhere is given as a parameter.
        command.CommandText = text;
        Give(command, values);
        return command;
    }

    private static void Give(SqliteCommand command, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        command.Parameters.Clear();
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }
    }
}
