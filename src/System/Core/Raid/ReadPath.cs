using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <summary>
/// Reads blocks for the user of the array: one call to the member that holds them, without a lock; what it cannot
/// give is rebuilt from the rest of the row, under the row's lock.
/// </summary>
/// <remarks>
/// Without a lock a read may meet a write of the same block and answer what was there before or after it, as the
/// two overlap. It never answers a stale unit: whether a unit is stale is judged again when its reply arrives.
/// A rebuilt block needs the lock, as the units of a row under write do not fit together.
/// </remarks>
internal sealed class ReadPath(
    Raid5Geometry geometry,
    int blockSize,
    Roster roster,
    RowLocks locks,
    RowMender mender,
    EpochCommit commits,
    Lease lease,
    ArrayOptions options,
    TimeProvider clock,
    ArrayTally tally)
{
    private readonly int _maxBlocks = CallLimits.MaxBlocks(blockSize);

    /// <param name="range">In range of the array.</param>
    /// <param name="destination">As long as the range.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <returns>
    /// <see cref="Errno.EIO"/> if a block cannot be rebuilt, or too few members grant the lease;
    /// <see cref="Errno.ESHUTDOWN"/> if another client owns the array.
    /// </returns>
    public async Task<Errno> ReadAsync(BlockRange range, Memory<byte> destination, CancellationToken cancellation)
    {
        tally.BlocksRead += range.Count;
        bool wasAnswered = false;
        MemberIndex last = default;
        foreach (BlockRange window in range.Windows(geometry, _maxBlocks))
        {
            var blocks = new Window(geometry, window);
            Memory<byte> part = Slice(range, window, destination);
            await ReadDirectlyAsync(blocks, part, cancellation);
            last = blocks.Places[^1].Member;
            if (blocks.Troubled.Count > 0)
            {
                Errno error = await RebuildAsync(blocks.Troubled, blocks, part, cancellation);
                if (error != Errno.OK)
                {
                    return roster.IsFenced ? Errno.ESHUTDOWN : error;
                }
            }

            wasAnswered |= blocks.WasAnswered;
        }

        return await IsOursAsync(wasAnswered, last, cancellation) ? Errno.OK
            : roster.IsFenced ? Errno.ESHUTDOWN
            : Errno.EIO;
    }

    /// <summary>
    /// Whether what was just read was still this client's to answer: its lease holds, and a member has answered since the
    /// read began, as one that was claimed by another client would have refused. Asks where that is not known.
    /// </summary>
    /// <param name="wasAnswered">A member has answered; else all came from the open epoch, which is in memory.</param>
    /// <param name="first">The member that is asked first: that of a block that was read, so that the load is spread.</param>
    /// <param name="cancellation">Ends it.</param>
    private async Task<bool> IsOursAsync(bool wasAnswered, MemberIndex first, CancellationToken cancellation)
    {
        if (wasAnswered && lease.Holds)
        {
            return !roster.IsFenced;
        }

        tally.LeaseRenewals++;
        for (int i = 0; i < roster.Members.Length && !(wasAnswered && lease.Holds) && !roster.IsFenced; i++)
        {
            Member member = roster.Members[(first.Value + i) % roster.Members.Length];
            wasAnswered |= member.IsReachable && await member.Client.ReadAsync([], cancellation) is not null;
        }

        return wasAnswered && lease.Holds && !roster.IsFenced;
    }

    private Memory<byte> Slice(BlockRange range, BlockRange window, Memory<byte> destination) =>
        destination.Slice((int)(window.First - range.First) * blockSize, window.Count * blockSize);

    private Task ReadDirectlyAsync(Window blocks, Memory<byte> destination, CancellationToken cancellation)
    {
        List<Task>? calls = null;
        Task? only = null;
        foreach (Member member in roster.Members)
        {
            if (blocks.Of(member.Index) is { } mine)
            {
                Task call = ReadFromAsync(member, blocks, mine, destination, cancellation);
                if (only is not null)
                {
                    (calls ??= [only]).Add(call);
                }

                only ??= call;
            }
        }

        return calls is null ? only! : Task.WhenAll(calls);
    }

    private async Task ReadFromAsync(
        Member member, Window blocks, List<int> mine, Memory<byte> destination, CancellationToken cancellation)
    {
        for (int first = 0; first < mine.Count; first += _maxBlocks)
        {
            int end = Math.Min(mine.Count, first + _maxBlocks);
            var asked = new List<int>(end - first);
            var rows = new List<Row>(end - first);
            for (int i = first; i < end; i++)
            {
                Row row = blocks.Places[mine[i]].Row;
                if (roster.Open.Find(member.Index, row) is { } pin)
                {
                    pin.Unit.Content.Span.CopyTo(BlockAt(destination, mine[i]));
                }
                else if (member.IsUsable(row))
                {
                    asked.Add(mine[i]);
                    rows.Add(row);
                }
                else
                {
                    blocks.Troubled.Add(mine[i]);
                }
            }

            if (asked.Count > 0)
            {
                await ReadFromAsync(member, blocks, asked, rows, destination, cancellation);
            }
        }
    }

    private async Task ReadFromAsync(
        Member member,
        Window blocks,
        List<int> asked,
        List<Row> rows,
        Memory<byte> destination,
        CancellationToken cancellation)
    {
        long began = clock.GetTimestamp();
        Task<Unit[]?> direct = member.Client.ReadAsync(rows, cancellation).AsTask();
        if (HedgeDelay(member) is { } delay && await IsSlowAsync(direct, delay, cancellation))
        {
            tally.HedgedReads++;
            var rebuilt = new byte[asked.Count * blockSize];
            using var race = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task<Errno> hedge = RebuildAsync(asked, rebuilt, blocks, race.Token);
            bool isHedgeFirst = await Task.WhenAny(direct, hedge) == hedge;
            if (!isHedgeFirst)
            {
                // It holds the locks of its rows, and would until the slowest of the others has answered.
                race.Cancel();
            }

            if (await EndsWellAsync(hedge, race.Token) && isHedgeFirst)
            {
                tally.HedgesWon++;
                blocks.WasAnswered = true;
                _ = NoteLatencyAsync(member, direct, began);
                for (int i = 0; i < asked.Count; i++)
                {
                    rebuilt.AsSpan(i * blockSize, blockSize).CopyTo(BlockAt(destination, asked[i]));
                }

                return;
            }
        }

        Unit[]? units = await direct;
        if (units is not null)
        {
            blocks.WasAnswered = true;
            member.Client.Latency.Add(clock.GetElapsedTime(began));
        }

        for (int i = 0; i < asked.Count; i++)
        {
            if (units is not null && units[i].State == UnitState.Good && member.IsUsable(rows[i]))
            {
                Copy(units[i], BlockAt(destination, asked[i]));
            }
            else
            {
                blocks.Troubled.Add(asked[i]);
            }
        }
    }

    private static async Task<bool> EndsWellAsync(Task<Errno> hedge, CancellationToken race)
    {
        try
        {
            return await hedge == Errno.OK;
        }
        catch (OperationCanceledException) when (race.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>A read that nobody waits for any more still tells how slow its member is.</summary>
    private async Task NoteLatencyAsync(Member member, Task<Unit[]?> direct, long began)
    {
        try
        {
            if (await direct is not null)
            {
                member.Client.Latency.Add(clock.GetElapsedTime(began));
            }
        }
        catch (OperationCanceledException)
        {
            // The reader has gone: nothing is known.
        }
    }

    /// <summary>
    /// How long a read of this member may take before the others are asked as well: what 99 of 100 reads of a typical
    /// other member take; no time at all where half of its own reads take longer than that. Null where that is not
    /// known, or hedging is off.
    /// </summary>
    private TimeSpan? HedgeDelay(Member member)
    {
        if (!options.HedgeReads)
        {
            return null;
        }

        List<TimeSpan> others = [];
        foreach (Member other in roster.Members)
        {
            if (other != member && other.Client.Latency.P99 is { } latency)
            {
                others.Add(latency);
            }
        }

        if (others.Count < roster.Quorum)
        {
            return null;
        }

        others.Sort();
        TimeSpan typical = others[others.Count / 2];
        if (member.Client.Latency.Median > typical)
        {
            return TimeSpan.Zero;
        }

        // Timers count whole milliseconds, and would cut the rest off.
        return typical < options.MinHedgeDelay
            ? options.MinHedgeDelay
            : TimeSpan.FromMilliseconds(Math.Ceiling(typical.TotalMilliseconds));
    }

    private async Task<bool> IsSlowAsync(Task<Unit[]?> direct, TimeSpan delay, CancellationToken cancellation)
    {
        if (direct.IsCompleted || delay == TimeSpan.Zero)
        {
            return !direct.IsCompleted;
        }

        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task elapsed = Task.Delay(delay, clock, timer.Token);
        bool isSlow = await Task.WhenAny(direct, elapsed) == elapsed && !direct.IsCompleted && !cancellation.IsCancellationRequested;
        timer.Cancel();
        return isSlow;
    }

    /// <summary>Rebuilds blocks from the other members alone, into a buffer of their own: the direct read goes on.</summary>
    private async Task<Errno> RebuildAsync(
        List<int> wanted, Memory<byte> destination, Window blocks, CancellationToken cancellation)
    {
        RowImage[] rows = ImagesOf(wanted, blocks);
        using (await locks.AcquireAsync(rows))
        {
            foreach (int block in wanted)
            {
                UnitPlace place = blocks.Places[block];
                RowImage row = Array.Find(rows, row => row.Row == place.Row)!;
                row.Wanted = row.All - MemberSet.Of(place.Member);
            }

            await mender.RebuildWantedAsync(rows, cancellation);
        }

        for (int i = 0; i < wanted.Count; i++)
        {
            UnitPlace place = blocks.Places[wanted[i]];
            Unit unit = Array.Find(rows, row => row.Row == place.Row)![place.Member];
            if (unit.State != UnitState.Good)
            {
                return Errno.EIO;
            }

            Copy(unit, destination.Span.Slice(i * blockSize, blockSize));
        }

        return Errno.OK;
    }

    private async Task<Errno> RebuildAsync(
        List<int> troubled, Window blocks, Memory<byte> destination, CancellationToken cancellation)
    {
        RowImage[] rows = ImagesOf(troubled, blocks);
        using (await locks.AcquireAsync(rows))
        {
            await mender.RebuildAsync(rows, cancellation);
            blocks.WasAnswered |= Array.Exists(rows, static row => row.WasAnswered);

            // While the epoch is being sealed it is answered only: a scrub, or the next reader, heals it.
            if (commits.TryEnter(out EpochCommit.Stay stay))
            {
                using (stay)
                {
                    await mender.HealAsync(rows);
                }

                commits.Wake();
            }
        }

        Errno result = Errno.OK;
        foreach (int block in troubled)
        {
            UnitPlace place = blocks.Places[block];
            RowImage row = Array.Find(rows, row => row.Row == place.Row)!;
            if (row[place.Member].State != UnitState.Good)
            {
                result = Errno.EIO;
                continue;
            }

            tally.DegradedReads += row.Rebuilt.Contains(place.Member) ? 1 : 0;
            Copy(row[place.Member], BlockAt(destination, block));
        }

        return result;
    }

    private RowImage[] ImagesOf(List<int> wanted, Window blocks)
    {
        var images = new SortedDictionary<Row, RowImage>();
        foreach (int block in wanted)
        {
            Row row = blocks.Places[block].Row;
            images.TryAdd(row, new RowImage(geometry, row));
        }

        return [.. images.Values];
    }

    private static void Copy(Unit unit, Span<byte> block)
    {
        if (unit.Content.IsEmpty)
        {
            block.Clear();
        }
        else
        {
            unit.Content.Span.CopyTo(block);
        }
    }

    private Span<byte> BlockAt(Memory<byte> destination, int block) =>
        destination.Span.Slice(block * blockSize, blockSize);

    /// <summary>The blocks of one window by their number in it, and those that could not be read directly.</summary>
    private sealed class Window
    {
        private readonly List<int>?[] _byMember;

        public Window(Raid5Geometry geometry, BlockRange range)
        {
            Places = new UnitPlace[range.Count];
            _byMember = new List<int>?[geometry.Members];
            for (int i = 0; i < range.Count; i++)
            {
                Places[i] = geometry.Locate(range.First + i);
                (_byMember[Places[i].Member.Value] ??= []).Add(i);
            }
        }

        public UnitPlace[] Places { get; }

        public List<int> Troubled { get; } = [];

        /// <summary>A member has answered for one of them.</summary>
        public bool WasAnswered { get; set; }

        public List<int>? Of(MemberIndex member) => _byMember[member.Value];
    }
}
