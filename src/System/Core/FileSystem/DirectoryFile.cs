using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// The entries of directories. Whoever calls has looked at the name's length; what contradicts the format is EUCLEAN.
/// </summary>
internal sealed class DirectoryFile(Volume volume)
{
    /// <summary>Blocks read ahead of a scan.</summary>
    private const int ReadAhead = 16;

    /// <summary>The entry called <paramref name="name"/>: ENOENT, EUCLEAN, EIO.</summary>
    public async ValueTask<Result<EntryPlace>> FindAsync(Inode directory, FileName name)
    {
        long blocks = BlocksOf(directory);
        for (long index = 0; index < blocks; index++)
        {
            Result<CachedBlock> block = await GetBlockAsync(directory, index);
            if (!block.IsOk)
                return block.Error;
            Result<EntryPlace> found = FindIn(block.Value, index, name.Bytes);
            if (found.Error != Errno.ENOENT)
                return found;
        }

        return Errno.ENOENT;
    }

    /// <summary>Adds an entry; no other has the name: ENOSPC, EUCLEAN, EIO.</summary>
    public async ValueTask<Errno> AddAsync(Inode directory, FileName name, InodeNumber inode, FileType type)
    {
        int needed = OnDiskFormat.RecordSize(name.Length);
        long blocks = BlocksOf(directory);
        for (long index = 0; index < blocks; index++)
        {
            Result<CachedBlock> block = await GetBlockAsync(directory, index);
            if (!block.IsOk)
                return block.Error;
            Errno error = AddIn(block.Value, needed, name.Bytes, inode, type);
            if (error != Errno.ENOSPC)
                return error;
        }

        if (blocks == volume.Layout.MaxFileBlocks)
            return Errno.ENOSPC;
        Result<CachedBlock> added = await volume.Map.FillAsync(directory, blocks);
        if (!added.IsOk)
            return added.Error;
        DirectoryRecord.Write(added.Value.Change(), volume.Layout.BlockSize, name.Bytes, inode, type);
        directory.Size += volume.Layout.BlockSize;
        return Errno.OK;
    }

    /// <summary>Removes an entry, and the blocks at the end that are empty then: EUCLEAN, EIO.</summary>
    public async ValueTask<Errno> RemoveAsync(Inode directory, EntryPlace place)
    {
        Span<byte> bytes = place.Block.Change();
        if (place.Previous < 0)
            DirectoryRecord.SetTarget(bytes[place.Offset..], InodeNumber.None, FileType.None);
        else
            DirectoryRecord.SetLength(bytes[place.Previous..], place.Offset + place.Length - place.Previous);

        long keep = BlocksOf(directory);
        if (place.BlockIndex != keep - 1)
            return Errno.OK;
        for (; keep > 1; keep--)
        {
            Result<CachedBlock> last = await GetBlockAsync(directory, keep - 1);
            if (!last.IsOk)
                return last.Error;
            Result<bool> used = HasEntries(last.Value);
            if (!used.IsOk)
                return used.Error;
            if (used.Value)
                break;
        }

        if (keep == BlocksOf(directory))
            return Errno.OK;
        directory.Size = keep * volume.Layout.BlockSize;
        return await volume.Map.FreeFromAsync(directory, keep);
    }

    /// <summary>Lets an entry lead elsewhere.</summary>
    public static void Retarget(EntryPlace place, InodeNumber inode, FileType type) =>
        DirectoryRecord.SetTarget(place.Block.Change()[place.Offset..], inode, type);

    /// <summary>Makes a new inode a directory with <c>.</c> and <c>..</c>: ENOSPC, EIO.</summary>
    public async ValueTask<Errno> InitialiseAsync(Inode directory, InodeNumber parent)
    {
        Result<CachedBlock> block = await volume.Map.FillAsync(directory, 0);
        if (!block.IsOk)
            return block.Error;
        DirectoryRecord.WriteDots(block.Value.Change(), directory.Number, parent);
        directory.Size = volume.Layout.BlockSize;
        directory.LinkCount = 2;
        return Errno.OK;
    }

    /// <summary>Whether it has no entries but <c>.</c> and <c>..</c>: EUCLEAN, EIO.</summary>
    public async ValueTask<Result<bool>> IsEmptyAsync(Inode directory)
    {
        long blocks = BlocksOf(directory);
        for (long index = 0; index < blocks; index++)
        {
            Result<CachedBlock> block = await GetBlockAsync(directory, index);
            if (!block.IsOk)
                return block.Error;
            Result<bool> used = HasEntries(block.Value);
            if (!used.IsOk)
                return used.Error;
            if (used.Value)
                return false;
        }

        return true;
    }

    /// <summary>All entries, <c>.</c> and <c>..</c> too: EUCLEAN, EIO.</summary>
    public async ValueTask<Result<IReadOnlyList<DirectoryEntry>>> ListAsync(Inode directory)
    {
        var entries = new List<DirectoryEntry>();
        long blocks = BlocksOf(directory);
        for (long index = 0; index < blocks; index++)
        {
            volume.Cache.ReleaseUnchanged();
            Result<CachedBlock> block = await GetBlockAsync(directory, index);
            if (!block.IsOk)
                return block.Error;
            var records = new RecordCursor(block.Value.Bytes, volume.Layout);
            while (records.MoveNext())
            {
                if (!records.IsFree && records.TryReadEntry(out DirectoryEntry entry))
                    entries.Add(entry);
            }

            if (records.Fault is not null)
                return Errno.EUCLEAN;
        }

        return entries;
    }

