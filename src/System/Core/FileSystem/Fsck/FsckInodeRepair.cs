using System.Buffers.Binary;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Makes inodes fit the format, each by itself, and sets what the check counted.</summary>
internal sealed class FsckInodeRepair(FsckRound round)
{
    private const int OtherByteAt = InodeView.TypeAt + 1;

    private VolumeLayout Layout => round.Layout;

    /// <summary>
    /// Mends an inode in use that contradicts the format. The type is its own, or if that cannot be, the one that its entry says, or
    /// one that all the rest agrees with; the rest is then made to fit it. Of which there is nothing left is freed.
    /// </summary>
    public async ValueTask<FsckOutcome> MendAsync(FsckFinding finding)
    {
        Result<Inode> read = await round.ReadInodeAsync(finding.Inode);
        if (!read.IsOk)
            return FsckOutcome.Not(read.Error);
        Inode inode = read.Value;
        if (!round.Volume.InodeBitmap.IsTaken(inode.Number.Value - 1))
            return default;
        bool isRoot = inode.Number == OnDiskFormat.RootInode;
        FileType said = isRoot ? FileType.Directory : finding.Evidence?.Entry.Type ?? FileType.None;
        FileType? type = isRoot ? FileType.Directory : TypeOf(inode, said);
        if (type is null)
        {
            if (!round.Check.Blocks.IsComplete)
                return FsckOutcome.Not("what it is may be said by an entry that cannot be read");
            round.Volume.Inodes.Free(inode);
            return FsckOutcome.Mended("nothing is left of it that says what it was: it was freed");
        }

        byte[] before = new byte[OnDiskFormat.InodeSize];
        inode.View.CopyTo(before);
        inode.Type = type.Value;
        MendCommonFields(inode);
        Errno error = type switch
        {
            FileType.Regular => await MendSizeAsync(inode),
            FileType.SymbolicLink => await MendTargetAsync(inode),
            FileType.Directory => MendDirectory(inode),
            _ => MendEmpty(inode),
        };
        if (error == Errno.ENODATA)
        {
            round.Volume.Inodes.Free(inode);
            return FsckOutcome.Mended("nothing is left of its target: it was freed");
        }

        if (error != Errno.OK)
            return FsckOutcome.Not(error);

        // What is below the root of a tree that is damaged must be read first: that is left for later.
        bool isTree = inode.IsDirectory && RootFault(inode) is not null;
        Invariant.Require(
            isTree || inode.View.Contradiction(Layout) is null, "an inode that was mended fits the format, but for the root of a tree");
        return inode.View.Equals(before) ? default
            : FsckOutcome.Mended((FileType)before[InodeView.TypeAt] == type ? "its fields were made to fit" : $"its type was set to {type}");
    }

    /// <summary>An inode that an entry calls a directory, and that is a sound one in all but the type, is one.</summary>
    public async ValueTask<FsckOutcome> MendTypeAsync(FsckFinding finding)
    {
        Result<Inode> inode = await round.ReadInodeAsync(finding.Inode);
        if (!inode.IsOk || finding.Evidence!.Entry.Type != FileType.Directory || !Fits(inode.Value, FileType.Directory))
            return default;
        inode.Value.Type = FileType.Directory;
        return FsckOutcome.Mended("all of it is a directory but its type, which was set");
    }

    /// <summary>A symbolic link whose size says that it has a block, but that has none, holds its target itself.</summary>
    public async ValueTask<FsckOutcome> MendLinkAsync(FsckFinding finding)
    {
        Result<Inode> inode = await round.ReadInodeAsync(finding.Inode);
        bool isOfContent = finding.Evidence!.Pointer.Use is FsckPointerUse.Content or FsckPointerUse.Pointers;
        if (!isOfContent || !inode.IsOk || inode.Value.Type != FileType.SymbolicLink || inode.Value.Blocks != AttributesOf(inode.Value))
            return default;
        if (!inode.Value.HoldsTarget)
            HoldTarget(inode.Value, LengthOf(inode.Value.View.InlineBytes));
        return FsckOutcome.Mended("it is the target, which the link holds itself: its size was set");
    }

    /// <summary>Gives a file the size that its blocks have.</summary>
    public async ValueTask<FsckOutcome> ExtendAsync(FsckFinding finding)
    {
        Result<Inode> inode = await round.ReadInodeAsync(finding.Inode);
        Result<long> end = inode.IsOk ? await EndAsync(inode.Value) : inode.Error;
        if (!end.IsOk)
            return FsckOutcome.Not(end.Error);
        if (end.Value > Layout.BlocksFor(inode.Value.Size))
            inode.Value.Size = end.Value * Layout.BlockSize;
        return FsckOutcome.Mended($"the block is in use in the bitmap, so the size was wrong: it is {inode.Value.Size} now");
    }

