using System.Buffers.Binary;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// Which block of the device holds block <c>index</c> of a file: 12 direct pointers, then trees of depth 1, 2 and 3.
/// </summary>
/// <remarks>A pointer outside the data, or to a block that the bitmap calls free, is EUCLEAN.</remarks>
internal sealed class BlockMap(VolumeLayout layout, BufferCache cache, AllocationBitmap bitmap)
{
    /// <summary>The block at <paramref name="index"/>, 0 for a hole: EUCLEAN, EIO.</summary>
    public async ValueTask<Result<uint>> FindAsync(Inode inode, long index)
    {
        Result<Mapping> mapping = await LookAsync(inode, Locate(index));
        return mapping.IsOk ? mapping.Value.Pointer : mapping.Error;
    }

    /// <summary>
    /// The block at <paramref name="index"/> with its content: EUCLEAN for a hole or a bad pointer, EIO.
    /// </summary>
    public async ValueTask<Result<CachedBlock>> GetAsync(Inode inode, long index)
    {
        Result<uint> pointer = await FindAsync(inode, index);
        if (!pointer.IsOk)
            return pointer.Error;
        return pointer.Value == 0 ? Errno.EUCLEAN : await cache.GetAsync(pointer.Value);
    }

    /// <summary>
    /// Fills the hole at <paramref name="index"/> with a new block of zeros, and the pointers to it: ENOSPC if not all
    /// of the blocks for that are free, EUCLEAN, EIO. On an error nothing is changed.
    /// </summary>
    public async ValueTask<Result<CachedBlock>> FillAsync(Inode inode, long index)
    {
        TreePosition position = Locate(index);
        CachedBlock? parent = null;
        int level = 0;
        for (uint pointer = inode.GetPointer(position.Slot); pointer != 0; level++)
        {
            Invariant.Require(level < position.Depth, "what is filled was a hole");
            if (!IsSound(pointer))
                return Errno.EUCLEAN;
            Result<CachedBlock> block = await cache.GetAsync(pointer);
            if (!block.IsOk)
                return block.Error;
            parent = block.Value;
            pointer = ReadPointer(parent, EntryAt(position, level));
        }

        if (bitmap.Free < position.Depth - level + 1)
            return Errno.ENOSPC;

        uint near = Neighbour(inode, position, parent, level);
        while (true)
        {
            bool taken = near == 0 ? bitmap.TryTakeNext(out uint taking) : bitmap.TryTakeFrom(near, out taking);
            Invariant.Require(taken, "enough blocks were free");
            CachedBlock block = ClaimFor(inode, taking);
            if (parent is null)
                inode.SetPointer(position.Slot, taking);
            else
                WritePointer(parent, EntryAt(position, level - 1), taking);
            if (level == position.Depth)
                return block;
            parent = block;
            near = 0;
            level++;
        }
    }

    /// <summary>A block that an inode has beside its content: EUCLEAN, EIO.</summary>
    public ValueTask<Result<CachedBlock>> GetSingleAsync(uint pointer) =>
        IsSound(pointer) ? cache.GetAsync(pointer) : new(Errno.EUCLEAN);

    /// <summary>A new block of zeros for an inode, beside its content: ENOSPC.</summary>
    public Result<CachedBlock> TakeSingle(Inode inode)
    {
        if (!bitmap.TryTakeNext(out uint taken))
            return Errno.ENOSPC;
        return ClaimFor(inode, taken);
    }

    /// <summary>Frees one block of an inode, to which nothing leads any more: EUCLEAN.</summary>
    public Errno FreeSingle(Inode inode, uint pointer)
    {
        if (!IsSound(pointer))
            return Errno.EUCLEAN;
        bitmap.Release(pointer);
        inode.Blocks--;
        return Errno.OK;
    }

    /// <summary>
    /// Where data or a hole begins, from a block on: EUCLEAN, EIO.
    /// </summary>
    /// <param name="inode">The file.</param>
    /// <param name="first">The first block that counts.</param>
    /// <param name="end">The one behind the last.</param>
    /// <param name="wantsHole">What is looked for.</param>
    /// <returns>A block's index; <paramref name="end"/> if there is none.</returns>
    public async ValueTask<Result<long>> SeekAsync(Inode inode, long first, long end, bool wantsHole)
    {
        for (long index = first; index < end;)
        {
            TreePosition position = Locate(index);
            Result<Mapping> mapping = await LookAsync(inode, position);
            if (!mapping.IsOk)
                return mapping.Error;
            if ((mapping.Value.Pointer == 0) == wantsHole)
                return index;
            index += mapping.Value.Span - (position.Rest % mapping.Value.Span);
            cache.ReleaseUnchanged();
        }

        return end;
    }

