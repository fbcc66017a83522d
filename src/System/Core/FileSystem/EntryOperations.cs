using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// The operations on single entries: lookup, create, mkdir, symlink, link, unlink, rmdir. Errors as in IFileSystem.
/// </summary>
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
        Result<Inode> parent = await GetDirectoryForAsync(directory, name);
        if (!parent.IsOk)
            return parent.Error;
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

    /// <summary>A new symbolic link.</summary>
    public async ValueTask<Result<InodeAttributes>> MakeSymbolicLinkAsync(
        InodeNumber directory, FileName name, ReadOnlyMemory<byte> target)
    {
        if (target.Span.Contains((byte)0))
            return Errno.EINVAL;
        if (target.IsEmpty)
            return Errno.ENOENT;
        Result<Inode> parent = await GetDirectoryForAsync(directory, name);
        if (!parent.IsOk)
            return parent.Error;
        if (target.Length > volume.Layout.TargetLimit)
            return Errno.ENAMETOOLONG;

        Result<Inode> made = await volume.Inodes.TakeAsync(FileType.SymbolicLink);
        if (!made.IsOk)
            return made.Error;
        Inode link = made.Value;
        link.LinkCount = 1;
        if (target.Length <= OnDiskFormat.InlineTargetLimit)
        {
            link.HoldTarget(target.Span);
        }
        else
        {
            Result<CachedBlock> block = await volume.Map.FillAsync(link, 0);
            if (!block.IsOk)
                return block.Error;
            target.Span.CopyTo(block.Value.Change());
            link.Size = target.Length;
        }

        Errno added = await directories.AddAsync(parent.Value, name, link.Number, FileType.SymbolicLink);
        return added == Errno.OK ? link.Attributes : added;
    }

    /// <summary>The target of a symbolic link.</summary>
    public async ValueTask<Result<byte[]>> ReadSymbolicLinkAsync(InodeNumber number)
    {
        Result<Inode> link = await volume.Inodes.GetAsync(number);
        if (!link.IsOk)
            return link.Error;
        if (link.Value.Type != FileType.SymbolicLink)
            return Errno.EINVAL;
        if (link.Value.HoldsTarget)
            return link.Value.View.Target.ToArray();
        Result<CachedBlock> block = await volume.Map.GetAsync(link.Value, 0);
        return block.IsOk ? block.Value.Bytes[..(int)link.Value.Size].ToArray() : block.Error;
    }

    /// <summary>Another name for an inode that is no directory.</summary>
    public async ValueTask<Result<InodeAttributes>> LinkAsync(InodeNumber number, InodeNumber directory, FileName name)
    {
        Result<Inode> inode = await volume.Inodes.GetAsync(number);
        if (!inode.IsOk)
            return inode.Error;
        Result<Inode> parent = await GetDirectoryForAsync(directory, name);
        if (!parent.IsOk)
            return parent.Error;
        if (inode.Value.IsDirectory)
            return Errno.EPERM;
        if (inode.Value.LinkCount >= volume.Layout.LinkLimit)
            return Errno.EMLINK;

        inode.Value.LinkCount++;
        Errno added = await directories.AddAsync(parent.Value, name, number, inode.Value.Type);
        return added == Errno.OK ? inode.Value.Attributes : added;
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

    /// <summary>The directory, if a new entry may have this name there: with the errors of IFileSystem.CreateAsync but for ENOSPC.</summary>
    private async ValueTask<Result<Inode>> GetDirectoryForAsync(InodeNumber directory, FileName newName)
    {
        Result<Inode> parent = await volume.Inodes.GetDirectoryAsync(directory);
        if (!parent.IsOk)
            return parent.Error;
        Result<EntryPlace> entry = await FindAsync(parent.Value, newName);
        if (entry.Error != Errno.ENOENT)
            return entry.IsOk ? Errno.EEXIST : entry.Error;
        if (newName.Length == 0)
            return Errno.ENOENT;
        return committer.Protection == Errno.OK ? parent : committer.Protection;
    }

    private ValueTask<Result<EntryPlace>> FindAsync(Inode directory, FileName name) =>
        name.Length > volume.Layout.NameLimit ? new(Errno.ENAMETOOLONG) : directories.FindAsync(directory, name);
}
