/*
 * rename: the operation with the most rules, in the order in which Linux looks at them (IFileSystem.RenameAsync says
 * them). It changes up to two directories, the moved inode, the replaced inode and both bitmaps, all in one
 * step: a crash finds all of it or nothing.
 */

using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Moves an entry. Errors as in <see cref="IFileSystem.RenameAsync"/>.</summary>
internal sealed class Renaming(Volume volume, DirectoryTree directories, Committer committer)
{
    public async ValueTask<Errno> RenameAsync(
        InodeNumber fromDirectory, FileName from, InodeNumber toDirectory, FileName to, RenameMode mode)
    {
        Result<Inode> source = await volume.Inodes.GetDirectoryAsync(fromDirectory);
        if (!source.IsOk)
            return source.Error;
        Result<Inode> destination = await volume.Inodes.GetDirectoryAsync(toDirectory);
        if (!destination.IsOk)
            return destination.Error;
        if (from.IsDot || from.IsDotDot)
            return Errno.EBUSY;
        if (to.IsDot || to.IsDotDot)
            return mode == RenameMode.NoReplace ? Errno.EEXIST : Errno.EBUSY;
        if (committer.Protection != Errno.OK)
            return committer.Protection;

        Result<Move> found = await FindAsync(source.Value, from, destination.Value, to);
        if (!found.IsOk)
            return found.Error;
        Move move = found.Value;
        if (mode == RenameMode.NoReplace && move.Target is not null)
            return Errno.EEXIST;
        if (mode == RenameMode.Exchange && move.Target is null)
            return Errno.ENOENT;
        Errno error = await CheckAncestryAsync(move, mode);
        if (error != Errno.OK)
            return error;
        if (move.Replaced?.Number == move.Moved.Number)
            return Errno.OK;
        error = mode == RenameMode.Exchange ? CheckExchange(move) : CheckReplacement(move);
        if (error != Errno.OK)
            return error;

        move.Source.NoteModified(volume.Now);
        move.Destination.NoteModified(volume.Now);
        move.Moved.NoteChanged(volume.Now);
        return mode == RenameMode.Exchange ? Exchange(move) : await ApplyAsync(move, to);
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

    /// <summary>EINVAL if a directory would go into itself; ENOTEMPTY, or exchanged EINVAL, if the target holds the source.</summary>
    private async ValueTask<Errno> CheckAncestryAsync(Move move, RenameMode mode)
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
                return !holdsSource.IsOk ? holdsSource.Error : mode == RenameMode.Exchange ? Errno.EINVAL : Errno.ENOTEMPTY;
        }

        return Errno.OK;
    }

    private Errno CheckReplacement(Move move)
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
        return replaced.IsDirectory && !DirectoryTree.IsEmpty(replaced) ? Errno.ENOTEMPTY : Errno.OK;
    }

    private async ValueTask<Errno> ApplyAsync(Move move, FileName to)
    {
        Inode moved = move.Moved;
        if (move.Target is { } target)
            directories.Retarget(move.Destination, target, moved.Number, moved.Type);

        // The old entry goes first: its space may be what the new one needs.
        Errno error = await directories.RemoveAsync(move.Source, move.Entry);
        if (error == Errno.OK && move.Target is null)
            error = await directories.AddAsync(move.Destination, to, moved.Number, moved.Type);
        if (error == Errno.OK && moved.IsDirectory && move.ChangesDirectory)
            SetParent(moved, move.Source, move.Destination);
        if (error != Errno.OK || move.Replaced is not { } replaced)
            return error;

        if (!replaced.IsDirectory)
            return await volume.ReleaseAsync(replaced);
        move.Destination.LinkCount--;
        return await volume.AbandonAsync(replaced);
    }

    /// <summary>EMLINK if a directory would change places with what is none, and its new parent has no link left.</summary>
    private Errno CheckExchange(Move move)
    {
        if (!move.ChangesDirectory || move.Moved.IsDirectory == move.Replaced!.IsDirectory)
            return Errno.OK;
        Inode gaining = move.Moved.IsDirectory ? move.Destination : move.Source;
        return gaining.LinkCount >= volume.Layout.LinkLimit ? Errno.EMLINK : Errno.OK;
    }

    /// <summary>Both entries stay where they are, and lead to the other inode.</summary>
    private Errno Exchange(Move move)
    {
        (Inode one, Inode other) = (move.Moved, move.Replaced!);
        other.NoteChanged(volume.Now);
        directories.Retarget(move.Source, move.Entry, other.Number, other.Type);
        directories.Retarget(move.Destination, move.Target!.Value, one.Number, one.Type);
        if (one.IsDirectory && move.ChangesDirectory)
            SetParent(one, move.Source, move.Destination);
        if (other.IsDirectory && move.ChangesDirectory)
            SetParent(other, move.Destination, move.Source);
        return Errno.OK;
    }

    /// <summary>Lets <c>..</c> of a directory that was moved lead to its new parent, and counts it there.</summary>
    private static void SetParent(Inode directory, Inode from, Inode to)
    {
        directory.Parent = to.Number;
        from.LinkCount--;
        to.LinkCount++;
    }

    /// <summary>What is moved from where to where; <c>Target</c> and <c>Replaced</c> if the new name exists.</summary>
    private sealed record Move(
        Inode Source, EntryPlace Entry, Inode Moved, Inode Destination, EntryPlace? Target, Inode? Replaced)
    {
        public bool ChangesDirectory => Source.Number != Destination.Number;
    }
}
