using Microsoft.Data.Sqlite;
using Raid5Verify.Cli.History;

namespace Raid5Verify.Cli.Verbs;

/// <summary>Opens the database for a campaign that no seeds name, and closes it.</summary>
internal static class CampaignRecord
{
    /// <param name="terminal">Told if it is refused.</param>
    /// <param name="path">The file; null for none.</param>
    /// <param name="run">Given the database, or null for none. It throws <see cref="SqliteException"/> if not even its beginning could be recorded.</param>
    public static ExitCode Keep(Terminal terminal, string? path, Func<CampaignDatabase?, ExitCode> run)
    {
        if (path is null)
        {
            return run(null);
        }

        if (!CampaignDatabase.TryOpen(path, out var database, out var problem))
        {
            return terminal.Refuse($"--db: {problem}");
        }

        using (database)
        {
            try
            {
                return run(database);
            }
            catch (SqliteException refused)
            {
                return terminal.Refuse($"--db: {path} cannot be written: {CampaignDatabase.Problem(refused)}");
            }
        }
    }
}
