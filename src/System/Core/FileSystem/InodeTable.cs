using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Inodes by number: finding, taking and freeing them.</summary>
internal sealed class InodeTable(VolumeLayout layout, BufferCache cache, AllocationBitmap bitmap)
{
    /// <summary>
    /// The inode of a caller's number: ESTALE if no inode in use has it, EUCLEAN if it contradicts the format, EIO.
    /// </summary>
    public ValueTask<Result<Inode>> GetAsync(InodeNumber number) =>
        layout.Contains(number) && bitmap.IsTaken(number.Value - 1) ? ReadAsync(number) : new(Errno.ESTALE);

    /// <summary>The directory of a caller's number: as <see cref="GetAsync"/>, ENOTDIR, and ENOENT if it was removed.</summary>
    public async ValueTask<Result<Inode>> GetDirectoryAsync(InodeNumber number)
    {
        Result<Inode> inode = await GetAsync(number);
        if (!inode.IsOk)
            return inode;
        return !inode.Value.IsDirectory ? Errno.ENOTDIR : inode.Value.LinkCount == 0 ? Errno.ENOENT : inode;
    }

    /// <summary>
    /// The inode that a directory entry leads to: EUCLEAN if it is free, an orphan, or not of the entry's type, EIO.
    /// </summary>
    public async ValueTask<Result<Inode>> FollowAsync(InodeNumber number, FileType type)
    {
        Result<Inode> inode = await GetAsync(number);
        if (inode.Error == Errno.ESTALE || (inode.IsOk && (inode.Value.Type != type || inode.Value.LinkCount == 0)))
            return Errno.EUCLEAN;
        return inode;
    }

    /// <summary>A new, empty inode without links: ENOSPC, EIO.</summary>
    public async ValueTask<Result<Inode>> TakeAsync(FileType type, Ownership owner, Timestamp now)
    {
        if (!bitmap.TryTakeNext(out uint bit))
            return Errno.ENOSPC;
        var number = new InodeNumber(bit + 1);
        Result<CachedBlock> block = await cache.GetAsync(layout.BlockOf(number));
        if (!block.IsOk)
            return block.Error;
        var inode = new Inode(number, block.Value, layout.OffsetOf(number));
        inode.Reset(type, owner, now);
        return inode;
    }

    /// <summary>Frees an inode that holds no blocks.</summary>
    public void Free(Inode inode)
    {
        inode.Clear();
        bitmap.Release(inode.Number.Value - 1);
    }

    private async ValueTask<Result<Inode>> ReadAsync(InodeNumber number)
    {
        Result<CachedBlock> block = await cache.GetAsync(layout.BlockOf(number));
        if (!block.IsOk)
            return block.Error;
        var inode = new Inode(number, block.Value, layout.OffsetOf(number));
        return inode.View.Contradiction(layout) is null ? inode : Errno.EUCLEAN;
    }
}
