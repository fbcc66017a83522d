using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>
/// Looks after one member in the background: asks whether it is back while it is away, and refills the rows that
/// are stale on it when it is.
/// </summary>
/// <remarks>
/// Operations go on meanwhile: a refill holds the locks of a few rows at a time, and a write to a row that is stale
/// on a reachable member brings its unit up to date as well. A row whose other units are not all good cannot be
/// refilled now; it stays stale, and is tried again later.
/// </remarks>
internal sealed class Caretaker(
    Member member,
    Raid5Geometry geometry,
    RowLocks locks,
    RowMender mender,
    ArrayOptions options,
    TimeProvider clock)
{
    /// <summary>Runs until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        // Wakes it when it waits for something to do.
        using CancellationTokenRegistration wake = stop.Register(member.Changed.Set);
        TimeSpan pause = options.ProbeDelay;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                bool progress;
                switch (member.State)
                {
                    case MemberState.Away:
                        await Task.Delay(pause, clock, stop);
                        progress = await ProbeAsync(stop);
                        break;
                    case MemberState.Refilling:
                        progress = await RefillAsync(stop);
                        if (!progress)
                        {
                            await Task.Delay(pause, clock, stop);
                        }

                        break;
                    default:
                        await member.Changed.WaitAsync();
                        progress = true;
                        break;
                }

                pause = progress ? options.ProbeDelay : Min(2 * pause, options.MaxProbeDelay);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop while it waited.
        }
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private async Task<bool> ProbeAsync(CancellationToken stop)
    {
        bool isBack = await member.Client.ProbeAsync(stop);
        if (isBack)
        {
            member.Return();
        }

        return isBack;
    }

    /// <summary>Goes once over all stale rows.</summary>
    /// <returns>Whether any was refilled.</returns>
    private async Task<bool> RefillAsync(CancellationToken stop)
    {
        long before = member.StaleRows;
        Row? next = member.FirstStaleFrom(new Row(0));
        while (next is { } first && member.IsReachable)
        {
            stop.ThrowIfCancellationRequested();
            List<RowImage> rows = StaleRowsFrom(first);
            using (await locks.AcquireAsync(rows))
            {
                // Writes may have brought some up to date while the locks were waited for.
                await mender.MendAsync([.. rows.Where(row => member.IsStale(row.Row))], stop);
            }

            next = member.FirstStaleFrom(new Row(rows[^1].Row.Value + 1));
        }

        return member.StaleRows < before;
    }

    private List<RowImage> StaleRowsFrom(Row first)
    {
        var rows = new List<RowImage>(options.BackgroundRows);
        for (Row? row = first; row is { } stale && rows.Count < options.BackgroundRows;)
        {
            rows.Add(new RowImage(geometry, stale));
            row = member.FirstStaleFrom(new Row(stale.Value + 1));
        }

        return rows;
    }
}
