using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// The inodes that no entry leads to and that are open still. They are chained on disk, so that whoever mounts after a crash finds
/// and frees them: the file system never loses a block.
/// </summary>
/// <param name="superblock">Pinned: it holds the first of them.</param>
/// <param name="inodes">All inodes.</param>
internal sealed class OrphanList(CachedBlock superblock, InodeTable inodes)
{
    /// <summary>The one added last; none if there are no others.</summary>
    public InodeNumber First => VolumeLayout.FirstOrphan(superblock.Bytes);

    /// <summary>Adds an inode whose last link is gone: EUCLEAN, EIO.</summary>
    public async ValueTask<Errno> AddAsync(Inode inode)
    {
        if (First != InodeNumber.None)
        {
            Result<Inode> next = await GetAsync(First);
            if (!next.IsOk)
                return next.Error;
            next.Value.PreviousOrphan = inode.Number;
        }

        inode.NextOrphan = First;
        VolumeLayout.SetFirstOrphan(superblock.Change(), inode.Number);
        return Errno.OK;
    }

    /// <summary>Takes an inode out that is in it: EUCLEAN, EIO.</summary>
    public async ValueTask<Errno> RemoveAsync(Inode inode)
    {
        (InodeNumber before, InodeNumber after) = (inode.PreviousOrphan, inode.NextOrphan);
        if (before == InodeNumber.None && First != inode.Number)
            return Errno.EUCLEAN;
        if (before == InodeNumber.None)
        {
            VolumeLayout.SetFirstOrphan(superblock.Change(), after);
        }
        else
        {
            Result<Inode> previous = await GetAsync(before);
            if (!previous.IsOk)
                return previous.Error;
            previous.Value.NextOrphan = after;
        }

        if (after != InodeNumber.None)
        {
            Result<Inode> next = await GetAsync(after);
            if (!next.IsOk)
                return next.Error;
            next.Value.PreviousOrphan = before;
        }

        inode.NextOrphan = inode.PreviousOrphan = InodeNumber.None;
        return Errno.OK;
    }

    private async ValueTask<Result<Inode>> GetAsync(InodeNumber number)
    {
        Result<Inode> inode = await inodes.GetAsync(number);
        return inode.Error == Errno.ESTALE || (inode.IsOk && inode.Value.LinkCount != 0) ? Errno.EUCLEAN : inode;
    }
}
