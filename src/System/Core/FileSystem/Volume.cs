using Raid5Fs.BlockDevice;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// A file system's structures on a device, opened: what the operations work on. Changed by one at a time, in
/// steps: <see cref="Begin"/>, changes, then <see cref="Accept"/> or <see cref="Rollback"/>.
/// </summary>
internal sealed class Volume
{
    private readonly AllocationBitmap _inodeBitmap;
    private readonly AllocationBitmap _blockBitmap;

    private readonly Dictionary<InodeNumber, int> _opens = [];

    private Volume(
        VolumeLayout layout, BufferCache cache, CachedBlock superblock, AllocationBitmap inodeBitmap, AllocationBitmap blockBitmap)
    {
        Layout = layout;
        Cache = cache;
        _inodeBitmap = inodeBitmap;
        _blockBitmap = blockBitmap;
        Inodes = new InodeTable(layout, cache, inodeBitmap);
        Map = new BlockMap(layout, cache, blockBitmap);
        Orphans = new OrphanList(superblock, Inodes);
    }

    public VolumeLayout Layout { get; }

    public BufferCache Cache { get; }

    public InodeTable Inodes { get; }

    public BlockMap Map { get; }

    public OrphanList Orphans { get; }

    public FileSystemStatistics Statistics => new(
        Layout.BlockSize, Layout.DataBlocks, _blockBitmap.Free, Layout.InodeCount, _inodeBitmap.Free, Layout.NameLimit)
    {
        MaxFileSize = Layout.MaxFileSize,
        MaxLinkCount = Layout.LinkLimit,
        MaxTargetLength = Layout.TargetLimit,
    };

    public long FreeBlocks => _blockBitmap.Free;

    /// <summary>Which inodes are in use: bit i is inode i + 1. Operations leave it to <see cref="Inodes"/>.</summary>
    public AllocationBitmap InodeBitmap => _inodeBitmap;

    /// <summary>Which blocks are in use. Operations leave it to <see cref="Map"/>.</summary>
    public AllocationBitmap BlockBitmap => _blockBitmap;

    /// <summary>Reads the superblock of a device, which stays in its cache: EINVAL if there is none of this format, EUCLEAN, EIO.</summary>
    public static async ValueTask<Result<VolumeLayout>> ReadLayoutAsync(IBlockDevice device, BufferCache cache)
    {
        Result<CachedBlock> block = await cache.PinAsync(0);
        return block.IsOk ? VolumeLayout.Decode(block.Value.Bytes, device.BlockSize, device.BlockCount) : block.Error;
    }

    /// <summary>Reads the bitmaps and looks at the root: EUCLEAN, EIO.</summary>
    public static async ValueTask<Result<Volume>> OpenAsync(VolumeLayout layout, BufferCache cache)
    {
        Result<Volume> volume = await LoadAsync(layout, cache);
        if (!volume.IsOk)
            return volume;
        for (uint block = 0; block < layout.DataStart; block++)
        {
            if (!volume.Value._blockBitmap.IsTaken(block))
                return Errno.EUCLEAN;
        }

        Result<Inode> root = await volume.Value.Inodes.FollowAsync(OnDiskFormat.RootInode, FileType.Directory);
        return root.IsOk ? volume : root.Error;
    }

    /// <summary>Reads the bitmaps, and looks at nothing else: EUCLEAN if a bit behind their end is clear, EIO.</summary>
    public static async ValueTask<Result<Volume>> LoadAsync(VolumeLayout layout, BufferCache cache)
    {
        Result<CachedBlock> superblock = await cache.PinAsync(0);
        if (!superblock.IsOk)
            return superblock.Error;
        Result<AllocationBitmap> inodes = await AllocationBitmap.LoadAsync(
            cache, layout.InodeBitmapStart, layout.InodeBitmapBlocks, layout.InodeCount);
        if (!inodes.IsOk)
            return inodes.Error;
        Result<AllocationBitmap> blocks = await AllocationBitmap.LoadAsync(
            cache, layout.BlockBitmapStart, layout.BlockBitmapBlocks, layout.BlockCount);
        if (!blocks.IsOk)
            return blocks.Error;
        return new Volume(layout, cache, superblock.Value, inodes.Value, blocks.Value);
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

    /// <summary>Takes note that an inode is open once more.</summary>
    public void NoteOpened(InodeNumber inode) => _opens[inode] = _opens.GetValueOrDefault(inode) + 1;

    /// <summary>Whether an inode that is open will not be when it is closed once.</summary>
    public bool IsOpenOnce(InodeNumber inode)
    {
        Invariant.Require(_opens.TryGetValue(inode, out int count), "what is closed was open");
        return count == 1;
    }

    /// <summary>Takes note that an inode is open once less.</summary>
    public void NoteClosed(InodeNumber inode)
    {
        if (IsOpenOnce(inode))
            _opens.Remove(inode);
        else
            _opens[inode]--;
    }

    /// <summary>Takes note that nothing is open any more.</summary>
    public void NoteAllClosed() => _opens.Clear();

    /// <summary>One entry less leads to what is no directory: EUCLEAN, EIO.</summary>
    public async ValueTask<Errno> ReleaseAsync(Inode inode)
    {
        if (inode.LinkCount == 1)
            return await AbandonAsync(inode);
        inode.LinkCount--;
        inode.NoteChanged(Now);
        return Errno.OK;
    }

    /// <summary>Nothing leads to an inode any more: it is freed, or an orphan as long as it is open. EUCLEAN, EIO.</summary>
    public async ValueTask<Errno> AbandonAsync(Inode inode)
    {
        if (!_opens.ContainsKey(inode.Number))
            return await DestroyAsync(inode);
        inode.LinkCount = 0;
        inode.NoteChanged(Now);
        return await Orphans.AddAsync(inode);
    }

    /// <summary>Frees an orphan: EUCLEAN, EIO.</summary>
    public async ValueTask<Errno> FreeOrphanAsync(InodeNumber number)
    {
        Result<Inode> orphan = await Inodes.GetAsync(number);
        if (!orphan.IsOk || orphan.Value.LinkCount != 0)
            return orphan.Error is Errno.OK or Errno.ESTALE ? Errno.EUCLEAN : orphan.Error;
        Errno error = await Orphans.RemoveAsync(orphan.Value);
        return error == Errno.OK ? await DestroyAsync(orphan.Value) : error;
    }

    /// <summary>Frees the block of an inode's extended attributes, if there is one: EUCLEAN.</summary>
    public Errno FreeAttributes(Inode inode)
    {
        uint block = inode.AttributeBlock;
        inode.AttributeBlock = 0;
        return block == 0 ? Errno.OK : Map.FreeSingle(inode, block);
    }

    /// <summary>Frees an inode that nothing leads to any more, with its blocks: EUCLEAN, EIO.</summary>
    private async ValueTask<Errno> DestroyAsync(Inode inode)
    {
        if (inode.HasPointers)
        {
            inode.Size = 0;
            Errno error = await Map.FreeFromAsync(inode, 0);
            if (error != Errno.OK)
                return error;
        }

        Errno freed = FreeAttributes(inode);
        if (freed == Errno.OK)
            Inodes.Free(inode);
        return freed;
    }
}
