/*
 * Checks a file system's structure from its blocks alone, without what the mounted file system believes: it walks from
 * the root, counts what leads where and which block belongs to whom, and compares that with the bitmaps, link counts
 * and sizes. It changes nothing. It shares the format with the rest, but none of the code that changes structures: that is what
 * FsckRepair.cs does with what is found here.
 *
 * Faults assumed: any block may hold anything, or be unreadable. Every loop is bounded by the format.
 */

using Raid5Fs.BlockDevice;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Finds every inconsistency of a file system.</summary>
public static class Fsck
{
    private const int CacheBlocks = 1024;

    /// <summary>
    /// Checks what a device holds, written but uncommitted blocks included. Nobody has it mounted, or whoever has, has
    /// just synced it and does nothing meanwhile. Takes 5 bytes of memory a block and 9 an inode.
    /// </summary>
    public static async Task<FsckReport> CheckAsync(IBlockDevice device)
    {
        var cache = new BufferCache(device, CacheBlocks);
        Result<VolumeLayout> layout = await Volume.ReadLayoutAsync(device, cache);
        if (layout.IsOk)
            return await new FsckRun(layout.Value, cache).CheckAsync();

        return new FsckReport([FindingOf(layout.Error)], 0, 0, 0);
    }

    /// <summary>
    /// Repairs what a device holds, and commits it; what could not be repaired is said, each with why. Nobody has it mounted.
    /// Nothing is written where nothing is wrong. The way of it is told in FsckRepair.cs.
    /// </summary>
    /// <param name="device">Takes at least <see cref="UnixFileSystem.LargestOperation"/> uncommitted blocks.</param>
    /// <param name="clock">Tells when <c>/lost+found</c> was made and changed.</param>
    public static async Task<FsckRepairReport> RepairAsync(IBlockDevice device, TimeProvider clock)
    {
        var cache = new BufferCache(device, CacheBlocks);
        List<FsckRepair> repairs = [];
        Result<VolumeLayout> layout = await Volume.ReadLayoutAsync(device, cache);
        if (!layout.IsOk)
        {
            FsckFinding finding = FindingOf(layout.Error);
            Result<CachedBlock> block = await cache.PinAsync(0);
            if (!block.IsOk)
                return new FsckRepairReport([], [new FsckRepair(finding, "what cannot be read is left as it is")], Errno.OK);
            if (FsckSuperblockRepair.TryMend(block.Value.Bytes, device) is not { } mended)
                return new FsckRepairReport([], [new FsckRepair(finding, "nothing proves what it was")], Errno.OK);
            cache.Begin();
            mended.CopyTo(block.Value.Change());
            cache.Accept();
            repairs.Add(new FsckRepair(finding, "it is what its checksum says that it was"));
            layout = VolumeLayout.Decode(mended, device.BlockSize, device.BlockCount);
        }

        return device.MaxUncommittedBlocks < layout.Value.LargestOperation
            ? new FsckRepairReport([], [], Errno.EINVAL)
            : await new FsckRepairRun(device, cache, layout.Value, Timestamp.Now(clock)).RepairAsync(repairs);
    }

    private static FsckFinding FindingOf(Errno error) => error switch
    {
        Errno.EINVAL => new(FsckProblem.BadSuperblock, $"block 0 holds no superblock of version {OnDiskFormat.Version}"),
        Errno.EUCLEAN => new(FsckProblem.BadSuperblock, "the superblock is damaged or does not fit the device"),
        _ => new(FsckProblem.Unreadable, "the superblock cannot be read", Block: new BlockAddress(0)),
    };
}

/// <summary>One check. The usual order: bitmaps, the tree from the root, then what nothing leads to.</summary>
internal sealed class FsckRun
{
    private readonly VolumeLayout _layout;
    private readonly FsckBlocks _blocks;
    private readonly FsckTrees _trees;
    private readonly FsckFindings _findings;
    private readonly BufferCache _cache;
    private readonly Queue<InodeNumber> _directories = [];

    // By inode number: entries that lead to it (for a directory: subdirectories), and the parent of a directory.
    private readonly uint[] _links;
    private readonly uint[] _parents;
    private readonly HashSet<InodeNumber> _orphans = [];
    private long _fileCount;
    private long _directoryCount;

    /// <param name="layout">From the superblock.</param>
    /// <param name="cache">Of the device; it holds the superblock.</param>
    public FsckRun(VolumeLayout layout, BufferCache cache)
    {
        _layout = layout;
        _cache = cache;
        _findings = new FsckFindings();
        _blocks = new FsckBlocks(layout, _cache, _findings);
        _trees = new FsckTrees(layout, _cache, _blocks, _findings);
        _links = new uint[layout.InodeCount + 1L];
        _parents = new uint[layout.InodeCount + 1L];
    }