    public async ValueTask<FsckOutcome> SetParentAsync(FsckFinding finding)
    {
        Result<Inode> inode = await round.ReadInodeAsync(finding.Inode);
        if (!inode.IsOk)
            return FsckOutcome.Not(inode.Error);
        inode.Value.Parent = new InodeNumber((uint)finding.Evidence!.Expected);
        return FsckOutcome.Mended("it says so now");
    }

    public async ValueTask<FsckOutcome> SetLinkCountAsync(FsckFinding finding)
    {
        long expected = finding.Evidence!.Expected;
        if (expected > Layout.LinkLimit)
            return FsckOutcome.Not($"the limit is {Layout.LinkLimit} links");
        Result<Inode> inode = await round.ReadInodeAsync(finding.Inode);
        if (!inode.IsOk)
            return FsckOutcome.Not(inode.Error);
        inode.Value.LinkCount = (int)expected;
        inode.Value.NextOrphan = inode.Value.PreviousOrphan = InodeNumber.None;
        return FsckOutcome.Mended($"it is {expected} now");
    }

    public async ValueTask<FsckOutcome> SetBlockCountAsync(FsckFinding finding)
    {
        Result<Inode> inode = await round.ReadInodeAsync(finding.Inode);
        if (!inode.IsOk)
            return FsckOutcome.Not(inode.Error);
        long counted = finding.Evidence!.Expected;
        inode.Value.Blocks = (uint)counted;
        if (inode.Value.IsDirectory)
            inode.Value.Size = (counted - AttributesOf(inode.Value)) * Layout.BlockSize;
        return FsckOutcome.Mended($"it is {counted} now");
    }

    /// <summary>What contradicts the format in the root of a directory's tree; null if nothing does.</summary>
    public string? RootFault(Inode directory) => DirectoryIndex.RootFault(directory.View.DirectoryRoot, Layout.MaxDirectoryHeight);

    private static uint AttributesOf(Inode inode) => inode.AttributeBlock == 0 ? 0u : 1;

    /// <summary>What an inode is; null if nothing says it.</summary>
    /// <param name="inode">Contradicts the format.</param>
    /// <param name="said">What an entry says that it is, if there is one.</param>
    private FileType? TypeOf(Inode inode, FileType said)
    {
        FileType own = inode.Type;
        if (OnDiskFormat.IsType(own))
            return OnDiskFormat.IsType(said) && Fits(inode, said) ? said : own;
        if (OnDiskFormat.IsType(said))
            return said;
        if (Fits(inode, FileType.Directory))
            return FileType.Directory;
        if (inode.Size is > 0 and <= OnDiskFormat.InlineTargetLimit
            && Fits(inode, FileType.SymbolicLink) && !inode.View.InlineBytes[..(int)inode.Size].Contains((byte)0))
            return FileType.SymbolicLink;
        return inode.View.InlineBytes.ContainsAnyExcept((byte)0) || inode.AttributeBlock != 0 || inode.LinkCount > 0 ? FileType.Regular : null;
    }

    /// <summary>Whether nothing but its type contradicts the format, were it this one.</summary>
    private bool Fits(Inode inode, FileType type)
    {
        Span<byte> bytes = stackalloc byte[OnDiskFormat.InodeSize];
        inode.View.CopyTo(bytes);
        bytes[InodeView.TypeAt] = (byte)type;
        return new InodeView(bytes).Contradiction(Layout) is null;
    }

    private void MendCommonFields(Inode inode)
    {
        if (inode.View.LinkCount > Layout.LinkLimit)
            inode.LinkCount = 1;
        Span<byte> bytes = inode.ChangeAll();
        bytes[OtherByteAt] = 0;
        InodeView.WriteOwner(bytes, inode.Owner);
        if (inode.LinkCount > 0)
            bytes[InodeView.NextOrphanAt..InodeView.PointersAt].Clear();
    }

    private async ValueTask<Errno> MendSizeAsync(Inode file)
    {
        if (file.Size >= 0 && file.Size <= Layout.MaxFileSize)
            return Errno.OK;
        Result<long> end = await EndAsync(file);
        if (end.IsOk)
            file.Size = end.Value * Layout.BlockSize;
        return end.Error;
    }

