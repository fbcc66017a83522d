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
    Raid5Geometry geometry, int blockSize, Member[] members, RowLocks locks, RowMender mender, ArrayTally tally)
{
    private readonly int _maxBlocks = CallLimits.MaxBlocks(blockSize);

    /// <param name="range">In range of the array.</param>
    /// <param name="destination">As long as the range.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <returns><see cref="Errno.EIO"/> if a block cannot be rebuilt.</returns>
    public async Task<Errno> ReadAsync(BlockRange range, Memory<byte> destination, CancellationToken cancellation)
    {
        tally.BlocksRead += range.Count;
        foreach (BlockRange window in range.Windows(geometry, _maxBlocks))
        {
            var blocks = new Window(geometry, window);
            await ReadDirectlyAsync(blocks, Slice(range, window, destination), cancellation);
            if (blocks.Troubled.Count > 0)
            {
                Errno error = await RebuildAsync(blocks, Slice(range, window, destination), cancellation);
                if (error != Errno.OK)
                {
                    return error;
                }
            }
        }

        return Errno.OK;
    }

    private Memory<byte> Slice(BlockRange range, BlockRange window, Memory<byte> destination) =>
        destination.Slice((int)(window.First - range.First) * blockSize, window.Count * blockSize);

    private Task ReadDirectlyAsync(Window blocks, Memory<byte> destination, CancellationToken cancellation)
    {
        List<Task>? calls = null;
        Task? only = null;
        foreach (Member member in members)
        {
            if (blocks.Of(member.Index) is { } mine)
            {
                Task call = ReadDirectlyAsync(member, blocks, mine, destination, cancellation);
                if (only is not null)
                {
                    (calls ??= [only]).Add(call);
                }

                only ??= call;
            }
        }

        return calls is null ? only! : Task.WhenAll(calls);
    }

    private async Task ReadDirectlyAsync(
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
                if (member.IsUsable(row))
                {
                    asked.Add(mine[i]);
                    rows.Add(row);
                }
                else
                {
                    blocks.Troubled.Add(mine[i]);
                }
            }

            if (asked.Count == 0)
            {
                continue;
            }

            Unit[]? units = await member.Client.ReadAsync(rows, cancellation);
            for (int i = 0; i < asked.Count; i++)
            {
                bool good = units is not null && units[i].State == UnitState.Good && member.IsUsable(rows[i]);
                if (good)
                {
                    Copy(units![i], BlockAt(destination, asked[i]));
                }
                else
                {
                    blocks.Troubled.Add(asked[i]);
                }
            }
        }
    }

    private async Task<Errno> RebuildAsync(Window blocks, Memory<byte> destination, CancellationToken cancellation)
    {
        var images = new SortedDictionary<Row, RowImage>();
        foreach (int block in blocks.Troubled)
        {
            Row row = blocks.Places[block].Row;
            images.TryAdd(row, new RowImage(geometry, row));
        }

        RowImage[] rows = [.. images.Values];
        using (await locks.AcquireAsync(rows))
        {
            await mender.MendAsync(rows, cancellation);
        }

        Errno result = Errno.OK;
        foreach (int block in blocks.Troubled)
        {
            UnitPlace place = blocks.Places[block];
            RowImage row = images[place.Row];
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

        public List<int>? Of(MemberIndex member) => _byMember[member.Value];
    }
}