    /// <summary>Which block belongs to whom.</summary>
    public FsckBlocks Blocks => _blocks;

    /// <summary>Entries that lead to an inode; to a directory, its subdirectories.</summary>
    public uint LinksTo(InodeNumber inode) => _links[inode.Value];

    /// <summary>Whether a way leads there from the root.</summary>
    public bool IsReached(InodeNumber inode) => _links[inode.Value] > 0 || _parents[inode.Value] != 0;

    /// <summary>The directory that leads to a directory; none if it is not reached.</summary>
    public InodeNumber ParentOf(InodeNumber directory) => new(_parents[directory.Value]);

    public async Task<FsckReport> CheckAsync()
    {
        bool[]? inodesInUse = await ReadBitmapAsync(
            "inode bitmap", _layout.InodeBitmapStart, _layout.InodeBitmapBlocks, _layout.InodeCount, reserved: 1);
        bool[]? blocksInUse = await ReadBitmapAsync(
            "block bitmap", _layout.BlockBitmapStart, _layout.BlockBitmapBlocks, _layout.BlockCount, _layout.DataStart);
        if (inodesInUse is not null && blocksInUse is not null)
        {
            await WalkTreeAsync(inodesInUse);
            await FollowOrphansAsync(inodesInUse);
            await CheckInodesAsync(inodesInUse);
            CompareBlocks(blocksInUse);
        }

        return new FsckReport(_findings.All, _fileCount, _directoryCount, _blocks.Used) { Orphans = _orphans.Count };
    }

    /// <summary>The bits of a bitmap, null if it cannot be read.</summary>
    private async ValueTask<bool[]?> ReadBitmapAsync(string what, uint first, uint blocks, uint count, uint reserved)
    {
        bool[] bits = new bool[count];
        bool reservedAreSet = true;
        for (uint i = 0; i < blocks; i++)
        {
            CachedBlock? block = await _blocks.ReadAsync(first + i, what);
            if (block is null)
                return null;
            reservedAreSet &= TakeBits(block.Bytes, i * 8L * _layout.BlockSize, bits, reserved);
        }

        if (!reservedAreSet)
            _findings.Add(FsckProblem.BadBitmap, $"the {what} has a clear bit where all must be set");
        return bits;
    }

    /// <summary>Takes one block of a bitmap over. What lies behind the end of <paramref name="bits"/> is reserved too.</summary>
    /// <returns>Whether every reserved bit is set.</returns>
    private static bool TakeBits(ReadOnlySpan<byte> block, long start, bool[] bits, uint reserved)
    {
        bool reservedAreSet = true;
        for (int bit = 0; bit < 8 * block.Length; bit++)
        {
            bool isSet = (block[bit / 8] & (1 << (bit % 8))) != 0;
            long place = start + bit;
            if (place < bits.Length)
                bits[place] = isSet;
            reservedAreSet &= isSet || (place >= reserved && place < bits.Length);
        }

        return reservedAreSet;
    }

    private async ValueTask WalkTreeAsync(bool[] inUse)
    {
        InodeNumber root = OnDiskFormat.RootInode;
        Inode? inode = await ReadInodeAsync(root);
        if (inode is null)
            return;
        if (!inode.IsDirectory)
        {
            _findings.Add(FsckProblem.BadInode, "the root is no directory", root);
            return;
        }

        _parents[root.Value] = root.Value;
        _directories.Enqueue(root);
        while (_directories.TryDequeue(out InodeNumber directory))
        {
            _directoryCount++;
            await CheckDirectoryAsync(directory, inUse);
        }
    }

    private async ValueTask CheckDirectoryAsync(InodeNumber number, bool[] inUse)
    {
        Inode? directory = await ReadInodeAsync(number);
        if (directory is null)
            return;
        var parent = new InodeNumber(_parents[number.Value]);
        if (directory.Parent != parent)
        {
            _findings.Add(
                FsckProblem.WrongParent,
                $"directory {number} is in {parent}, but says that it is in {directory.Parent}",
                number,
                evidence: new FsckEvidence { Expected = parent.Value });
        }


        var names = new HashSet<FileName>();
        foreach (DirectoryEntry entry in await ClaimAsync(directory))
        {
            if (!names.Add(entry.Name))
                _findings.Add(FsckProblem.DuplicateName, $"directory {number} has two entries '{entry.Name}'", number);
            else if (entry.Name.IsDot || entry.Name.IsDotDot)
                _findings.Add(FsckProblem.BadRecord, $"directory {number} has an entry '{entry.Name}'", number);
            else
                await CheckEntryAsync(number, entry, inUse);
        }
    }