    /// <summary>Of a symbolic link its size, its blocks and what is behind the target: EIO, ENODATA if there is no target.</summary>
    private async ValueTask<Errno> MendTargetAsync(Inode link)
    {
        uint block = link.GetPointer(0);
        uint own = link.Blocks - AttributesOf(link);
        bool isAlone = Layout.IsDataBlock(block) && !link.View.InlineBytes[OnDiskFormat.PointerSize..].ContainsAnyExcept((byte)0);
        bool saysInline = link.Size is > 0 and <= OnDiskFormat.InlineTargetLimit;
        bool saysInBlock = link.Size > OnDiskFormat.InlineTargetLimit && link.Size <= Layout.TargetLimit;
        if (saysInBlock && own != 0)
            return block == 0 ? Errno.ENODATA : Errno.OK;
        if (!isAlone || own != 1)
        {
            HoldTarget(link, saysInline ? (int)link.Size : LengthOf(link.View.InlineBytes));
            return link.Size == 0 ? Errno.ENODATA : Errno.OK;
        }

        Result<CachedBlock> read = await round.Volume.Cache.GetAsync(block);
        if (!read.IsOk)
            return read.Error;
        int length = LengthOf(read.Value.Bytes[..Layout.TargetLimit]);
        if (length > OnDiskFormat.InlineTargetLimit)
        {
            link.Size = length;
            return Errno.OK;
        }

        read.Value.Bytes[..length].CopyTo(link.ChangeAll()[InodeView.PointersAt..]);
        HoldTarget(link, length);
        return length == 0 ? Errno.ENODATA : Errno.OK;
    }

    /// <summary>Has a symbolic link hold what stands in it already.</summary>
    private static void HoldTarget(Inode link, int length)
    {
        link.Size = length;
        link.Blocks = AttributesOf(link);
        link.ChangeAll()[(InodeView.PointersAt + length)..InodeView.PointersEnd].Clear();
    }

    private static int LengthOf(ReadOnlySpan<byte> target)
    {
        int end = target.IndexOf((byte)0);
        return end < 0 ? target.Length : end;
    }

    /// <summary>Of a directory all but its tree; its blocks are counted later.</summary>
    private Errno MendDirectory(Inode directory)
    {
        if (directory.Blocks - AttributesOf(directory) > Layout.DataBlocks)
            directory.Blocks = AttributesOf(directory);
        directory.Size = (directory.Blocks - AttributesOf(directory)) * (long)Layout.BlockSize;
        if (directory.LinkCount == 1 || (directory.LinkCount == 0 && directory.Size != 0))
            directory.LinkCount = 2;
        if (directory.LinkCount > 0)
            directory.NextOrphan = directory.PreviousOrphan = InodeNumber.None;
        if (!Layout.Contains(directory.Parent))
            directory.Parent = OnDiskFormat.RootInode;
        directory.ChangeAll()[InodeView.DirectoryRootEnd..InodeView.PointersEnd].Clear();
        return Errno.OK;
    }

    /// <summary>Of what has no content.</summary>
    private static Errno MendEmpty(Inode inode)
    {
        inode.Size = 0;
        inode.Blocks = AttributesOf(inode);
        int used = OnDiskFormat.IsDevice(inode.Type) ? 2 * sizeof(uint) : 0;
        inode.ChangeAll()[(InodeView.PointersAt + used)..InodeView.PointersEnd].Clear();
        return Errno.OK;
    }

    /// <summary>The index behind the last block that an inode's pointers lead to: EIO.</summary>
    private async ValueTask<Result<long>> EndAsync(Inode file)
    {
        long end = 0;
        long first = 0;
        long span = 1;
        for (int slot = 0; slot < OnDiskFormat.InodePointers; slot++)
        {
            int depth = OnDiskFormat.DepthOf(slot);
            span = depth == 0 ? 1 : span * Layout.PointersPerBlock;
            Result<long> below = await EndBelowAsync(file.GetPointer(slot), depth, span);
            if (!below.IsOk)
                return below;
            end = below.Value > 0 ? first + below.Value : end;
            first += span;
        }

        return end;
    }

    /// <summary>The same below one pointer, counted from the first block below it; at least 1 where there is any block.</summary>
    private async ValueTask<Result<long>> EndBelowAsync(uint pointer, int depth, long span)
    {
        if (!Layout.IsDataBlock(pointer))
            return 0;
        if (depth == 0)
            return 1;
        Result<CachedBlock> block = await round.Volume.Cache.GetAsync(pointer);
        if (!block.IsOk)
            return block.Error;
        long below = span / Layout.PointersPerBlock;
        for (int entry = Layout.PointersPerBlock - 1; entry >= 0; entry--)
        {
            uint next = BinaryPrimitives.ReadUInt32LittleEndian(block.Value.Bytes[(entry * OnDiskFormat.PointerSize)..]);
            Result<long> end = await EndBelowAsync(next, depth - 1, below);
            if (!end.IsOk)
                return end;
            if (end.Value > 0)
                return (entry * below) + end.Value;
        }

        return 1;
    }
}
