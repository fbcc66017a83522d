using System.Buffers.Binary;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Which block belongs to which inode, as far as the check has come.</summary>
internal sealed class FsckBlocks(VolumeLayout layout, BufferCache cache, FsckFindings findings)
{
    private readonly uint[] _owners = new uint[layout.BlockCount];
    private long _end;

    /// <summary>Data blocks claimed so far.</summary>
    public long Used { get; private set; }

    /// <summary>The block that holds the last byte of the inode claimed last; 0 is a hole.</summary>
    public uint LastBlock { get; private set; }

    /// <summary>
    /// Whether all that leads to inodes or blocks could be read. If not, what nothing seems to lead to may hang below what could not.
    /// </summary>
    public bool IsComplete { get; private set; } = true;

    public InodeNumber OwnerOf(uint block) => new(_owners[block]);

    /// <summary>Follows all pointers of an inode, and notes its blocks as its own.</summary>
    public async ValueTask ClaimAsync(Inode inode)
    {
        _end = layout.BlocksFor(inode.Size);
        LastBlock = 0;
        long first = 0;
        long span = 1;
        for (int slot = 0; slot < OnDiskFormat.InodePointers; slot++)
        {
            int depth = OnDiskFormat.DepthOf(slot);
            span = depth == 0 ? 1 : span * layout.PointersPerBlock;
            var place = new FsckPointer(
                layout.BlockOf(inode.Number),
                layout.OffsetOf(inode.Number) + InodeView.PointersAt + (slot * OnDiskFormat.PointerSize),
                depth > 0 ? FsckPointerUse.Pointers : FsckPointerUse.Content,
                IsPastEnd: first >= _end);
            await ClaimTreeAsync(inode.Number, inode.GetPointer(slot), place, depth, first, span);
            first += span;
        }
    }

    /// <summary>A block, or null if it is unreadable, which is reported.</summary>
    /// <param name="address">Which one.</param>
    /// <param name="what">It is part of.</param>
    /// <param name="leadsOn">Whether it may lead to inodes or blocks.</param>
    public async ValueTask<CachedBlock?> ReadAsync(uint address, string what, bool leadsOn = true)
    {
        Result<CachedBlock> block = await cache.GetAsync(address);
        if (block.IsOk)
            return block.Value;
        IsComplete &= !leadsOn;
        findings.Add(FsckProblem.Unreadable, $"block {address} of the {what} cannot be read", default, address);
        return null;
    }

    /// <summary>Notes a block as an inode's own, unless it cannot be, which is reported.</summary>
    /// <param name="owner">Whose it would be.</param>
    /// <param name="pointer">Leads to it; 0 is none.</param>
    /// <param name="place">Where that stands.</param>
    /// <returns>Whether there is one, and it is the inode's.</returns>
    public bool TryClaim(InodeNumber owner, uint pointer, FsckPointer place)
    {
        if (pointer == 0)
            return false;
        if (!layout.IsDataBlock(pointer))
        {
            findings.Add(
                FsckProblem.BadPointer,
                $"{owner} has a pointer to block {pointer}; data blocks are {layout.DataStart} to {layout.BlockCount - 1}",
                owner,
                evidence: new FsckEvidence { Pointer = place });
            return false;
        }

        if (_owners[pointer] != 0)
        {
            findings.Add(
                FsckProblem.BlockUsedTwice,
                $"block {pointer} belongs to {OwnerOf(pointer)} and again to {owner}",
                owner,
                pointer,
                new FsckEvidence { Pointer = place });
            return false;
        }

        _owners[pointer] = owner.Value;
        Used++;
        return true;
    }

    /// <param name="owner">Whose block it is.</param>
    /// <param name="pointer">The root of the tree; 0 is a hole.</param>
    /// <param name="place">Where that stands.</param>
    /// <param name="depth">Levels of pointers in it.</param>
    /// <param name="first">The index in the file of the first block below it.</param>
    /// <param name="span">Blocks of the file below it.</param>
    private async ValueTask ClaimTreeAsync(
        InodeNumber owner, uint pointer, FsckPointer place, int depth, long first, long span)
    {
        if (!TryClaim(owner, pointer, place))
            return;
        if (place.IsPastEnd)
        {
            findings.Add(
                FsckProblem.BlockPastEnd,
                $"{owner} has block {pointer} at block {first} of the file, which ends at {_end}",
                owner,
                pointer,
                new FsckEvidence { Pointer = place });
        }

        if (depth > 0)
        {
            await ClaimEntriesAsync(owner, pointer, depth, first, span / layout.PointersPerBlock);
        }
        else if (first == _end - 1)
        {
            LastBlock = pointer;
        }
    }

    private async ValueTask ClaimEntriesAsync(InodeNumber owner, uint block, int depth, long first, long span)
    {
        cache.ReleaseUnchanged();
        if (await ReadAsync(block, $"pointers of {owner}") is not { } pointers)
            return;
        for (int entry = 0; entry < layout.PointersPerBlock; entry++)
        {
            int offset = entry * OnDiskFormat.PointerSize;
            uint pointer = BinaryPrimitives.ReadUInt32LittleEndian(pointers.Bytes[offset..]);
            long start = first + (entry * span);
            var place = new FsckPointer(
                block, offset, depth > 1 ? FsckPointerUse.Pointers : FsckPointerUse.Content, IsPastEnd: start >= _end);
            await ClaimTreeAsync(owner, pointer, place, depth - 1, start, span);
        }
    }
}

/// <summary>The findings so far.</summary>
internal sealed class FsckFindings
{
    private readonly List<FsckFinding> _all = [];

    public IReadOnlyList<FsckFinding> All => _all;

    public void Add(
        FsckProblem problem, string text, InodeNumber inode = default, uint? block = null, FsckEvidence? evidence = null) =>
        _all.Add(new FsckFinding(problem, text, inode, block is { } address ? new BlockAddress(address) : null) { Evidence = evidence });
}
