using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// Makes the tree of a directory anew from the entries that can be read: one remedy for all that can be wrong with a tree. Leaves and
/// indexes are filled in the order of the keys.
/// </summary>
internal sealed class FsckDirectoryRepair(FsckRound round, IReadOnlyList<FsckFinding> findings)
{
    private readonly Dictionary<InodeNumber, FsckOutcome> _made = [];
    private readonly Dictionary<InodeNumber, uint> _givenLinks = [];
    private readonly List<uint> _unused =
        [.. findings.Where(static each => each.Problem == FsckProblem.BlockLeaked).Select(static each => (uint)each.Block!.Value.Value)];

    private VolumeLayout Layout => round.Layout;

    /// <summary>Makes the tree of the finding's directory anew, once in a round.</summary>
    public async ValueTask<FsckOutcome> RebuildAsync(FsckFinding finding)
    {
        bool isOfFile = finding.Problem is FsckProblem.BadPointer or FsckProblem.BlockUsedTwice
            && finding.Evidence!.Pointer.Use != FsckPointerUse.Directory;
        if (isOfFile)
            return default;
        return await RebuildOnceAsync(finding.Inode, searches: false);
    }

    /// <summary>
    /// A lost directory says in which one it is. Where that one has lost a leaf of its tree, or all of it, and that is found, it is made anew
    /// with it.
    /// </summary>
    public async ValueTask<FsckOutcome> AdoptAsync(FsckFinding finding)
    {
        Result<Inode> lost = await round.Volume.Inodes.GetAsync(finding.Inode);
        if (_unused.Count == 0 || !lost.IsOk || !lost.Value.IsDirectory || lost.Value.LinkCount == 0 || !round.Check.IsReached(lost.Value.Parent))
            return default;
        return await RebuildOnceAsync(lost.Value.Parent, searches: true);
    }

    private async ValueTask<FsckOutcome> RebuildOnceAsync(InodeNumber number, bool searches)
    {
        if (!_made.TryGetValue(number, out FsckOutcome outcome))
        {
            outcome = await RebuildAsync(number, searches);
            _made.Add(number, outcome);
        }

        return outcome;
    }

    private async ValueTask<FsckOutcome> RebuildAsync(InodeNumber number, bool searches)
    {
        Result<Inode> directory = await round.ReadInodeAsync(number);
        if (!directory.IsOk)
            return FsckOutcome.Not(directory.Error);
        if (!directory.Value.IsDirectory)
            return default;
        var salvage = new FsckSalvage(round, directory.Value, _unused, _givenLinks, searches);
        Result<List<DirectoryRecord>> read = await salvage.ReadAsync();
        if (!read.IsOk)
            return FsckOutcome.Not(read.Error);
        if (searches && salvage.Found == 0)
            return default;

        List<Leaf> leaves = Divide(read.Value, out int left);
        List<uint> old = [.. salvage.OwnBlocks];
        Errno error = await WriteAsync(number, leaves, old);
        if (error != Errno.OK)
            return FsckOutcome.Not(error);
        string lost = left > 0 ? $"; {left} have no room, where all names are in one place" : string.Empty;
        return FsckOutcome.Mended($"its tree was made anew with the {read.Value.Count - left} entries that can be read{lost}");
    }

    /// <summary>Divides sorted records between leaves, where keys differ.</summary>
    /// <param name="records">In the order of their places.</param>
    /// <param name="left">Those that have too much of one key with them.</param>
    private List<Leaf> Divide(List<DirectoryRecord> records, out int left)
    {
        var leaves = new List<Leaf>();
        left = 0;
        int room = 0;
        for (int i = 0; i < records.Count;)
        {
            // All of one key together.
            uint key = records[i].Place.Key;
            var together = new List<DirectoryRecord>();
            int size = 0;
            for (; i < records.Count && records[i].Place.Key == key; i++)
            {
                if (size + records[i].Size <= Layout.BlockSize)
                {
                    together.Add(records[i]);
                    size += records[i].Size;
                }
                else
                {
                    left++;
                }
            }

            if (size > room)
            {
                leaves.Add(new Leaf(key, []));
                room = Layout.BlockSize;
            }

            leaves[^1].Records.AddRange(together);
            room -= size;
        }

        return leaves;
    }

