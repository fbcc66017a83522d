using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>
/// Looks after one member in the background: asks whether it is back while it is away, has it join, and refills the
/// rows that are stale on it.
/// </summary>
/// <remarks>
/// <para>Operations go on meanwhile: a refill holds the locks of a few rows at a time, and a write to a row that is stale
/// on a reachable member brings its unit up to date as well. A row whose other units are not all good cannot be
/// refilled now; it stays stale, and is tried again later.</para>
/// <para>What a member missed is asked of those that did not: every row that was written, anywhere, after the last epoch
/// that the member is complete up to. Of these, what it took in an earlier refill is current already. So a refill goes on
/// where it was interrupted, whoever interrupted it, and a blank member is one that missed everything.</para>
/// </remarks>
internal sealed class Caretaker(
    Member member,
    Roster roster,
    Raid5Geometry geometry,
    RowLocks locks,
    RowMender mender,
    EpochCommit commits,
    ArrayOptions options,
    TimeProvider clock)
{
    private long _refillBegan;

    public Member Member => member;

    /// <summary>Runs until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        // Wakes it when it waits for something to do.
        using CancellationTokenRegistration wake = stop.Register(member.Changed.Set);
        TimeSpan pause = options.ProbeDelay;
        try
        {
            while (!stop.IsCancellationRequested && !roster.IsFenced)
            {
                bool progress;
                switch (member.State)
                {
                    case MemberState.Away:
                        await Task.Delay(pause, clock, stop);
                        progress = member.State != MemberState.Away || await ProbeAsync(stop);
                        break;
                    case MemberState.Refilling when member.StaleRows > 0:
                        progress = await RefillAsync(stop);
                        if (!progress)
                        {
                            await Task.Delay(pause, clock, stop);
                        }

                        break;
                    case MemberState.Refilling:
                        commits.Wake();
                        await member.Changed.WaitAsync();
                        progress = true;
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

    /// <summary>
    /// Takes back a member that is there, and tries that as long as any call is tried; after that it is as one that was away.
    /// </summary>
    public async Task TakeBackAsync(CancellationToken stop)
    {
        long began = clock.GetTimestamp();
        while (!await ProbeAsync(stop)
            && !roster.IsFenced
            && clock.GetElapsedTime(began) < options.RetryBudget)
        {
            await Task.Delay(options.RetryDelay, clock, stop);
        }
    }

    /// <summary>Asks the member whether it is there, and takes it back.</summary>
    /// <returns>Whether that worked.</returns>
    private async Task<bool> ProbeAsync(CancellationToken stop)
    {
        if (await member.Client.InspectAsync(persists: false, stop) is not { } finding)
        {
            return false;
        }

        return member.IsCounted ? TryReturn(finding.Record) : await JoinAsync(finding.Record, stop);
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private bool TryReturn(MemberRecord record)
    {
        bool isIntact = member.Client.IsIntact?.Invoke(record) == true;
        if (isIntact && !member.IsReachable)
        {
            member.Client.Accept(record.BootId);
            member.Return();
            commits.Wake();
        }

        return isIntact;
    }

    private async Task<bool> JoinAsync(MemberRecord found, CancellationToken stop)
    {
        if (await member.Client.JoinAsync(found.BootId, roster.View, stop) is not { } joined)
        {
            return false;
        }

        // Nothing is being written at that moment: what was written before is on the others, what comes after is
        // written on this one too, or known to be left behind on it. Another member may have forgotten its part of the
        // open epoch until it is sent again, so those rows come from here, not from the scan.
        SortedDictionary<Row, Epoch> written = [];
        using (SharedLock.Exclusive alone = await commits.StopWritesAsync())
        {
            member.Client.AcceptJoined(joined.BootId);
            member.Join();
            foreach (Row row in roster.Open.AllRows())
            {
                written[row] = roster.Open.Epoch;
            }
        }

        return await FindStaleRowsAsync(joined, written, stop);
    }

    /// <param name="joined">The member, as it joined.</param>
    /// <param name="written">Rows that it missed; those that the others know of are added.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>False if one of those that must be asked is not there: then the member joins again later.</returns>
    private async Task<bool> FindStaleRowsAsync(
        MemberRecord joined, SortedDictionary<Row, Epoch> written, CancellationToken stop)
    {
        bool[] complete = await Task.WhenAll(roster.Members.Where(other => other.IsCounted)
            .Select(other => ScanAsync(other, joined.Self, committedOnly: false, written, stop)));
        // What it has taken, only what is committed: a late write may have reached it while it was away, in an epoch that
        // is decided without it.
        var own = new SortedDictionary<Row, Epoch>();
        bool known = Array.TrueForAll(complete, static done => done)
            && complete.Length >= roster.Quorum
            && await ScanAsync(member, joined.Self, committedOnly: true, own, stop);
        if (!known || !member.IsReachable)
        {
            if (!member.IsCounted)
            {
                roster.Lose(member);
            }

            return false;
        }

        if (member.IsCounted)
        {
            // Writes brought all of it up to date while the others were asked.
            return true;
        }

        member.MarkMissed(written
            .Where(row => !own.TryGetValue(row.Key, out Epoch taken) || taken < row.Value)
            .Select(row => row.Key));
        member.Refill = new RefillProgress(0, member.StaleRows, TimeSpan.Zero);
        _refillBegan = clock.GetTimestamp();
        return true;
    }

    private static async Task<bool> ScanAsync(
        Member other, Epoch since, bool committedOnly, SortedDictionary<Row, Epoch> latest, CancellationToken stop)
    {
        var next = new Row(0);
        while (next.Value < other.Client.Expected!.Rows)
        {
            if (!other.IsReachable || await other.Client.ScanAsync(since, next, committedOnly, stop) is not { } part)
            {
                return false;
            }

            foreach ((Row row, Epoch epoch) in part.Rows)
            {
                latest[row] = latest.TryGetValue(row, out Epoch known) && known > epoch ? known : epoch;
            }

            next = part.Next;
        }

        return true;
    }

    /// <summary>Goes once over all stale rows.</summary>
    /// <returns>Whether any was refilled.</returns>
    private async Task<bool> RefillAsync(CancellationToken stop)
    {
        long before = member.StaleRows;
        Row? next = member.FirstStaleFrom(new Row(0));
        while (next is { } first && member.State == MemberState.Refilling)
        {
            stop.ThrowIfCancellationRequested();
            List<RowImage> rows = StaleRowsFrom(first);
            await commits.MakeRoomAsync(rows.Count, stop);
            using (await commits.EnterAsync())
            {
                if (roster.IsSealed)
                {
                    return false;
                }

                using (await locks.AcquireAsync(rows))
                {
                    // Writes may have brought some up to date while the locks were waited for.
                    await mender.MendAsync([.. rows.Where(row => member.IsStale(row.Row))], stop);
                }
            }

            NoteProgress();
            if (options.RefillRate is { } rate)
            {
                await Task.Delay(TimeSpan.FromSeconds(rows.Count / rate), clock, stop);
            }

            next = member.FirstStaleFrom(new Row(rows[^1].Row.Value + 1));
        }

        return member.StaleRows < before;
    }

    private void NoteProgress()
    {
        if (member.Refill is { } progress)
        {
            member.Refill = progress with
            {
                RowsDone = Math.Max(0, progress.Rows - member.StaleRows),
                Elapsed = clock.GetElapsedTime(_refillBegan),
            };
        }
    }

    private List<RowImage> StaleRowsFrom(Row first)
    {
        var rows = new List<RowImage>(commits.BackgroundRows);
        for (Row? row = first; row is { } stale && rows.Count < commits.BackgroundRows;)
        {
            rows.Add(new RowImage(geometry, stale));
            row = member.FirstStaleFrom(new Row(stale.Value + 1));
        }

        return rows;
    }
}
