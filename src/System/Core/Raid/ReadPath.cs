using System.Runtime.CompilerServices;
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
    ArrayTally tally,
    IArrayObserver? observer)
{
    private readonly int _maxBlocks = CallLimits.MaxBlocks(blockSize);

    /// <param name="range">In range of the array.</param>
    /// <param name="destination">As long as the range.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <returns>
    /// <see cref="Errno.EIO"/> if a block cannot be rebuilt, or too few members grant the lease;
    /// <see cref="Errno.ESHUTDOWN"/> if another client owns the array.
    /// </returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Errno> ReadAsync(BlockRange range, Memory<byte> destination, CancellationToken cancellation)
    {
        tally.BlocksRead += range.Count;
        bool wasAnswered = false;
        foreach (BlockRange part in range.Windows(geometry, _maxBlocks))
        {
            var window = new Window(geometry, part, Slice(range, part, destination));
            await ReadDirectlyAsync(window, cancellation);
            if (window.Troubled is { } troubled)
            {
                Errno error = await RebuildAsync(troubled, window, cancellation);
                if (error != Errno.OK)
                {
                    return roster.IsFenced ? Errno.ESHUTDOWN : error;
                }
            }

            wasAnswered |= window.WasAnswered;
        }

        MemberIndex last = geometry.Locate(range.First + (range.Count - 1)).Member;
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

    private ValueTask ReadDirectlyAsync(Window window, CancellationToken cancellation)
    {
        MemberSet members = window.Members;
        if (members.Count == 1)
        {
            return ReadFromAsync(roster.Members[members.First.Value], window, cancellation);
        }

        var calls = new TaskGroup(members.Count);
        foreach (MemberIndex member in members)
        {
            calls.Add(ReadFromAsync(roster.Members[member.Value], window, cancellation));
        }

        return calls.WhenAllAsync();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReadFromAsync(Member member, Window window, CancellationToken cancellation)
    {
        for (int next = 0; next < window.Places.Length;)
        {
            List<Row> asked = TakeUnknown(member, window, ref next);
            if (asked.Count == 0)
            {
                continue;
            }

            long began = clock.GetTimestamp();
            TimeSpan delay = HedgeDelay(member);
            Task<Unit[]?> direct = member.Client.ReadAsync(asked, cancellation).AsTask();
            bool isSlow = delay == TimeSpan.Zero;
            if (!isSlow)
            {
                try
                {
                    // Every read pays for its timer, and only a slow one for the exception. What is cancelled is the call.
                    await direct.WaitAsync(delay, clock, CancellationToken.None);
                }
                catch (TimeoutException)
                {
                    isSlow = true;
                }
            }

            if (isSlow && !direct.IsCompleted && !cancellation.IsCancellationRequested
                && await IsHedgeFirstAsync(member, direct, window, asked, cancellation))
            {
                _ = NoteLatencyAsync(member, direct, began);
            }
            else
            {
                Take(member, await direct, window, asked, began);
            }
        }
    }

    /// <summary>
    /// Goes over the blocks of one member, until as many as fit a call are to be asked for. What the open epoch wrote is
    /// copied; what its member cannot give is trouble.
    /// </summary>
    private List<Row> TakeUnknown(Member member, Window window, ref int next)
    {
        var asked = new List<Row>(capacity: Math.Min(window.Places.Length, _maxBlocks));
        for (; next < window.Places.Length && asked.Count < _maxBlocks; next++)
        {
            UnitPlace place = window.Places[next];
            if (place.Member != member.Index)
            {
                continue;
            }

            if (roster.Open.Find(place.Member, place.Row) is { } pin)
            {
                pin.Unit.Content.Span.CopyTo(BlockAt(window, place));
            }
            else if (member.IsUsable(place.Row))
            {
                asked.Add(place.Row);
            }
            else
            {
                NoteTrouble(member, window, place, isBad: false);
            }
        }

        return asked;
    }

    private void Take(Member member, Unit[]? units, Window window, List<Row> asked, long began)
    {
        if (units is not null)
        {
            window.WasAnswered = true;
            member.Client.Latency.Add(clock.GetElapsedTime(began));
        }

        for (int i = 0; i < asked.Count; i++)
        {
            var place = new UnitPlace(asked[i], member.Index);
            if (units is not null && units[i].State == UnitState.Good && member.IsUsable(place.Row))
            {
                Copy(units[i], BlockAt(window, place));
            }
            else
            {
                NoteTrouble(member, window, place, isBad: units is not null && units[i].State == UnitState.Bad);
            }
        }
    }

    private void NoteTrouble(Member member, Window window, UnitPlace place, bool isBad)
    {
        window.AddTroubled(place);
        if (isBad)
        {
            observer?.BlockIsBad(geometry.AddressOf(place)!.Value);
        }
        else if (!member.IsReachable)
        {
            observer?.MemberIsAway(member.Index, BlockOperation.Read, geometry.AddressOf(place)!.Value);
        }
    }

    /// <summary>Asks the other members as well.</summary>
    /// <returns>Whether what they gave was first, and is what is answered.</returns>
    private async Task<bool> IsHedgeFirstAsync(
        Member member, Task<Unit[]?> direct, Window window, List<Row> asked, CancellationToken cancellation)
    {
        tally.HedgedReads++;
        List<UnitPlace> wanted = asked.ConvertAll(row => new UnitPlace(row, member.Index));
        var rebuilt = new byte[wanted.Count * blockSize];
        using var race = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<Errno> hedge = RebuildAsync(wanted, rebuilt, race.Token);
        bool isHedgeFirst = await Task.WhenAny(direct, hedge) == hedge;
        if (!isHedgeFirst)
        {
            // It holds the locks of its rows, and would until the slowest of the others has answered.
            race.Cancel();
        }

        if (!await EndsWellAsync(hedge, race.Token) || !isHedgeFirst)
        {
            return false;
        }

        tally.HedgesWon++;
        window.WasAnswered = true;
        for (int i = 0; i < wanted.Count; i++)
        {
            rebuilt.AsSpan(i * blockSize, blockSize).CopyTo(BlockAt(window, wanted[i]));
        }

        return true;
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
    /// other member take; no time at all where half of its own reads take longer than that. For ever where that is not
    /// known, or hedging is off.
    /// </summary>
    private TimeSpan HedgeDelay(Member member)
    {
        if (!options.HedgeReads)
        {
            return Timeout.InfiniteTimeSpan;
        }

        Span<TimeSpan> others = stackalloc TimeSpan[MemberGeometry.MaxMembers];
        int known = 0;
        foreach (Member other in roster.Members)
        {
            if (other != member && other.Client.Latency.P99 is { } latency)
            {
                others[known++] = latency;
            }
        }

        if (known < roster.Quorum)
        {
            return Timeout.InfiniteTimeSpan;
        }

        others[..known].Sort();
        TimeSpan typical = others[known / 2];
        if (member.Client.Latency.Median > typical)
        {
            return TimeSpan.Zero;
        }

        // Timers count whole milliseconds, and would cut the rest off.
        return typical < options.MinHedgeDelay
            ? options.MinHedgeDelay
            : TimeSpan.FromMilliseconds(Math.Ceiling(typical.TotalMilliseconds));
    }

    /// <summary>Rebuilds blocks from the other members alone, into a buffer of their own: the direct read goes on.</summary>
    private async Task<Errno> RebuildAsync(
        List<UnitPlace> wanted, Memory<byte> destination, CancellationToken cancellation)
    {
        List<RowImage> rows = ImagesOf(wanted);
        using (await locks.AcquireAsync(rows))
        {
            foreach (UnitPlace place in wanted)
            {
                RowImage row = rows.Find(row => row.Row == place.Row)!;
                row.Wanted = row.All - MemberSet.Of(place.Member);
            }

            await mender.RebuildWantedAsync(rows, cancellation);
        }

        for (int i = 0; i < wanted.Count; i++)
        {
            UnitPlace place = wanted[i];
            Unit unit = rows.Find(row => row.Row == place.Row)![place.Member];
            if (unit.State != UnitState.Good)
            {
                return Errno.EIO;
            }

            Copy(unit, destination.Span.Slice(i * blockSize, blockSize));
        }

        return Errno.OK;
    }

    private async Task<Errno> RebuildAsync(
        List<UnitPlace> troubled, Window window, CancellationToken cancellation)
    {
        List<RowImage> rows = ImagesOf(troubled);
        using (await locks.AcquireAsync(rows))
        {
            await mender.RebuildAsync(rows, cancellation);
            window.WasAnswered |= rows.Exists(static row => row.WasAnswered);

            // While the epoch is being sealed it is answered only: a scrub, or the next reader, heals it.
            if (commits.TryEnter(out SharedLock.Share stay))
            {
                using (stay)
                {
                    await mender.HealAsync(rows);
                }

                commits.Wake();
            }
        }

        Errno result = Errno.OK;
        foreach (UnitPlace place in troubled)
        {
            RowImage row = rows.Find(row => row.Row == place.Row)!;
            if (row[place.Member].State != UnitState.Good)
            {
                result = Errno.EIO;
                continue;
            }

            tally.DegradedReads += row.Rebuilt.Contains(place.Member) ? 1 : 0;
            Copy(row[place.Member], BlockAt(window, place));
        }

        return result;
    }

    private List<RowImage> ImagesOf(List<UnitPlace> wanted)
    {
        List<RowImage> images = [];
        foreach (UnitPlace place in wanted)
        {
            _ = RowImage.FindOrAdd(images, geometry, place.Row);
        }

        return images;
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

    private Span<byte> BlockAt(Window window, UnitPlace place)
    {
        long block = geometry.AddressOf(place)!.Value.Value - window.First.Value;
        return window.Destination.Span.Slice((int)block * blockSize, blockSize);
    }

    /// <summary>The blocks of one window, and those that could not be read directly.</summary>
    private sealed class Window
    {
        public Window(Raid5Geometry geometry, BlockRange range, Memory<byte> destination)
        {
            First = range.First;
            Destination = destination;
            Places = new UnitPlace[range.Count];
            for (int i = 0; i < Places.Length; i++)
            {
                Places[i] = geometry.Locate(range.First + i);
                Members = Members.With(Places[i].Member);
            }
        }

        public BlockAddress First { get; }

        public Memory<byte> Destination { get; }

        /// <summary>In the order of the blocks; so each member's rows ascend.</summary>
        public UnitPlace[] Places { get; }

        /// <summary>Those that hold the blocks.</summary>
        public MemberSet Members { get; }

        /// <summary>Null where there are none.</summary>
        public List<UnitPlace>? Troubled { get; private set; }

        /// <summary>A member has answered for one of them.</summary>
        public bool WasAnswered { get; set; }

        public void AddTroubled(UnitPlace place) => (Troubled ??= []).Add(place);
    }
}
