using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Raid5Verify.Campaigns;

namespace Raid5Verify.Cli.History;

/// <summary>
/// Writes what a campaign tells into its database, on a thread of its own: a batch a second, or as soon as it holds 500 seeds
/// or a failure. A process that is killed loses the batch that was not written yet.
/// </summary>
internal sealed class CampaignRecorder : IDisposable
{
    private const int BatchSize = 500;

    /// <summary>Seeds that may wait while the disk is slow. When there are so many, those who tell of more wait as well.</summary>
    private const int MaxWaiting = 10_000;

    private static readonly TimeSpan BatchTime = TimeSpan.FromSeconds(1);

    private readonly CampaignDatabase _database;
    private readonly long _campaign;
    private readonly RefusableWrites _writes;
    private readonly BlockingCollection<SeedRecord> _waiting = new(MaxWaiting);
    private readonly Thread _thread;

    /// <summary>Records that a campaign begins.</summary>
    /// <param name="database">Belongs to the recorder until <see cref="Close"/>.</param>
    /// <param name="campaign">Which seeds it runs, and how.</param>
    /// <param name="onRefusal">Told, on the recorder's thread, that a batch could not be written; nothing is recorded from then on.</param>
    /// <exception cref="SqliteException">Its beginning cannot be written.</exception>
    public CampaignRecorder(CampaignDatabase database, CampaignOptions campaign, Action onRefusal)
    {
        _database = database;
        _campaign = database.Begin(campaign);
        _writes = new RefusableWrites(onRefusal);
        _thread = new Thread(Work) { Name = "recorder", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Takes a seed that ended. Thread-safe; not after <see cref="Close"/>.</summary>
    public void Add(SeedRecord seed) => _waiting.Add(seed);

    /// <summary>Writes what is left, and that the campaign ended.</summary>
    /// <returns>Why not all could be written, in one line; null if all was.</returns>
    public string? Close()
    {
        _waiting.CompleteAdding();
        _thread.Join();
        return _writes.Refusal;
    }

    public void Dispose()
    {
        Close();
        _waiting.Dispose();
    }

    private void Work()
    {
        List<SeedRecord> batch = [];
        while (TryCollect(batch))
        {
            _writes.Try(() => _database.Write(_campaign, batch));
            batch.Clear();
        }

        _writes.Try(() => _database.End(_campaign));
    }

    /// <returns>False if there are no more seeds and will be none.</returns>
    private bool TryCollect(List<SeedRecord> batch)
    {
        if (!_waiting.TryTake(out var first, Timeout.Infinite))
        {
            return false;
        }

        batch.Add(first);
        var began = Stopwatch.GetTimestamp();
        while (batch[^1].Failure is null
            && batch.Count < BatchSize
            && BatchTime - Stopwatch.GetElapsedTime(began) is var left && left > TimeSpan.Zero
            && _waiting.TryTake(out var next, left))
        {
            batch.Add(next);
        }

        return true;
    }
}