    /// <summary>Blocks that must be free to fill every hole in [first, end), those of pointers included: EUCLEAN, EIO.</summary>
    public async ValueTask<Result<long>> CountToFillAsync(Inode inode, long first, long end)
    {
        long count = 0;
        long start = 0;
        for (int slot = 0; slot < OnDiskFormat.InodePointers; slot++)
        {
            int depth = OnDiskFormat.DepthOf(slot);
            Result<long> below = await CountToFillAsync(inode.GetPointer(slot), depth, first - start, end - start);
            if (!below.IsOk)
                return below;
            count += below.Value;
            start += Span(depth);
        }

        return count;
    }

    /// <summary>Frees every block from <paramref name="keep"/> on, and the pointer blocks that only lead to those.</summary>
    /// <param name="inode">Changed already in this step: its new size.</param>
    /// <param name="keep">Blocks.</param>
    /// <returns>EUCLEAN, EIO: the step must then be rolled back.</returns>
    public ValueTask<Errno> FreeFromAsync(Inode inode, long keep) => FreeAsync(inode, keep, layout.MaxFileBlocks);

    /// <summary>Frees the blocks [from, to), and the pointer blocks that only lead to those: EUCLEAN, EIO, as above.</summary>
    public async ValueTask<Errno> FreeAsync(Inode inode, long from, long to)
    {
        long first = 0;
        for (int slot = 0; slot < OnDiskFormat.InodePointers; slot++)
        {
            int depth = OnDiskFormat.DepthOf(slot);
            uint pointer = inode.GetPointer(slot);
            if (pointer != 0 && from < first + Span(depth) && first < to)
            {
                if (from <= first && first + Span(depth) <= to)
                    inode.SetPointer(slot, 0);
                Errno error = await FreeTreeAsync(inode, pointer, depth, first, from, to);
                if (error != Errno.OK)
                    return error;
            }

            first += Span(depth);
        }

        return Errno.OK;
    }

    /// <summary>
    /// Brings the blocks [first, first + count) of the file into the cache, all at the same time. What cannot be read is left out:
    /// getting it then answers the error.
    /// </summary>
    public async Task LoadAsync(Inode inode, long first, int count)
    {
        List<uint> blocks = new(count);
        for (long index = first; index < first + count; index++)
        {
            Result<uint> pointer = await FindAsync(inode, index);

            // An attempt goes on, to learn of all pointers that are missing.
            if (!pointer.IsOk && !cache.IsShort)
                break;
            if (pointer is { IsOk: true, Value: not 0 })
                blocks.Add(pointer.Value);
        }

        await cache.LoadAsync(blocks);
    }

    /// <summary>Follows the pointers to a block of a file: EUCLEAN, EIO.</summary>
    private async ValueTask<Result<Mapping>> LookAsync(Inode inode, TreePosition position)
    {
        uint pointer = inode.GetPointer(position.Slot);
        for (int level = 0; ; level++)
        {
            if (pointer == 0)
                return new Mapping(0, Span(position.Depth - level));
            if (!IsSound(pointer))
                return Errno.EUCLEAN;
            if (level == position.Depth)
                return new Mapping(pointer, 1);
            Result<CachedBlock> block = await cache.GetAsync(pointer);
            if (!block.IsOk)
                return block.Error;
            pointer = ReadPointer(block.Value, EntryAt(position, level));
        }
    }

    /// <param name="pointer">The root of a tree; 0 is a hole.</param>
    /// <param name="depth">Levels of pointers in it.</param>
    /// <param name="first">The first block to fill, counted from the first below it.</param>
    /// <param name="end">The one behind the last.</param>
    private async ValueTask<Result<long>> CountToFillAsync(uint pointer, int depth, long first, long end)
    {
        long span = Span(depth);
        (first, end) = (Math.Max(first, 0), Math.Min(end, span));
        if (first >= end)
            return 0;
        long count = 0;
        if (pointer == 0)
        {
            for (int level = 0; level <= depth; level++)
                count += ((end - 1) / Span(level)) - (first / Span(level)) + 1;
            return count;
        }

        if (depth == 0)
            return 0;
        cache.ReleaseUnchanged();
        Result<CachedBlock> block = await GetSingleAsync(pointer);
        if (!block.IsOk)
            return block.Error;
        long below = Span(depth - 1);
        for (long entry = first / below; entry <= (end - 1) / below; entry++)
        {
            Result<long> found = await CountToFillAsync(
                ReadPointer(block.Value, (int)entry), depth - 1, first - (entry * below), end - (entry * below));
            if (!found.IsOk)
                return found;
            count += found.Value;
        }

        return count;
    }

