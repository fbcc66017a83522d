using Microsoft.Data.Sqlite;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.History;
using Raid5Verify.Exhaustive;

namespace Raid5Verify.Tests.History;

/// <summary>A database in a folder of its own, and a door to it beside the one that is tested.</summary>
internal sealed class DatabaseFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("history-");

    public string Folder => _folder.FullName;

    public string Path => System.IO.Path.Combine(Folder, "campaign.db");

    public CampaignDatabase Open()
    {
        Assert.True(CampaignDatabase.TryOpen(Path, out var database, out var problem), problem);
        return database!;
    }

    /// <summary>A campaign from its beginning to its end.</summary>
    public void Record(CampaignOptions campaign, params IReadOnlyList<SeedRecord> seeds)
    {
        using var database = Open();
        var number = database.Begin(campaign);
        database.Write(number, seeds);
        database.End(number);
    }

    /// <summary>A guided search from its beginning to its end.</summary>
    public void RecordGuided(CampaignOptions campaign, params IReadOnlyList<FoundRun> found)
    {
        using var database = Open();
        Record(database, database.Begin(campaign, isGuided: true), isWhole: true, found);
    }

    /// <summary>A sweep over points from its beginning to its end.</summary>
    public void RecordSweep(Shard shard, bool isWhole, params IReadOnlyList<FoundRun> found)
    {
        using var database = Open();
        Record(database, database.Begin(new PointSweepOptions { Shard = shard }, time: null), isWhole, found);
    }

    private static void Record(CampaignDatabase database, long campaign, bool isWhole, IReadOnlyList<FoundRun> found)
    {
        var recorder = new FoundRecorder(database, campaign, () => Assert.Fail("it cannot be written"));
        foreach (var run in found)
        {
            recorder.Add(run);
        }

        Assert.Null(recorder.Close(found.Count, isWhole));
    }

    public void Execute(string statement)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    public long Number(string query)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = query;
        return (long)command.ExecuteScalar()!;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
