using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Mends entries that lead where they must not, in trees that are sound.</summary>
internal sealed class FsckEntryRepair(FsckRound round)
{
    private readonly DirectoryTree _tree = new(round.Volume);

    /// <summary>An entry to an inode that is free: if that is all that the entry says, the bitmap is wrong, else the entry goes.</summary>
    public async ValueTask<FsckOutcome> MendTargetAsync(FsckFinding finding)
    {
        switch (finding.Evidence!.IsAlive)
        {
            case null:
                return FsckOutcome.Not("the inode cannot be read");
            case false:
                return await RemoveAsync(finding.Evidence.Directory, finding.Evidence.Entry);
            default:
                if (!round.Volume.InodeBitmap.IsTaken(finding.Inode.Value - 1))
                    round.Volume.InodeBitmap.Take(finding.Inode.Value - 1);
                return FsckOutcome.Mended("it is all that the entry says: it is in use now");
        }
    }

    /// <summary>An entry says what its inode is; one to a directory that says it is elsewhere goes.</summary>
    public async ValueTask<FsckOutcome> MendTypeAsync(FsckFinding finding)
    {
        (InodeNumber directory, DirectoryEntry entry) = (finding.Evidence!.Directory, finding.Evidence.Entry);
        Result<Inode> inode = await round.Volume.Inodes.GetAsync(entry.Inode);
        if (!inode.IsOk)
            return FsckOutcome.Not(inode.Error);
        if (inode.Value.IsDirectory && inode.Value.Parent != directory)
            return await RemoveAsync(directory, entry);
        Result<Inode> parent = await round.Volume.Inodes.GetAsync(directory);
        Result<EntryPlace> place = parent.IsOk ? await _tree.FindAsync(parent.Value, entry.Name) : parent.Error;
        if (!place.IsOk)
            return FsckOutcome.Not(place.Error);
        _tree.Retarget(parent.Value, place.Value, entry.Inode, inode.Value.Type);
        return FsckOutcome.Mended($"it says {inode.Value.Type} now");
    }

    /// <summary>
    /// Of two entries to a directory that goes which is not where the directory says that it is; if both are, or none, the one that was
    /// found last.
    /// </summary>
    public async ValueTask<FsckOutcome> MendSecondWayAsync(FsckFinding finding)
    {
        (InodeNumber second, DirectoryEntry entry) = (finding.Evidence!.Directory, finding.Evidence.Entry);
        InodeNumber first = round.Check.ParentOf(entry.Inode);
        Result<Inode> inode = await round.Volume.Inodes.GetAsync(entry.Inode);
        if (!inode.IsOk)
            return FsckOutcome.Not(inode.Error);
        bool isSecondRight = inode.Value.Parent == second && first != second && !IsBelow(second, entry.Inode);
        if (entry.Inode == OnDiskFormat.RootInode || !isSecondRight)
            return await RemoveAsync(second, entry);
        Result<Inode> other = await round.Volume.Inodes.GetAsync(first);
        Result<IReadOnlyList<DirectoryEntry>> all =
            other.IsOk ? await _tree.ListAsync(other.Value, EntryPosition.OfDotDot, int.MaxValue) : other.Error;
        if (!all.IsOk)
            return FsckOutcome.Not(all.Error);
        foreach (DirectoryEntry each in all.Value)
        {
            if (each.Inode == entry.Inode)
                return await RemoveAsync(first, each);
        }

        return FsckOutcome.Mended("the other entry has gone already, for what else was wrong with it");
    }

    /// <summary>Whether the way from the root to a directory goes through another one.</summary>
    private bool IsBelow(InodeNumber directory, InodeNumber ancestor)
    {
        InodeNumber above = directory;
        for (; above != OnDiskFormat.RootInode && above != InodeNumber.None; above = round.Check.ParentOf(above))
        {
            if (above == ancestor)
                return true;
        }

        return false;
    }

    private async ValueTask<FsckOutcome> RemoveAsync(InodeNumber directory, DirectoryEntry entry)
    {
        Result<Inode> inode = await round.Volume.Inodes.GetAsync(directory);
        Result<EntryPlace> place = inode.IsOk ? await _tree.FindAsync(inode.Value, entry.Name) : inode.Error;
        if (!place.IsOk)
            return place.Error == Errno.ENOENT ? FsckOutcome.Not("the entry is not where its name is looked for") : FsckOutcome.Not(place.Error);
        Errno error = await _tree.RemoveAsync(inode.Value, place.Value);
        return error == Errno.OK ? FsckOutcome.Mended($"the entry '{entry.Name}' of {directory} was removed") : FsckOutcome.Not(error);
    }
}