    /// <summary>Frees what of [from, to) a tree holds; its root too if that is all of it.</summary>
    /// <param name="inode">Whose blocks they are.</param>
    /// <param name="root">A block of pointers, or at depth 0 a block of the file.</param>
    /// <param name="depth">Levels of pointers, its own included.</param>
    /// <param name="first">The index of the first block of the file below it.</param>
    /// <param name="from">The first block of the file that goes.</param>
    /// <param name="to">The first behind it that stays.</param>
    private async ValueTask<Errno> FreeTreeAsync(Inode inode, uint root, int depth, long first, long from, long to)
    {
        if (!IsSound(root))
            return Errno.EUCLEAN;
        if (depth > 0)
        {
            bool goesWhole = from <= first && first + Span(depth) <= to;
            Result<CachedBlock> got = goesWhole ? await cache.PeekAsync(root) : await cache.GetAsync(root);
            if (!got.IsOk)
                return got.Error;
            CachedBlock block = got.Value;
            long span = Span(depth - 1);
            if (depth > 1 && cache.IsAttempt)
                await cache.LoadAsync(PointersIn(block, first, from, to, span));
            for (int entry = 0; entry < layout.PointersPerBlock; entry++, first += span)
            {
                uint pointer = ReadPointer(block, entry);
                if (pointer == 0 || from >= first + span || first >= to)
                    continue;
                if (!goesWhole && from <= first && first + span <= to)
                    WritePointer(block, entry, 0);
                Errno error = await FreeTreeAsync(inode, pointer, depth - 1, first, from, to);
                if (error != Errno.OK)
                    return error;
            }

            if (!goesWhole)
                return Errno.OK;
        }

        return FreeSingle(inode, root);
    }

    /// <summary>The pointers in a block that lead to anything in [from, to).</summary>
    private List<uint> PointersIn(CachedBlock block, long first, long from, long to, long span)
    {
        List<uint> pointers = [];
        for (int entry = 0; entry < layout.PointersPerBlock; entry++, first += span)
        {
            uint pointer = ReadPointer(block, entry);
            if (from < first + span && first < to && IsSound(pointer))
                pointers.Add(pointer);
        }

        return pointers;
    }

    /// <summary>A block that was just taken for an inode, of zeros.</summary>
    private CachedBlock ClaimFor(Inode inode, uint taken)
    {
        CachedBlock block = cache.Claim(taken);
        block.Change().Clear();
        inode.Blocks++;
        return block;
    }

    /// <summary>Where to look for a block to fill a hole: after the block before it in the file; 0 is anywhere.</summary>
    private uint Neighbour(Inode inode, TreePosition position, CachedBlock? parent, int level)
    {
        if (level != position.Depth)
            return 0;
        if (parent is null)
            return position.Slot == 0 ? 0 : Next(inode.GetPointer(position.Slot - 1));
        int entry = EntryAt(position, level - 1);
        return entry == 0 ? 0 : Next(ReadPointer(parent, entry - 1));
    }

    private static uint Next(uint pointer) => pointer == 0 ? 0 : pointer + 1;

    private static uint ReadPointer(CachedBlock block, int entry) =>
        BinaryPrimitives.ReadUInt32LittleEndian(block.Bytes[(entry * OnDiskFormat.PointerSize)..]);

    private static void WritePointer(CachedBlock block, int entry, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(block.Change()[(entry * OnDiskFormat.PointerSize)..], value);

    private bool IsSound(uint pointer) => layout.IsDataBlock(pointer) && bitmap.IsTaken(pointer);

    private TreePosition Locate(long index)
    {
        Invariant.Require(index >= 0 && index < layout.MaxFileBlocks, "a block of a file has an index within the limit");
        if (index < OnDiskFormat.DirectPointers)
            return new TreePosition((int)index, 0, 0);
        index -= OnDiskFormat.DirectPointers;
        int depth = 1;
        while (index >= Span(depth))
        {
            index -= Span(depth);
            depth++;
        }

        return new TreePosition(OnDiskFormat.DirectPointers + depth - 1, depth, index);
    }

    /// <summary>The entry to follow in the block of pointers that is <paramref name="level"/> below the inode.</summary>
    private int EntryAt(TreePosition position, int level) =>
        (int)(position.Rest / Span(position.Depth - 1 - level) % layout.PointersPerBlock);

    /// <summary>Blocks of a file below a pointer of this depth.</summary>
    private long Span(int depth)
    {
        long span = 1;
        for (int i = 0; i < depth; i++)
            span *= layout.PointersPerBlock;
        return span;
    }

    /// <summary>What is at a block of a file.</summary>
    /// <param name="Pointer">The block of the device; 0 is a hole.</param>
    /// <param name="Span">Blocks of the file that are the same hole, as the pointer that is missing would lead to them all; 1 for a block.</param>
    private readonly record struct Mapping(uint Pointer, long Span);

    /// <summary>The way to a block: a slot of the inode, then blocks of pointers.</summary>
    /// <param name="Slot">In the inode.</param>
    /// <param name="Depth">Blocks of pointers on the way.</param>
    /// <param name="Rest">The index of the block among those below the slot.</param>
    private readonly record struct TreePosition(int Slot, int Depth, long Rest);
}
