using System.Runtime.CompilerServices;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <summary>
/// Writes blocks for the user of the array, with the parity of their rows.
/// </summary>
/// <remarks>
/// <para>All rows of a window are locked in ascending order. Then two phases, each one call a member in parallel:
/// read what the new parity needs (<see cref="WritePlan"/>), write data and parity. A row in which something that was
/// read turns out bad is mended first: nothing unverified ever enters a parity.</para>
/// <para>What keeps a row right whatever fails: data and parity are written in one epoch, and a member that did not
/// acknowledge its part is sent it again before the epoch is sealed, or is no longer counted on. Its content is then
/// what parity and the others say.</para>
/// <para>A block is kept, and the write succeeds, if its member acknowledged it, or if it can be rebuilt: parity
/// acknowledged, and every other unit usable. Blocks that cannot be kept are not sent at all where that is known
/// before, so that what their absent members hold stays true.</para>
/// <para>Once writes are sent nothing is cancelled: half a row is what no parity can mend.</para>
/// </remarks>
internal sealed class WritePath(
    Raid5Geometry geometry,
    int blockSize,
    Roster roster,
    RowLocks locks,
    RowTransfer transfer,
    RowMender mender,
    ArrayTally tally,
    IArrayObserver? observer)
{
    private readonly int _maxBlocks = CallLimits.MaxBlocks(blockSize);

    /// <param name="range">In range of the array.</param>
    /// <param name="source">As long as the range; copied before the first wait of each window.</param>
    /// <param name="cancellation">Heeded until the first write of a window is sent.</param>
    /// <returns><see cref="Errno.EIO"/> if a block could not be kept; all others were written.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Errno> WriteAsync(
        BlockRange range, ReadOnlyMemory<byte> source, CancellationToken cancellation)
    {
        tally.BlocksWritten += range.Count;
        Errno result = Errno.OK;
        foreach (BlockRange window in range.Windows(geometry, _maxBlocks))
        {
            int offset = (int)(window.First - range.First) * blockSize;
            Errno error = await WriteWindowAsync(
                window, source.Slice(offset, window.Count * blockSize), cancellation);
            result = result == Errno.OK ? error : result;
        }

        return result;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Errno> WriteWindowAsync(
        BlockRange window, ReadOnlyMemory<byte> source, CancellationToken cancellation)
    {
        List<RowImage> rows = ImagesOf(window, source.Span);
        using RowLocks.Held held = await locks.AcquireAsync(rows);
        cancellation.ThrowIfCancellationRequested();
        List<WritePlan> plans = await PrepareAsync(rows, cancellation);
        foreach (WritePlan plan in plans)
        {
            foreach (MemberIndex member in plan.Row.Targets - MemberSet.Of(plan.Row.Parity))
            {
                roster.Open.MarkUsers(new UnitPlace(plan.Row.Row, member));
            }

            if (plan.Strategy == WriteStrategy.DataOnly)
            {
                roster.LeaveBehind(roster.Members[plan.Row.Parity.Value], plan.Row.Row);
            }
        }

        await transfer.WriteAsync(rows);
        if (observer is not null)
        {
            plans.ForEach(plan => TellWhoIsAway(plan, observer));
        }

        foreach (WritePlan plan in plans)
        {
            if (!IsKept(plan))
            {
                return Errno.EIO;
            }
        }

        return Errno.OK;
    }

    private List<RowImage> ImagesOf(BlockRange window, ReadOnlySpan<byte> source)
    {
        var images = new List<RowImage>(capacity: 1);
        for (int i = 0; i < window.Count; i++)
        {
            UnitPlace place = geometry.Locate(window.First + i);
            RowImage.FindOrAdd(images, geometry, place.Row)
                .Write(place.Member, NewUnit.CopyOf(source.Slice(i * blockSize, blockSize)));
        }

        return images;
    }

    /// <summary>Reads what is needed and computes each row's parity.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<List<WritePlan>> PrepareAsync(List<RowImage> rows, CancellationToken cancellation)
    {
        var plans = new List<WritePlan>(rows.Count);
        foreach (RowImage row in rows)
        {
            plans.Add(WritePlan.Before(row, roster.UsableIn(row.Row), roster.Reachable, roster.Missing));
            row.Wanted = plans[^1].Reads;
        }

        await transfer.ReadAsync(rows, cancellation);
        List<int>? troubled = null;
        for (int i = 0; i < plans.Count; i++)
        {
            if (plans[i].Strategy == WriteStrategy.MendFirst || !plans[i].Reads.IsSubsetOf(rows[i].Known))
            {
                (troubled ??= []).Add(i);
            }
        }

        if (troubled is not null)
        {
            troubled.ForEach(i => TellWhatIsBad(rows[i]));
            var mended = new List<RowImage>(troubled.Count);
            foreach (int i in troubled)
            {
                mended.Add(rows[i].Blank());
            }

            await mender.MendAsync(mended, cancellation);
            for (int i = 0; i < mended.Count; i++)
            {
                RowImage row = rows[troubled[i]];
                row.Learn(mended[i]);
                plans[troubled[i]] = plans[troubled[i]].AfterMending(roster.Reachable, roster.Counted);
                tally.MendedWrites++;
            }
        }

        // From here on to the last reply nothing is cancelled.
        foreach (WritePlan plan in plans)
        {
            Count(plan.Strategy);
            if (plan.ComputeParity(blockSize) is { } parity)
            {
                plan.Row.Write(plan.Row.Parity, NewUnit.Take(parity));
            }
        }

        return plans;
    }

    private void TellWhatIsBad(RowImage row)
    {
        foreach (MemberIndex member in row.Data - row.Known)
        {
            // One that is stale is not good either, but nothing is wrong with its disk.
            if (row[member].State == UnitState.Bad && roster.Members[member.Value].IsUsable(row.Row))
            {
                observer?.BlockIsBad(geometry.AddressOf(new UnitPlace(row.Row, member))!.Value);
            }
        }
    }

    private void TellWhoIsAway(WritePlan plan, IArrayObserver observer)
    {
        RowImage row = plan.Row;
        MemberSet written = row.Targets - MemberSet.Of(row.Parity);
        if (written.IsEmpty)
        {
            return;
        }

        foreach (MemberIndex member in written.With(row.Parity))
        {
            if (!roster.Members[member.Value].IsReachable)
            {
                MemberIndex of = member == row.Parity ? written.First : member;
                observer.MemberIsAway(member, BlockOperation.Write, geometry.AddressOf(new UnitPlace(row.Row, of))!.Value);
            }
        }
    }

    private bool IsKept(WritePlan plan)
    {
        RowImage row = plan.Row;
        MemberSet missed = row.Targets - row.Acknowledged - MemberSet.Of(row.Parity);
        if (plan.IsShortened)
        {
            return false;
        }

        if (missed.IsEmpty)
        {
            return true;
        }

        return missed.Count == 1
            && row.Acknowledged.Contains(row.Parity)
            && (row.All - missed).IsSubsetOf(roster.UsableIn(row.Row));
    }

    private void Count(WriteStrategy strategy)
    {
        switch (strategy)
        {
            case WriteStrategy.FullStripe:
                tally.FullStripeWrites++;
                break;
            case WriteStrategy.Reconstruct:
                tally.ReconstructWrites++;
                break;
            case WriteStrategy.ReadModify:
                tally.ReadModifyWrites++;
                break;
            case WriteStrategy.DataOnly:
                tally.DataOnlyWrites++;
                break;
        }
    }
}