    /// <summary>
    /// Writes the tree: in one commit with the old blocks freed first, if it fits one; else beside the old blocks, with the inode
    /// and those last. ENOSPC, EIO.
    /// </summary>
    private async ValueTask<Errno> WriteAsync(InodeNumber number, List<Leaf> leaves, List<uint> old)
    {
        int blocks = CountBlocks(leaves.Count);
        long switching = round.Layout.LargestOperation;
        bool isAtOnce = round.Steps.FitsOneCommit(blocks + switching);
        Errno error = await round.Steps.MakeRoomAsync(isAtOnce ? blocks + switching : switching);
        if (error != Errno.OK)
            return error;
        if (isAtOnce)
            Release(old);
        if (round.Volume.FreeBlocks < blocks)
            return Errno.ENOSPC;

        var entries = new List<IndexEntry>();
        foreach (Leaf leaf in leaves)
        {
            error = await round.Steps.MakeRoomAsync(isAtOnce ? 0 : switching);
            if (error != Errno.OK)
                return error;
            CachedBlock block = Take();
            DirectoryRecord.WriteAll(block.Change(), leaf.Records);
            entries.Add(new IndexEntry(leaf.Key, block.Address));
        }

        int height = leaves.Count > 0 ? 1 : 0;
        while (entries.Count > DirectoryIndex.CapacityOf(OnDiskFormat.DirectoryRootSize))
        {
            var above = new List<IndexEntry>();
            foreach (IndexEntry[] part in entries.Chunk(DirectoryIndex.CapacityOf(Layout.BlockSize)))
            {
                error = await round.Steps.MakeRoomAsync(isAtOnce ? 0 : switching);
                if (error != Errno.OK)
                    return error;
                CachedBlock block = Take();
                block.Change().Clear();
                Fill(new DirectoryIndex(block), height, part);
                above.Add(new IndexEntry(part[0].Key, block.Address));
            }

            entries = above;
            height++;
        }

        Result<Inode> directory = await round.ReadInodeAsync(number);
        if (!directory.IsOk)
            return directory.Error;
        if (!isAtOnce)
            Release(old);
        Inode inode = directory.Value;
        Fill(new DirectoryIndex(inode), height, entries);
        inode.Size = (long)blocks * Layout.BlockSize;
        inode.Blocks = (uint)blocks + (inode.AttributeBlock == 0 ? 0u : 1);
        if (inode.LinkCount == 0)
            inode.LinkCount = 2;
        return Errno.OK;
    }

    private static void Fill(DirectoryIndex index, int height, IReadOnlyList<IndexEntry> entries)
    {
        index.Reset(height, entries.Count > 0 ? entries[0].Block : 0);
        for (int entry = 1; entry < entries.Count; entry++)
            index.Insert(entry, entries[entry].Key, entries[entry].Block);
    }

    /// <summary>Blocks of leaves and of the indexes above them.</summary>
    private int CountBlocks(int leaves)
    {
        int blocks = leaves;
        for (int level = leaves; level > DirectoryIndex.CapacityOf(OnDiskFormat.DirectoryRootSize); blocks += level)
            level = (level + DirectoryIndex.CapacityOf(Layout.BlockSize) - 1) / DirectoryIndex.CapacityOf(Layout.BlockSize);
        return blocks;
    }

    /// <summary>A new block: there is one.</summary>
    private CachedBlock Take()
    {
        bool isTaken = round.Volume.BlockBitmap.TryTakeNext(out uint block);
        Invariant.Require(isTaken, "enough blocks were free");
        return round.Volume.Cache.Claim(block);
    }

    private void Release(List<uint> blocks)
    {
        foreach (uint block in blocks)
        {
            if (round.Volume.BlockBitmap.IsTaken(block))
                round.Volume.BlockBitmap.Release(block);
        }
    }

    private readonly record struct Leaf(uint Key, List<DirectoryRecord> Records);

    private readonly record struct IndexEntry(uint Key, uint Block);
}