    private async ValueTask CheckEntryAsync(InodeNumber directory, DirectoryEntry entry, bool[] inUse)
    {
        string where = $"entry '{entry.Name}' of directory {directory}";
        var evidence = new FsckEvidence { Directory = directory, Entry = entry };
        if (!inUse[entry.Inode.Value - 1])
        {
            bool? isAlive = await IsAliveAsync(directory, entry);
            _findings.Add(
                FsckProblem.EntryToFreeInode,
                $"{where} leads to {entry.Inode}, which is free",
                entry.Inode,
                evidence: evidence with { IsAlive = isAlive });
            if (isAlive != true)
                return;
            inUse[entry.Inode.Value - 1] = true;
        }

        bool isKnown = IsReached(entry.Inode);
        Inode? inode = await ReadInodeAsync(entry.Inode, report: !isKnown, evidence);
        if (inode is null)
        {
            _links[entry.Inode.Value]++;
            return;
        }

        if (inode.Type != entry.Type)
            _findings.Add(FsckProblem.WrongEntryType, $"{where} says {entry.Type}, but {entry.Inode} is {inode.Type}", entry.Inode, evidence: evidence);
        if (!inode.IsDirectory)
        {
            _links[entry.Inode.Value]++;
            if (!isKnown)
            {
                _fileCount++;
                await ClaimAsync(inode);
            }

            return;
        }

        if (_parents[entry.Inode.Value] != 0)
        {
            _findings.Add(
                FsckProblem.DirectoryLinkedTwice,
                $"{where} leads to directory {entry.Inode}, as another entry does",
                entry.Inode,
                evidence: evidence);
            return;
        }

        _parents[entry.Inode.Value] = directory.Value;
        _links[directory.Value]++;
        _directories.Enqueue(entry.Inode);
    }

    /// <summary>
    /// Whether an inode that is free in the bitmap is all that an entry says of it, so that the bitmap is wrong: a free one
    /// has no type. Null if it cannot be read, which is reported.
    /// </summary>
    private async ValueTask<bool?> IsAliveAsync(InodeNumber directory, DirectoryEntry entry)
    {
        if (await _blocks.ReadAsync(_layout.BlockOf(entry.Inode), "inode table") is not { } block)
            return null;
        var inode = new Inode(entry.Inode, block, _layout.OffsetOf(entry.Inode));
        return inode.Type == entry.Type && inode.LinkCount > 0 && inode.View.Contradiction(_layout) is null
            && (!inode.IsDirectory || inode.Parent == directory);
    }

    /// <summary>Looks behind the end of a file. What cannot be read there is its content, and not the check's business.</summary>
    private async ValueTask CheckTailAsync(Inode file)
    {
        int tail = (int)(file.Size % _layout.BlockSize);
        if (tail == 0 || _blocks.LastBlock == 0)
            return;
        Result<CachedBlock> last = await _cache.GetAsync(_blocks.LastBlock);
        if (last.IsOk && last.Value.Bytes[tail..].ContainsAnyExcept((byte)0))
        {
            _findings.Add(
                FsckProblem.TailNotZero, $"file {file.Number} has bytes past its size of {file.Size}", file.Number, last.Value.Address);
        }
    }

    /// <summary>Follows the chain of orphans, as far as it is one.</summary>
    private async ValueTask FollowOrphansAsync(bool[] inUse)
    {
        if (await _blocks.ReadAsync(0, "superblock") is not { } superblock)
            return;
        InodeNumber previous = InodeNumber.None;
        for (InodeNumber number = VolumeLayout.FirstOrphan(superblock.Bytes); number != InodeNumber.None;)
        {
            bool isThere = _layout.Contains(number) && inUse[number.Value - 1];
            Inode? orphan = isThere ? await ReadInodeAsync(number) : null;
            if (isThere && orphan is null && !_blocks.IsComplete)
                return;
            string? fault =
                !isThere ? "which is free"
                : orphan is null ? "which contradicts the format"
                : orphan.LinkCount != 0 ? $"which has a link count of {orphan.LinkCount}"
                : IsReached(number) ? "which an entry leads to"
                : orphan.PreviousOrphan != previous ? $"which says that {orphan.PreviousOrphan} is before it"
                : !_orphans.Add(number) ? "which is in it already"
                : null;
            if (fault is not null)
            {
                string place = previous == InodeNumber.None ? "begins with" : $"goes on after {previous} with";
                _findings.Add(FsckProblem.BadOrphanChain, $"the chain of orphans {place} {number}, {fault}", number);
                return;
            }

            await ClaimAsync(orphan!);
            previous = number;
            number = orphan!.NextOrphan;
        }
    }

