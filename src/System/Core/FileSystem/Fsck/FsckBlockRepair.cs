using System.Buffers.Binary;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Mends pointers, what they lead to, and what the bitmap says of it.</summary>
internal sealed class FsckBlockRepair(FsckRound round)
{
    private VolumeLayout Layout => round.Layout;

    private BufferCache Cache => round.Volume.Cache;

    private AllocationBitmap Bitmap => round.Volume.BlockBitmap;

    /// <summary>A pointer of a file, or to attributes, becomes a hole.</summary>
    public ValueTask<FsckOutcome> CutAsync(FsckFinding finding) =>
        finding.Evidence!.Pointer.Use == FsckPointerUse.Directory ? default
        : CutAsync(finding, finding.Evidence.Pointer.Use == FsckPointerUse.Attributes ? "it has no attributes any more" : "it is a hole now");

    /// <summary>What is past the end of a file, and free in the bitmap too, was never its own.</summary>
    public async ValueTask<FsckOutcome> CutUnmarkedAsync(FsckFinding finding)
    {
        Result<Inode> inode = await round.ReadInodeAsync(finding.Inode);
        if (!inode.IsOk)
            return FsckOutcome.Not(inode.Error);

        // A symbolic link has one block.
        return Bitmap.IsTaken((uint)finding.Block!.Value.Value) && inode.Value.Type == FileType.Regular ? default
            : await CutAsync(finding, "the pointer is a hole now");
    }

    /// <summary>
    /// A pointer to what another one leads to is cut where there is nothing to copy: past the end of a file, where a block of
    /// pointers is wanted and there is none, and where an inode's pointers lead to each other.
    /// </summary>
    public async ValueTask<FsckOutcome> CutSecondAsync(FsckFinding finding)
    {
        FsckPointer pointer = finding.Evidence!.Pointer;
        if (pointer.Use == FsckPointerUse.Directory)
            return default;
        if (pointer.IsPastEnd)
            return await CutAsync(finding, "it was past the end: the second pointer is a hole now");
        if (pointer.Use == FsckPointerUse.Content)
            return default;
        uint shared = (uint)finding.Block!.Value.Value;
        Result<CachedBlock> block = await Cache.GetAsync(shared);
        if (!block.IsOk)
            return FsckOutcome.Not(block.Error);
        bool isPlausible = pointer.Use == FsckPointerUse.Attributes
            ? AttributeBlock.TryRead(block.Value.Bytes) is not null
            : round.Check.Blocks.OwnerOf(shared) != finding.Inode && HoldsPointers(block.Value.Bytes);
        return isPlausible ? default : await CutAsync(finding, "it is not what the second pointer should lead to, which is a hole now");
    }

    /// <summary>Copies a block for the second that uses it, or if there is no space, takes it from him.</summary>
    public async ValueTask<FsckOutcome> CopyAsync(FsckFinding finding)
    {
        FsckPointer pointer = finding.Evidence!.Pointer;
        if (pointer.Use == FsckPointerUse.Directory)
            return default;
        Result<CachedBlock> source = await Cache.GetAsync((uint)finding.Block!.Value.Value);
        Result<CachedBlock> holder = await Cache.GetAsync(pointer.Block);
        if (!source.IsOk || !holder.IsOk)
            return FsckOutcome.Not(source.IsOk ? holder.Error : source.Error);
        if (!Bitmap.TryTakeNext(out uint taken))
            return await CutAsync(finding, "there is no space for a copy: the second pointer is a hole now");
        source.Value.Bytes.CopyTo(Cache.Claim(taken).Change());
        WritePointer(holder.Value, pointer, taken);
        return FsckOutcome.Mended($"{finding.Inode} has a copy of it now, block {taken}");
    }

    /// <summary>Keeps the attributes before the first that contradicts the format.</summary>
    public async ValueTask<FsckOutcome> MendAttributesAsync(FsckFinding finding)
    {
        Result<CachedBlock> block = await Cache.GetAsync((uint)finding.Block!.Value.Value);
        if (!block.IsOk)
            return FsckOutcome.Not(block.Error);
        SortedList<byte[], byte[]> kept = AttributeBlock.ReadSoundPart(block.Value.Bytes, out _);
        if (kept.Count == 0)
            return await CutAsync(finding, "none of them can be read: it has none any more");
        AttributeBlock.Write(block.Value.Change(), kept);
        return FsckOutcome.Mended($"{kept.Count} that can be read were kept");
    }

    public async ValueTask<FsckOutcome> ClearTailAsync(FsckFinding finding)
    {
        Result<Inode> inode = await round.ReadInodeAsync(finding.Inode);
        Result<CachedBlock> block = await Cache.GetAsync((uint)finding.Block!.Value.Value);
        if (!inode.IsOk || !block.IsOk)
            return FsckOutcome.Not(inode.IsOk ? block.Error : inode.Error);
        block.Value.Change()[(int)(inode.Value.Size % Layout.BlockSize)..].Clear();
        return FsckOutcome.Mended("they are zeros now");
    }

    public FsckOutcome Mark(FsckFinding finding)
    {
        uint block = (uint)finding.Block!.Value.Value;
        if (!Bitmap.IsTaken(block))
            Bitmap.Take(block);
        return FsckOutcome.Mended("it is in use there too now");
    }

    public FsckOutcome Free(FsckFinding finding)
    {
        uint block = (uint)finding.Block!.Value.Value;
        if (Bitmap.IsTaken(block))
            Bitmap.Release(block);
        return FsckOutcome.Mended("it was freed");
    }

    private async ValueTask<FsckOutcome> CutAsync(FsckFinding finding, string text)
    {
        FsckPointer pointer = finding.Evidence!.Pointer;
        Result<CachedBlock> holder = await Cache.GetAsync(pointer.Block);
        if (!holder.IsOk)
            return FsckOutcome.Not(holder.Error);
        WritePointer(holder.Value, pointer, 0);
        if (pointer.Use == FsckPointerUse.Attributes)
        {
            // Where an inode has nothing but attributes, its number of blocks says so.
            var inode = new Inode(finding.Inode, holder.Value, Layout.OffsetOf(finding.Inode));
            inode.Blocks -= Math.Min(inode.Blocks, 1);
        }

        return FsckOutcome.Mended(text);
    }

    private static void WritePointer(CachedBlock holder, FsckPointer pointer, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(holder.Change()[pointer.Offset..], value);

    /// <summary>Whether all that stands in a block could be pointers.</summary>
    private bool HoldsPointers(ReadOnlySpan<byte> block)
    {
        for (int at = 0; at < block.Length; at += OnDiskFormat.PointerSize)
        {
            uint pointer = BinaryPrimitives.ReadUInt32LittleEndian(block[at..]);
            if (pointer != 0 && !Layout.IsDataBlock(pointer))
                return false;
        }

        return true;
    }
}
