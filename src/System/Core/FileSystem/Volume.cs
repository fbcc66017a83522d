using Raid5Fs.BlockDevice;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// A file system's structures on a device, opened: what the operations work on. Used by one operation at a time, in
/// steps: <see cref="Begin"/>, changes, then <see cref="Accept"/> or <see cref="Rollback"/>.
/// </summary>
internal sealed class Volume
{
    private readonly AllocationBitmap _inodeBitmap;
    private readonly AllocationBitmap _blockBitmap;

    private Volume(VolumeLayout layout, BufferCache cache, AllocationBitmap inodeBitmap, AllocationBitmap blockBitmap)
    {
        Layout = layout;
        Cache = cache;
        _inodeBitmap = inodeBitmap;
        _blockBitmap = blockBitmap;
        Inodes = new InodeTable(layout, cache, inodeBitmap);
        Map = new BlockMap(layout, cache, blockBitmap);
    }

    public VolumeLayout Layout { get; }

    public BufferCache Cache { get; }

    public InodeTable Inodes { get; }

    public BlockMap Map { get; }

    public FileSystemStatistics Statistics => new(
        Layout.BlockSize, Layout.DataBlocks, _blockBitmap.Free, Layout.InodeCount, _inodeBitmap.Free, Layout.NameLimit)
    {
        MaxFileSize = Layout.MaxFileSize,
        MaxLinkCount = Layout.LinkLimit,
        MaxTargetLength = Layout.TargetLimit,
    };

    /// <summary>Reads the superblock of a device: EINVAL if there is none of this format, EUCLEAN, EIO.</summary>
    public static async ValueTask<Result<VolumeLayout>> ReadLayoutAsync(IBlockDevice device)
    {
        byte[] block = new byte[device.BlockSize];
        Errno error = await device.ReadAsync(new BlockAddress(0), block);
        return error == Errno.OK ? VolumeLayout.Decode(block, device.BlockSize, device.BlockCount) : error;
    }

    /// <summary>Reads the bitmaps and looks at the root: EUCLEAN, EIO.</summary>
    public static async ValueTask<Result<Volume>> OpenAsync(VolumeLayout layout, BufferCache cache)
    {
        Result<AllocationBitmap> inodes = await AllocationBitmap.LoadAsync(
            cache, layout.InodeBitmapStart, layout.InodeBitmapBlocks, layout.InodeCount);
        if (!inodes.IsOk)
            return inodes.Error;
        Result<AllocationBitmap> blocks = await AllocationBitmap.LoadAsync(
            cache, layout.BlockBitmapStart, layout.BlockBitmapBlocks, layout.BlockCount);
        if (!blocks.IsOk)
            return blocks.Error;
        for (uint block = 0; block < layout.DataStart; block++)
        {
            if (!blocks.Value.IsTaken(block))
                return Errno.EUCLEAN;
        }

        var volume = new Volume(layout, cache, inodes.Value, blocks.Value);
        Result<Inode> root = await volume.Inodes.FollowAsync(OnDiskFormat.RootInode, FileType.Directory);
        return root.IsOk ? volume : root.Error;
    }

    /// <summary>When the operation under way happens.</summary>
    public Timestamp Now { get; private set; }

    public void Begin(Timestamp now)
    {
        Now = now;
        Cache.Begin();
    }

    /// <summary>Keeps the changes of the step.</summary>
    public void Accept()
    {
        Cache.Accept();
        foreach (uint block in _blockBitmap.FreedInStep)
        {
            if (!_blockBitmap.IsTaken(block))
                Cache.Drop(block);
        }

        _inodeBitmap.Accept();
        _blockBitmap.Accept();
    }

    /// <summary>Takes the changes of the step back.</summary>
    public void Rollback()
    {
        Cache.Rollback();
        _inodeBitmap.Rollback();
        _blockBitmap.Rollback();
    }

    /// <summary>Takes one link of what is no directory away, and frees it with the last: EUCLEAN, EIO.</summary>
    public async ValueTask<Errno> ReleaseAsync(Inode inode)
    {
        if (inode.LinkCount == 1)
            return await DestroyAsync(inode);
        inode.LinkCount--;
        inode.NoteChanged(Now);
        return Errno.OK;
    }

    /// <summary>Frees an inode that nothing leads to any more, with its blocks: EUCLEAN, EIO.</summary>
    public async ValueTask<Errno> DestroyAsync(Inode inode)
    {
        if (inode.HasPointers)
        {
            inode.Size = 0;
            Errno error = await Map.FreeFromAsync(inode, 0);
            if (error != Errno.OK)
                return error;
        }

        Inodes.Free(inode);
        return Errno.OK;
    }
}
