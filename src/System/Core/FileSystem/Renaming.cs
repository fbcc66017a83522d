/*
 * rename: the operation with the most rules, in the order in which Linux looks at them (IFileSystem.RenameAsync says
 * them). It changes up to two directories, the moved directory's "..", the replaced inode and both bitmaps, all in one
 * step: a crash finds all of it or nothing.
 */

using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Moves an entry. Errors as in <see cref="IFileSystem.RenameAsync"/>.</summary>
internal sealed class Renaming(Volume volume, DirectoryFile directories, Committer committer)
{
    public async ValueTask<Errno> RenameAsync(
        InodeNumber fromDirectory, FileName from, InodeNumber toDirectory, FileName to)
    {
        Result<Inode> source = await volume.Inodes.GetDirectoryAsync(fromDirectory);
        if (!source.IsOk)
            return source.Error;
        Result<Inode> destination = await volume.Inodes.GetDirectoryAsync(toDirectory);
        if (!destination.IsOk)
            return destination.Error;
        if (from.IsDot || from.IsDotDot || to.IsDot || to.IsDotDot)
            return Errno.EBUSY;
        if (committer.Protection != Errno.OK)
            return committer.Protection;

        Result<Move> found = await FindAsync(source.Value, from, destination.Value, to);
        if (!found.IsOk)
            return found.Error;
        Move move = found.Value;
        Errno error = await CheckAncestryAsync(move);
        if (error != Errno.OK)
            return error;
        if (move.Replaced?.Number == move.Moved.Number)
            return Errno.OK;
        error = await CheckReplacementAsync(move);
        return error == Errno.OK ? await ApplyAsync(move, to) : error;
    }

    private async ValueTask<Result<Move>> FindAsync(Inode source, FileName from, Inode destination, FileName to)
    {
        if (from.Length > volume.Layout.NameLimit)
            return Errno.ENAMETOOLONG;
        Result<EntryPlace> entry = await directories.FindAsync(source, from);
        if (!entry.IsOk)
            return entry.Error;
        if (to.Length > volume.Layout.NameLimit)
            return Errno.ENAMETOOLONG;
        if (to.Length == 0)
            return Errno.ENOENT;
        Result<Inode> moved = await volume.Inodes.FollowAsync(entry.Value.Inode, entry.Value.Type);
        if (!moved.IsOk)
            return moved.Error;
        Result<EntryPlace> target = await directories.FindAsync(destination, to);
        if (target.Error == Errno.ENOENT)
            return new Move(source, entry.Value, moved.Value, destination, null, null);
        if (!target.IsOk)
            return target.Error;
        Result<Inode> replaced = await volume.Inodes.FollowAsync(target.Value.Inode, target.Value.Type);
        if (!replaced.IsOk)
            return replaced.Error;
        return new Move(source, entry.Value, moved.Value, destination, target.Value, replaced.Value);
    }

    /// <summary>EINVAL if a directory would go into itself; ENOTEMPTY if the target holds the source.</summary>
    private async ValueTask<Errno> CheckAncestryAsync(Move move)
    {
        if (!move.ChangesDirectory)
            return Errno.OK;
        if (move.Moved.IsDirectory)
        {
            Result<bool> intoItself = await directories.IsAtOrAboveAsync(move.Moved.Number, move.Destination);
            if (!intoItself.IsOk || intoItself.Value)
                return intoItself.IsOk ? Errno.EINVAL : intoItself.Error;
        }

        if (move.Replaced is { IsDirectory: true } replaced)
        {
            Result<bool> holdsSource = await directories.IsAtOrAboveAsync(replaced.Number, move.Source);
            if (!holdsSource.IsOk || holdsSource.Value)
                return holdsSource.IsOk ? Errno.ENOTEMPTY : holdsSource.Error;
        }

        return Errno.OK;
    }

    private async ValueTask<Errno> CheckReplacementAsync(Move move)
    {
        if (move.Replaced is not { } replaced)
        {
            bool full = move.Destination.LinkCount >= volume.Layout.LinkLimit;
            return move.Moved.IsDirectory && move.ChangesDirectory && full ? Errno.EMLINK : Errno.OK;
        }

        if (move.Moved.IsDirectory && !replaced.IsDirectory)
            return Errno.ENOTDIR;
        if (!move.Moved.IsDirectory && replaced.IsDirectory)
            return Errno.EISDIR;
        if (!replaced.IsDirectory)
            return Errno.OK;
        Result<bool> empty = await directories.IsEmptyAsync(replaced);
        if (!empty.IsOk)
            return empty.Error;
        return empty.Value ? Errno.OK : Errno.ENOTEMPTY;
    }

    private async ValueTask<Errno> ApplyAsync(Move move, FileName to)
    {
        Inode moved = move.Moved;
        if (move.Target is { } target)
            DirectoryFile.Retarget(target, moved.Number, moved.Type);

        // The old entry goes first: its space may be what the new one needs.
        Errno error = await directories.RemoveAsync(move.Source, move.Entry);
        if (error == Errno.OK && move.Target is null)
            error = await directories.AddAsync(move.Destination, to, moved.Number, moved.Type);
        if (error == Errno.OK && moved.IsDirectory && move.ChangesDirectory)
            error = await MoveParentAsync(move);
        if (error != Errno.OK || move.Replaced is not { } replaced)
            return error;

        if (replaced.IsDirectory)
            move.Destination.LinkCount--;
        else if (replaced.LinkCount > 1)
        {
            replaced.LinkCount--;
            return Errno.OK;
        }

        return await volume.DestroyAsync(replaced);
    }

    private async ValueTask<Errno> MoveParentAsync(Move move)
    {
        Result<EntryPlace> parent = await directories.FindParentAsync(move.Moved);
        if (!parent.IsOk)
            return parent.Error;
        DirectoryFile.Retarget(parent.Value, move.Destination.Number, FileType.Directory);
        move.Source.LinkCount--;
        move.Destination.LinkCount++;
        return Errno.OK;
    }

    /// <summary>What is moved from where to where; <c>Target</c> and <c>Replaced</c> if the new name exists.</summary>
    private sealed record Move(
        Inode Source, EntryPlace Entry, Inode Moved, Inode Destination, EntryPlace? Target, Inode? Replaced)
    {
        public bool ChangesDirectory => Source.Number != Destination.Number;
    }
}
