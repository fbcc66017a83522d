using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// The operations on single entries: lookup, create, mknod, mkdir, symlink, link, unlink, rmdir. Errors as in IFileSystem.
/// </summary>
internal sealed class EntryOperations(Volume volume, DirectoryTree directories, Committer committer)
{
    public async ValueTask<Result<InodeAttributes>> LookupAsync(InodeNumber directory, FileName name)
    {
        Result<Inode> parent = await volume.Inodes.GetDirectoryAsync(directory);
        if (!parent.IsOk)
            return parent.Error;
        if (name.Length > volume.Layout.NameLimit)
            return Errno.ENAMETOOLONG;
        Result<NamedInode> entry = await directories.LookUpAsync(parent.Value, name);
        if (!entry.IsOk)
            return entry.Error;
        Result<Inode> inode = await volume.Inodes.FollowAsync(entry.Value.Inode, entry.Value.Type);
        return inode.IsOk ? inode.Value.Attributes : inode.Error;
    }

    /// <summary>A new directory.</summary>
    public async ValueTask<Result<InodeAttributes>> MakeDirectoryAsync(InodeNumber directory, FileName name, Ownership owner)
    {
        Result<Inode> parent = await GetDirectoryForAsync(directory, name);
        if (!parent.IsOk)
            return parent.Error;
        if (parent.Value.LinkCount >= volume.Layout.LinkLimit)
            return Errno.EMLINK;

        Result<Inode> made = await TakeAsync(FileType.Directory, owner, parent.Value);
        if (!made.IsOk)
            return made.Error;
        made.Value.LinkCount = 2;
        made.Value.Parent = directory;
        parent.Value.LinkCount++;
        return await EnterAsync(made.Value, parent.Value, name);
    }

    /// <summary>Why no node can be made of this type: EPERM (a directory), EINVAL (a symbolic link, or nothing); OK where one can.</summary>
    public static Errno ObjectionToNode(FileType type) =>
        type == FileType.Directory ? Errno.EPERM
        : type == FileType.SymbolicLink || !OnDiskFormat.IsType(type) ? Errno.EINVAL
        : Errno.OK;

    /// <summary>A new inode that is no directory and no symbolic link.</summary>
    public async ValueTask<Result<InodeAttributes>> MakeNodeAsync(
        InodeNumber directory, FileName name, FileType type, DeviceNumber device, Ownership owner)
    {
        Errno objection = ObjectionToNode(type);
        if (objection != Errno.OK)
            return objection;
        Result<Inode> parent = await GetDirectoryForAsync(directory, name);
        if (!parent.IsOk)
            return parent.Error;

        Result<Inode> made = await TakeAsync(type, owner, parent.Value);
        if (!made.IsOk)
            return made.Error;
        made.Value.LinkCount = 1;
        if (OnDiskFormat.IsDevice(type))
            made.Value.SetDevice(device);
        return await EnterAsync(made.Value, parent.Value, name);
    }

    /// <summary>A new symbolic link.</summary>
    public async ValueTask<Result<InodeAttributes>> MakeSymbolicLinkAsync(
        InodeNumber directory, FileName name, ReadOnlyMemory<byte> target, Ownership owner)
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

        Result<Inode> made = await TakeAsync(
            FileType.SymbolicLink, owner with { Permissions = Permissions.OfSymbolicLink }, parent.Value);
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

        return await EnterAsync(link, parent.Value, name);
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
        if (inode.Value.LinkCount == 0)
            return Errno.ENOENT;
        if (inode.Value.LinkCount >= volume.Layout.LinkLimit)
            return Errno.EMLINK;

        inode.Value.LinkCount++;
        inode.Value.NoteChanged(volume.Now);
        return await EnterAsync(inode.Value, parent.Value, name);
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
        parent.Value.NoteModified(volume.Now);
        return await volume.ReleaseAsync(inode.Value);
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
        if (!DirectoryTree.IsEmpty(inode.Value))
            return Errno.ENOTEMPTY;

        Errno error = await directories.RemoveAsync(parent.Value, entry.Value);
        if (error != Errno.OK)
            return error;
        parent.Value.LinkCount--;
        parent.Value.NoteModified(volume.Now);
        return await volume.AbandonAsync(inode.Value);
    }

    public async ValueTask<Result<IReadOnlyList<DirectoryEntry>>> ListAsync(InodeNumber directory, EntryPosition after, int atMost)
    {
        Result<Inode> inode = await volume.Inodes.GetDirectoryAsync(directory);
        return inode.IsOk ? await directories.ListAsync(inode.Value, after, atMost) : inode.Error;
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

    /// <summary>A new inode for a directory, whose group and set-group-id bit it may inherit: ENOSPC, EIO.</summary>
    private ValueTask<Result<Inode>> TakeAsync(FileType type, Ownership owner, Inode parent)
    {
        if (parent.Owner.Permissions.Has(Permissions.SetGroup))
        {
            owner = owner with { Group = parent.Owner.Group };
            if (type == FileType.Directory)
                owner = owner with { Permissions = owner.Permissions.With(Permissions.SetGroup) };
        }

        return volume.Inodes.TakeAsync(type, owner, volume.Now);
    }

    /// <summary>Adds the entry of an inode.</summary>
    private async ValueTask<Result<InodeAttributes>> EnterAsync(Inode inode, Inode parent, FileName name)
    {
        Errno added = await directories.AddAsync(parent, name, inode.Number, inode.Type);
        if (added != Errno.OK)
            return added;
        parent.NoteModified(volume.Now);
        return inode.Attributes;
    }

    private ValueTask<Result<EntryPlace>> FindAsync(Inode directory, FileName name) =>
        name.Length > volume.Layout.NameLimit ? new(Errno.ENAMETOOLONG) : directories.FindAsync(directory, name);
}
