using Microsoft.Data.Sqlite;
using Raid5Verify.Campaigns;

namespace Raid5Verify.Cli.History;

/*
 * A database that every campaign adds to would grow for ever, and a build server keeps it between runs. So at the end of each campaign
 * it is forgotten
 *
 *   - that a seed held, unless it failed once: of other builds at once, of this one beyond the last 100,000;
 *   - of other builds, what has happened again to the same seed since: that it failed, or that it held;
 *   - of other builds, what a guided search found and nobody has kept the bundle of: it cannot be seen again;
 *   - of other builds, a campaign of which nothing else is left.
 *
 * What a seed that failed came to when it was last run is never forgotten, nor where a campaign of this build stopped.
 */

/// <summary>Takes out of a database what nobody will ask for.</summary>
internal static class Forgetting
{
    /// <summary>Seeds that held, of which each is kept: about 20 MB.</summary>
    public const long HeldKept = 100_000;

    private const string Others = "SELECT id FROM campaigns WHERE version <> $version OR build <> $build";

    private const string OtherSearches = $"SELECT id FROM campaigns WHERE kind = 'guided' AND (version <> $version OR build <> $build)";

    /// <summary>It ended, or is so old that it must have been killed.</summary>
    private const string IsOver = "(ended IS NOT NULL OR began < strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-7 days'))";

    private const string Statements = $"""
        DELETE FROM seeds
        WHERE outcome = 'held' AND campaign IN ({Others}) AND seed NOT IN (SELECT seed FROM seeds WHERE outcome <> 'held');

        DELETE FROM seeds
        WHERE outcome = 'held' AND seed NOT IN (SELECT seed FROM seeds WHERE outcome <> 'held')
            AND (campaign, seed) IN (SELECT campaign, seed FROM seeds WHERE outcome = 'held' ORDER BY campaign DESC, seed DESC LIMIT -1 OFFSET $kept);

        DELETE FROM seeds
        WHERE campaign IN ({Others}) AND EXISTS (
            SELECT 1 FROM campaigns own JOIN campaigns later ON later.id > own.id AND later.profile = own.profile AND later.strategy IS own.strategy
                JOIN seeds again ON again.campaign = later.id AND again.seed = seeds.seed
            WHERE own.id = seeds.campaign AND (again.outcome = 'held') = (seeds.outcome = 'held'));

        DELETE FROM found
        WHERE campaign IN ({Others}) AND EXISTS (SELECT 1 FROM found again WHERE again.name = found.name AND again.campaign > found.campaign);
        """;

    private const string ForgottenCampaigns = $"""
        DELETE FROM campaigns
        WHERE id IN ({Others}) AND {IsOver} AND id NOT IN (SELECT campaign FROM seeds) AND id NOT IN (SELECT campaign FROM found)
        """;

    /// <param name="connection">To the database, with no transaction begun.</param>
    /// <param name="kept">Seeds that held, to be kept of this build.</param>
    /// <exception cref="SqliteException">Nothing could be taken out.</exception>
    public static void Apply(SqliteConnection connection, long kept = HeldKept)
    {
        using (var transaction = connection.BeginTransaction())
        {
            Execute(connection, transaction, Statements, ("$kept", kept));
            foreach (var bundle in Bundles(connection, transaction).Where(bundle => !Directory.Exists(bundle)))
            {
                Execute(connection, transaction, $"DELETE FROM found WHERE campaign IN ({OtherSearches}) AND bundle = $bundle", ("$bundle", bundle));
            }

            Execute(connection, transaction, ForgottenCampaigns);
            transaction.Commit();
        }

        // What became free is given back to the file system: a row of this is a page.
        using var vacuum = Command(connection, transaction: null, "PRAGMA incremental_vacuum");
        using var pages = vacuum.ExecuteReader();
        while (pages.Read())
        {
        }
    }

    private static List<string> Bundles(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var query = Command(connection, transaction, $"""
            SELECT DISTINCT bundle FROM found
            WHERE bundle IS NOT NULL AND campaign IN ({OtherSearches})
            """);
        using var row = query.ExecuteReader();
        List<string> bundles = [];
        while (row.Read())
        {
            bundles.Add(row.GetString(0));
        }

        return bundles;
    }

    private static void Execute(
        SqliteConnection connection, SqliteTransaction transaction, string text, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = Command(connection, transaction, text, values);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(
        SqliteConnection connection, SqliteTransaction? transaction, string text, params ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        if (text.Contains("$build", StringComparison.Ordinal))
        {
            command.Parameters.AddWithValue("$version", ProgramVersion.Version);
            command.Parameters.AddWithValue("$build", ProgramVersion.Build);
        }

        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
