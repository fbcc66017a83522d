using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.BlockServer;

/// <content>Reading and writing blocks: beside the turns of the epochs, and beside each other.</content>
public sealed partial class MemberStore
{
    /// <summary>A write that met a bad slot tries others, so many in all.</summary>
    private const int SlotsTried = 3;

    /// <summary>Reads and verifies the newest content of rows: open, else sealed, else committed.</summary>
    /// <param name="rows">Strictly ascending, each in range.</param>
    internal async Task<StoredBlock[]> ReadAsync(IReadOnlyList<Row> rows)
    {
        var blocks = new StoredBlock[rows.Count];
        for (int first = 0; first < rows.Count;)
        {
            Location? at = Locate(rows[first]);
            int count = 1;
            while (at is { } start
                && first + count < rows.Count
                && Locate(rows[first + count]) is { } next
                && _slots.Follows(next.Slot, start.Slot + (uint)count - 1))
            {
                count++;
            }

            if (count > 1)
            {
                await ReadRunAsync(rows, first, blocks.AsMemory(first, count));
            }
            else
            {
                blocks[first] = await ReadOneAsync(rows[first], at);
            }

            first += count;
        }

        return blocks;
    }

    /// <summary>Writes blocks into the open epoch; a block that holds one of a higher sequence is left alone.</summary>
    /// <param name="claim">The owner's; judged already, and again when the disk is done.</param>
    /// <param name="epoch">Of the claim's generation.</param>
    /// <param name="blocks">Their rows strictly ascending, each in range; their checksums verified.</param>
    internal async Task<CallStatus> WriteAsync(Claim claim, Epoch epoch, IReadOnlyList<NewBlock> blocks)
    {
        if (!TryEnter(epoch, out EpochBlocks? open))
        {
            return CallStatus.Ok;
        }

        _witnessed = claim.Generation;
        var slots = new uint[blocks.Count];
        var fresh = new List<int>(blocks.Count);
        long room = CallLimits.RowsInOpenEpoch(Geometry.Rows) - open.Count;
        for (int i = 0; i < blocks.Count; i++)
        {
            if (IsSuperseded(open, blocks[i]))
            {
                Tally.SupersededBlocks++;
            }
            else if (!open.TryGet(blocks[i].Row, out _) && --room < 0)
            {
                fresh.ForEach(taken => _space.Return(slots[taken]));
                return CallStatus.NoSpace;
            }
            else if (_space.Take() is { } slot)
            {
                slots[i] = slot;
                fresh.Add(i);
            }
            else
            {
                fresh.ForEach(taken => _space.Return(slots[taken]));
                return CallStatus.NoSpace;
            }
        }

        CallStatus status = CallStatus.Ok;
        for (int first = 0; first < fresh.Count;)
        {
            int count = 1;
            while (first + count < fresh.Count && _slots.Follows(slots[fresh[first + count]], slots[fresh[first + count - 1]]))
            {
                count++;
            }

            Errno error = await _slots.WriteAsync(slots[fresh[first]], Join(blocks, fresh, first, count));
            for (int i = first; i < first + count; i++)
            {
                // One bad slot fails a whole run: the others are written alone.
                Errno alone = error == Errno.OK || count == 1
                    ? error
                    : await _slots.WriteAsync(slots[fresh[i]], blocks[fresh[i]].Content);
                CallStatus own = alone == Errno.OK
                    ? Keep(claim, open, blocks[fresh[i]], slots[fresh[i]])
                    : await WriteElsewhereAsync(claim, open, blocks[fresh[i]], slots[fresh[i]], alone);
                status = status == CallStatus.Ok ? own : status;
            }

            first += count;
        }

        return status;
    }

    private static bool IsSuperseded(EpochBlocks open, NewBlock block) =>
        open.TryGet(block.Row, out EpochBlock present) && present.Sequence >= block.Sequence;

    /// <summary>The open epoch of that name; false if the epoch is over, so that its writes have no effect any more.</summary>
    private bool TryEnter(Epoch epoch, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out EpochBlocks? open)
    {
        open = null;
        bool isOver = epoch <= _image.View.Stamp.Epoch
            || epoch <= (_image.Sealed?.Epoch ?? Epoch.None)
            || epoch <= (_sealing?.Epoch ?? Epoch.None)
            || epoch < (_open?.Epoch ?? Epoch.None);
        if (isOver)
        {
            return false;
        }

        if (_open is not null && _open.Epoch != epoch)
        {
            DropOpen();
        }

        open = _open ??= new EpochBlocks(epoch);
        return true;
    }

