namespace Raid5Fs.FileSystem;

/// <summary>Checks the trees of directories.</summary>
internal sealed class FsckTrees(VolumeLayout layout, BufferCache cache, FsckBlocks blocks, FsckFindings findings)
{
    /// <summary>Follows the tree of a directory, and notes its blocks as the directory's own.</summary>
    /// <returns>Its entries, but those in blocks that cannot be read or contradict the format.</returns>
    public async ValueTask<IReadOnlyList<DirectoryEntry>> ClaimAsync(Inode directory)
    {
        var entries = new List<DirectoryEntry>();
        var place = new FsckPointer(
            layout.BlockOf(directory.Number), layout.OffsetOf(directory.Number) + InodeView.DirectoryRootAt, FsckPointerUse.Directory);
        await ClaimBelowAsync(directory.Number, new DirectoryIndex(directory), place, first: 0, end: 1L << 32, entries);
        return entries;
    }

    /// <param name="directory">Whose tree it is.</param>
    /// <param name="index">Sound.</param>
    /// <param name="place">Where it begins.</param>
    /// <param name="first">The first key below it.</param>
    /// <param name="end">Behind the last.</param>
    /// <param name="entries">Takes those that are found.</param>
    private async ValueTask ClaimBelowAsync(
        InodeNumber directory, DirectoryIndex index, FsckPointer place, uint first, long end, List<DirectoryEntry> entries)
    {
        for (int i = 0; i < index.Count; i++)
        {
            cache.ReleaseUnchanged();
            uint address = index.BlockAt(i);
            (uint from, long behind) = (i == 0 ? first : index.KeyAt(i), i + 1 < index.Count ? index.KeyAt(i + 1) : end);
            if (address == 0)
            {
                findings.Add(
                    FsckProblem.BadPointer,
                    $"directory {directory} has an entry of an index that leads nowhere",
                    directory,
                    evidence: new FsckEvidence { Pointer = place });
                continue;
            }

            if (!blocks.TryClaim(directory, address, place) || await blocks.ReadAsync(address, $"directory {directory}") is not { } block)
                continue;
            if (index.Height == 1)
            {
                ReadLeaf(directory, block, from, behind, entries);
                continue;
            }

            var below = new DirectoryIndex(block);
            if (below.Fault(index.Height - 1) is { } fault)
                findings.Add(FsckProblem.BadIndex, $"directory {directory}, block {address}: the index {fault}", directory, address);
            else
                await ClaimBelowAsync(directory, below, place with { Block = address, Offset = 0 }, from, behind, entries);
        }
    }

    private void ReadLeaf(InodeNumber directory, CachedBlock leaf, uint first, long behind, List<DirectoryEntry> entries)
    {
        int before = entries.Count;
        var records = new RecordCursor(leaf.Bytes, layout);
        while (records.MoveNext())
        {
            if (records.IsFree || !records.TryReadEntry(out DirectoryEntry entry))
                continue;
            entries.Add(entry);
            uint key = layout.PlaceOf(entry.Name.Bytes).Key;
            if (key < first || key >= behind)
            {
                findings.Add(
                    FsckProblem.MisplacedEntry,
                    $"directory {directory} has '{entry.Name}' in block {leaf.Address}, where nobody looks for it",
                    directory,
                    leaf.Address);
            }
        }

        if (records.Fault is not null)
            findings.Add(FsckProblem.BadRecord, $"directory {directory}, block {leaf.Address}: {records.Fault}", directory, leaf.Address);
        else if (entries.Count == before)
            findings.Add(FsckProblem.EmptyLeaf, $"directory {directory} has block {leaf.Address} without entries", directory, leaf.Address);
    }
}