    /// <summary>
    /// Whether <paramref name="ancestor"/> is <paramref name="directory"/> or above it: EUCLEAN, EIO.
    /// </summary>
    public async ValueTask<Result<bool>> IsAtOrAboveAsync(InodeNumber ancestor, Inode directory)
    {
        Inode current = directory;
        for (uint steps = 0; steps < volume.Layout.InodeCount; steps++)
        {
            if (current.Number == ancestor)
                return true;
            if (current.Number == OnDiskFormat.RootInode)
                return false;
            Result<EntryPlace> up = await FindParentAsync(current);
            if (!up.IsOk)
                return up.Error;
            Result<Inode> parent = await volume.Inodes.FollowAsync(up.Value.Inode, FileType.Directory);
            if (!parent.IsOk)
                return parent.Error;
            current = parent.Value;
        }

        return Errno.EUCLEAN;
    }

    /// <summary>The entry <c>..</c>: EUCLEAN, EIO.</summary>
    public async ValueTask<Result<EntryPlace>> FindParentAsync(Inode directory)
    {
        Result<CachedBlock> block = await GetBlockAsync(directory, 0);
        return block.IsOk ? FindIn(block.Value, 0, OnDiskFormat.DotDot) : block.Error;
    }

    private Result<EntryPlace> FindIn(CachedBlock block, long index, ReadOnlySpan<byte> name)
    {
        var records = new RecordCursor(block.Bytes, volume.Layout);
        while (records.MoveNext())
        {
            if (records.IsFree || !records.Name.SequenceEqual(name))
                continue;
            return records.TryReadEntry(out DirectoryEntry entry)
                ? new EntryPlace(block, index, records.Offset, records.Previous, records.Length, entry.Inode, entry.Type)
                : Errno.EUCLEAN;
        }

        return records.Fault is null ? Errno.ENOENT : Errno.EUCLEAN;
    }

    private Errno AddIn(CachedBlock block, int needed, ReadOnlySpan<byte> name, InodeNumber inode, FileType type)
    {
        var records = new RecordCursor(block.Bytes, volume.Layout);
        while (records.MoveNext())
        {
            if (records.Slack < needed)
                continue;
            int at = records.Offset + records.Length - records.Slack;
            int length = records.Slack;
            Span<byte> bytes = block.Change();
            if (at > records.Offset)
                DirectoryRecord.SetLength(bytes[records.Offset..], at - records.Offset);
            DirectoryRecord.Write(bytes[at..], length, name, inode, type);
            return Errno.OK;
        }

        return records.Fault is null ? Errno.ENOSPC : Errno.EUCLEAN;
    }

    private Result<bool> HasEntries(CachedBlock block)
    {
        var records = new RecordCursor(block.Bytes, volume.Layout);
        while (records.MoveNext())
        {
            if (!records.IsFree && !records.Name.SequenceEqual(OnDiskFormat.Dot)
                && !records.Name.SequenceEqual(OnDiskFormat.DotDot))
                return true;
        }

        return records.Fault is null ? false : Errno.EUCLEAN;
    }

    private async ValueTask<Result<CachedBlock>> GetBlockAsync(Inode directory, long index)
    {
        Result<uint> pointer = await volume.Map.FindAsync(directory, index);
        if (!pointer.IsOk)
            return pointer.Error;
        if (pointer.Value == 0)
            return Errno.EUCLEAN;
        if (volume.Cache.Find(pointer.Value) is null)
        {
            int ahead = (int)Math.Min(ReadAhead, BlocksOf(directory) - index);
            Errno error = await volume.Map.LoadAsync(directory, index, ahead);
            if (error != Errno.OK)
                return error;
        }

        Result<CachedBlock> block = await volume.Cache.GetAsync(pointer.Value);
        if (block.IsOk && index == 0 && !DirectoryRecord.HasDots(block.Value.Bytes, directory.Number, volume.Layout))
            return Errno.EUCLEAN;
        return block;
    }

    private long BlocksOf(Inode directory) => directory.Size / volume.Layout.BlockSize;
}

/// <summary>Where an entry is, and where it leads. Good until the directory is next changed.</summary>
/// <param name="Block">Its block in the cache.</param>
/// <param name="BlockIndex">The block's place in the directory.</param>
/// <param name="Offset">Bytes from the start of the block.</param>
/// <param name="Previous">The offset of the record before it in the block, or −1.</param>
/// <param name="Length">Bytes of the record.</param>
/// <param name="Inode">Where it leads.</param>
/// <param name="Type">What is there.</param>
internal readonly record struct EntryPlace(
    CachedBlock Block, long BlockIndex, int Offset, int Previous, int Length, InodeNumber Inode, FileType Type);