    /// <summary>The disk has the block in a slot: it is the row's content, if nothing newer came meanwhile.</summary>
    private CallStatus Keep(Claim claim, EpochBlocks open, NewBlock block, uint slot)
    {
        if (_open != open)
        {
            _space.Return(slot);
            CallStatus judged = Judge(claim);
            return judged == CallStatus.Ok ? CallStatus.Mismatch : judged;
        }

        if (IsSuperseded(open, block))
        {
            Tally.SupersededBlocks++;
            _space.Return(slot);
            return CallStatus.Ok;
        }

        if (open.TryGet(block.Row, out EpochBlock old))
        {
            _space.Return(old.Slot);
        }

        open.Put(block.Row, new EpochBlock(slot, block.Checksum, block.Sequence));
        return CallStatus.Ok;
    }

    /// <summary>A slot could not be written: others are tried. The bad ones are put aside.</summary>
    private async Task<CallStatus> WriteElsewhereAsync(
        Claim claim, EpochBlocks open, NewBlock block, uint badSlot, Errno error)
    {
        if (error == Errno.ENOSPC)
        {
            _space.Return(badSlot);
            return CallStatus.NoSpace;
        }

        _space.PutAside(badSlot);
        for (int tried = 1; tried < SlotsTried; tried++)
        {
            if (_space.Take() is not { } slot)
            {
                return CallStatus.NoSpace;
            }

            if (await _slots.WriteAsync(slot, block.Content) == Errno.OK)
            {
                return Keep(claim, open, block, slot);
            }

            _space.PutAside(slot);
        }

        return CallStatus.IoError;
    }

    private ReadOnlyMemory<byte> Join(IReadOnlyList<NewBlock> blocks, List<int> chosen, int first, int count)
    {
        if (count == 1)
        {
            return blocks[chosen[first]].Content;
        }

        byte[] joined = new byte[count * Geometry.BlockSize];
        for (int i = 0; i < count; i++)
        {
            blocks[chosen[first + i]].Content.CopyTo(joined.AsMemory(i * Geometry.BlockSize));
        }

        return joined;
    }

    private Location? Locate(Row row)
    {
        foreach (EpochBlocks? epoch in (ReadOnlySpan<EpochBlocks?>)[_open, _sealing, _image.Pending])
        {
            if (epoch is not null && epoch.TryGet(row, out EpochBlock block))
            {
                return new Location(block.Slot, block.Checksum);
            }
        }

        TableEntry entry = _image.Table[row];
        return entry.Slot is { } slot ? new Location(slot, entry.Checksum) : null;
    }

    private async Task ReadRunAsync(IReadOnlyList<Row> rows, int first, Memory<StoredBlock> blocks)
    {
        int size = Geometry.BlockSize;
        Location?[] at = [.. Enumerable.Range(first, blocks.Length).Select(i => Locate(rows[i]))];
        Memory<byte> bytes = new byte[blocks.Length * size];
        Errno error = await _slots.ReadAsync(at[0]!.Value.Slot, bytes);
        for (int i = 0; i < blocks.Length; i++)
        {
            Memory<byte> content = bytes.Slice(i * size, size);
            Checksum checksum = at[i]!.Value.Checksum;

            // One bad sector fails the whole run: what it did not bring is read alone, and judged then.
            StoredBlock block = error == Errno.OK && Checksum.Of(content.Span) == checksum
                ? new StoredBlock(StoredBlockState.Good, content, checksum)
                : await ReadOneAsync(rows[first + i], Locate(rows[first + i]));
            blocks.Span[i] = block;
        }
    }

    private async Task<StoredBlock> ReadOneAsync(Row row, Location? at)
    {
        while (at is { } place)
        {
            byte[] content = new byte[Geometry.BlockSize];
            Errno error = await _slots.ReadAsync(place.Slot, content);
            if (error == Errno.OK && Checksum.Of(content) == place.Checksum)
            {
                return new StoredBlock(StoredBlockState.Good, content, place.Checksum);
            }

            // The row may have moved meanwhile, and its slot hold another's block by now.
            Location? now = Locate(row);
            if (now == at)
            {
                return new StoredBlock(
                    error == Errno.OK ? StoredBlockState.Corrupt : StoredBlockState.Unreadable, default, default);
            }

            at = now;
        }

        return new StoredBlock(StoredBlockState.NeverWritten, default, default);
    }

    private readonly record struct Location(uint Slot, Checksum Checksum);
}
