using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>The operations on single entries: lookup, create, mkdir, unlink, rmdir. Errors as in IFileSystem.</summary>
internal sealed class EntryOperations(Volume volume, DirectoryFile directories, Committer committer)
{
    public async ValueTask<Result<InodeAttributes>> LookupAsync(InodeNumber directory, FileName name)
    {
        Result<Inode> parent = await volume.Inodes.GetDirectoryAsync(directory);
        if (!parent.IsOk)
            return parent.Error;
        Result<EntryPlace> entry = await FindAsync(parent.Value, name);
        if (!entry.IsOk)
            return entry.Error;
        Result<Inode> inode = await volume.Inodes.FollowAsync(entry.Value.Inode, entry.Value.Type);
        return inode.IsOk ? inode.Value.Attributes : inode.Error;
    }

    /// <summary>A new file or directory.</summary>
    public async ValueTask<Result<InodeAttributes>> MakeAsync(InodeNumber directory, FileName name, FileType type)
    {
        Result<Inode> parent = await volume.Inodes.GetDirectoryAsync(directory);
        if (!parent.IsOk)
            return parent.Error;
        Result<EntryPlace> entry = await FindAsync(parent.Value, name);
        if (entry.Error != Errno.ENOENT)
            return entry.IsOk ? Errno.EEXIST : entry.Error;
        if (name.Length == 0)
            return Errno.ENOENT;
        if (committer.Protection != Errno.OK)
            return committer.Protection;
        if (type == FileType.Directory && parent.Value.LinkCount >= volume.Layout.LinkLimit)
            return Errno.EMLINK;

        Result<Inode> made = await volume.Inodes.TakeAsync(type);
        if (!made.IsOk)
            return made.Error;
        Inode inode = made.Value;
        if (type == FileType.Directory)
        {
            Errno error = await directories.InitialiseAsync(inode, directory);
            if (error != Errno.OK)
                return error;
            parent.Value.LinkCount++;
        }
        else
        {
            inode.LinkCount = 1;
        }

        Errno added = await directories.AddAsync(parent.Value, name, inode.Number, type);
        return added == Errno.OK ? inode.Attributes : added;
    }

    public async ValueTask<Errno> UnlinkAsync(InodeNumber directory, FileName name)
    {
        Result<Inode> parent = await volume.Inodes.GetDirectoryAsync(directory);
        if (!parent.IsOk)
            return parent.Error;
        if (name.IsDot || name.IsDotDot)
            return Errno.EISDIR;
        if (committer.Protection != Errno.OK)
            return committer.Protection;
        Result<EntryPlace> entry = await FindAsync(parent.Value, name);
        if (!entry.IsOk)
            return entry.Error;
        if (entry.Value.Type == FileType.Directory)
            return Errno.EISDIR;
        Result<Inode> inode = await volume.Inodes.FollowAsync(entry.Value.Inode, entry.Value.Type);
        if (!inode.IsOk)
            return inode.Error;

        Errno error = await directories.RemoveAsync(parent.Value, entry.Value);
        if (error != Errno.OK)
            return error;
        if (inode.Value.LinkCount == 1)
            return await volume.DestroyAsync(inode.Value);
        inode.Value.LinkCount--;
        return Errno.OK;
    }

    public async ValueTask<Errno> RemoveDirectoryAsync(InodeNumber directory, FileName name)
    {
        Result<Inode> parent = await volume.Inodes.GetDirectoryAsync(directory);
        if (!parent.IsOk)
            return parent.Error;
        if (name.IsDot)
            return Errno.EINVAL;
        if (name.IsDotDot)
            return Errno.ENOTEMPTY;
        if (committer.Protection != Errno.OK)
            return committer.Protection;
        Result<EntryPlace> entry = await FindAsync(parent.Value, name);
        if (!entry.IsOk)
            return entry.Error;
        if (entry.Value.Type != FileType.Directory)
            return Errno.ENOTDIR;
        Result<Inode> inode = await volume.Inodes.FollowAsync(entry.Value.Inode, FileType.Directory);
        if (!inode.IsOk)
            return inode.Error;
        Result<bool> empty = await directories.IsEmptyAsync(inode.Value);
        if (!empty.IsOk)
            return empty.Error;
        if (!empty.Value)
            return Errno.ENOTEMPTY;

        Errno error = await directories.RemoveAsync(parent.Value, entry.Value);
        if (error != Errno.OK)
            return error;
        parent.Value.LinkCount--;
        return await volume.DestroyAsync(inode.Value);
    }

    public async ValueTask<Result<IReadOnlyList<DirectoryEntry>>> ListAsync(InodeNumber directory)
    {
        Result<Inode> inode = await volume.Inodes.GetDirectoryAsync(directory);
        return inode.IsOk ? await directories.ListAsync(inode.Value) : inode.Error;
    }

    private ValueTask<Result<EntryPlace>> FindAsync(Inode directory, FileName name) =>
        name.Length > volume.Layout.NameLimit ? new(Errno.ENAMETOOLONG) : directories.FindAsync(directory, name);
}