    /// <summary>Looks at every inode in use: whether something leads to it, and as often as it says.</summary>
    private async ValueTask CheckInodesAsync(bool[] inUse)
    {
        // What hangs below an unreadable block cannot be told from an orphan.
        if (!_blocks.IsComplete)
            return;
        for (uint i = 1; i <= _layout.InodeCount; i++)
        {
            if (!inUse[i - 1])
                continue;
            var number = new InodeNumber(i);
            bool isReached = IsReached(number);
            if (_orphans.Contains(number) && !isReached)
                continue;
            Inode? inode = await ReadInodeAsync(number, report: !isReached && number != OnDiskFormat.RootInode);
            if (!isReached)
            {
                _findings.Add(FsckProblem.LostInode, $"{number} is in use, but no entry leads to it, and no chain of orphans", number);
                if (inode is not null)
                    await ClaimAsync(inode);
                continue;
            }

            uint expected = _parents[i] != 0 ? 2 + _links[i] : _links[i];
            if (inode is not null && inode.LinkCount != expected)
            {
                _findings.Add(
                    FsckProblem.WrongLinkCount,
                    $"{number} has a link count of {inode.LinkCount}; it should be {expected}",
                    number,
                    evidence: new FsckEvidence { Expected = expected });
            }
        }
    }

    /// <summary>Notes the blocks of an inode as its own, and compares their number with what it says.</summary>
    /// <returns>The entries, if it is a directory.</returns>
    private async ValueTask<IReadOnlyList<DirectoryEntry>> ClaimAsync(Inode inode)
    {
        (long before, int findings) = (_blocks.Used, _findings.All.Count);
        IReadOnlyList<DirectoryEntry> entries = inode.IsDirectory ? await _trees.ClaimAsync(inode) : [];
        if (inode.HasPointers)
            await _blocks.ClaimAsync(inode);
        var place = new FsckPointer(
            _layout.BlockOf(inode.Number), _layout.OffsetOf(inode.Number) + InodeView.AttributeBlockAt, FsckPointerUse.Attributes);
        if (_blocks.TryClaim(inode.Number, inode.AttributeBlock, place)
            && await _blocks.ReadAsync(inode.AttributeBlock, $"attributes of {inode.Number}", leadsOn: false) is { } attributes
            && AttributeBlock.TryRead(attributes.Bytes) is null)
        {
            _findings.Add(
                FsckProblem.BadAttributes,
                $"the attributes of {inode.Number} contradict the format",
                inode.Number,
                inode.AttributeBlock,
                new FsckEvidence { Pointer = place });
        }

        long claimed = _blocks.Used - before;

        // What is wrong with a pointer is said already.
        if (claimed != inode.Blocks && _findings.All.Count == findings)
        {
            _findings.Add(
                FsckProblem.WrongBlockCount,
                $"{inode.Number} says that it has {inode.Blocks} blocks; it has {claimed}",
                inode.Number,
                evidence: new FsckEvidence { Expected = claimed });
        }

        if (inode.HasPointers)
            await CheckTailAsync(inode);
        return entries;
    }

    private void CompareBlocks(bool[] inUse)
    {
        for (uint block = _layout.DataStart; block < _layout.BlockCount; block++)
        {
            InodeNumber owner = _blocks.OwnerOf(block);
            if (owner != InodeNumber.None && !inUse[block])
                _findings.Add(FsckProblem.BlockNotMarked, $"block {block} belongs to {owner}, but is free in the bitmap", owner, block);
            if (owner == InodeNumber.None && inUse[block] && _blocks.IsComplete)
                _findings.Add(FsckProblem.BlockLeaked, $"block {block} is in use in the bitmap, but nothing uses it", default, block);
        }
    }

    /// <summary>An inode in use; null if it cannot be read or contradicts the format, which is then reported.</summary>
    private async ValueTask<Inode?> ReadInodeAsync(InodeNumber number, bool report = true, FsckEvidence? evidence = null)
    {
        _cache.ReleaseUnchanged();
        CachedBlock? block = await _blocks.ReadAsync(_layout.BlockOf(number), "inode table");
        if (block is null)
            return null;
        var inode = new Inode(number, block, _layout.OffsetOf(number));
        if (inode.View.Contradiction(_layout) is not { } contradiction)
            return inode;
        if (report)
            _findings.Add(FsckProblem.BadInode, $"{number} contradicts the format: {contradiction}", number, evidence: evidence);
        return null;
    }
}
