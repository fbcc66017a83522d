using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <content>Opening a file, in the order in which Linux looks at its flags.</content>
public sealed partial class PathOperations
{
    /// <summary>
    /// open(2): EINVAL (<see cref="OpenFlags.Create"/> and <see cref="OpenFlags.Directory"/>), those of the walk, EEXIST (exclusive, and
    /// it exists), EISDIR (a directory, or a slash, where something may be created, written or truncated), ENOTDIR (no directory, and
    /// one was asked for), ELOOP (a symbolic link that is not followed), ENXIO (a fifo, a socket, a device), and those of creation
    /// and truncation.
    /// </summary>
    /// <param name="path">The path. What is created is created where it leads to, also by a symbolic link that dangles.</param>
    /// <param name="flags">How.</param>
    /// <param name="owner">Whose it is if it is created; null: the superuser's, and 0644.</param>
    public Task<Result<OpenFile>> OpenAsync(string path, OpenFlags flags, Ownership? owner = null)
    {
        return flags.HasFlag(OpenFlags.Create | OpenFlags.Directory)
            ? Fail<OpenFile>(Errno.EINVAL)
            : RetryAsync(async () =>
            {
                bool mayCreate = flags.HasFlag(OpenFlags.Create);
                Result<Opening> found = mayCreate
                    ? await FindOrCreateAsync(path, flags, owner)
                    : AsFound(await _walk.ResolveAsync(path, follow: !flags.HasFlag(OpenFlags.NoFollow)));
                return found.IsOk ? await BeginAsync(found.Value, flags) : found.Error;
            });
    }

    private static Result<Opening> AsFound(Result<InodeAttributes> found) =>
        found.IsOk ? new Opening(found.Value, IsNew: false) : found.Error;

    private async Task<Result<Opening>> FindOrCreateAsync(string path, OpenFlags flags, Ownership? owner)
    {
        bool isExclusive = flags.HasFlag(OpenFlags.Exclusive);
        Result<LastComponent> walked = await _walk.FindLastAsync(path);
        while (walked.IsOk)
        {
            LastComponent last = walked.Value;
            if (last.Kind != ComponentKind.Name || last.WantsDirectory)
                return last.Kind != ComponentKind.Name && isExclusive ? Errno.EEXIST : Errno.EISDIR;
            Result<InodeAttributes> found = await fileSystem.LookupAsync(last.Directory, last.Name);
            if (found.Error == Errno.ENOENT)
            {
                Result<InodeAttributes> created = await fileSystem.CreateAsync(last.Directory, last.Name, owner);
                if (created.IsOk)
                    return new Opening(created.Value, IsNew: true);
                if (created.Error != Errno.EEXIST || isExclusive)
                    return created.Error;

                // Another one was faster: it is opened.
                continue;
            }

            if (found.IsOk && isExclusive)
                return Errno.EEXIST;
            if (!found.IsOk || found.Value.Type != FileType.SymbolicLink || flags.HasFlag(OpenFlags.NoFollow))
                return AsFound(found);
            walked = await _walk.FollowLastAsync(last, found.Value.Inode);
        }

        return walked.Error;
    }

    private async Task<Result<OpenFile>> BeginAsync(Opening found, OpenFlags flags)
    {
        InodeAttributes inode = found.Inode;
        bool isDirectory = inode.Type == FileType.Directory;
        if (isDirectory && flags.HasFlag(OpenFlags.Create))
            return Errno.EISDIR;
        if (!isDirectory && flags.HasFlag(OpenFlags.Directory))
            return Errno.ENOTDIR;
        if (inode.Type == FileType.SymbolicLink)
            return Errno.ELOOP;
        if (isDirectory && (flags.HasFlag(OpenFlags.Write) || flags.HasFlag(OpenFlags.Truncate)))
            return Errno.EISDIR;
        if (!isDirectory && inode.Type != FileType.Regular)
            return Errno.ENXIO;

        Errno error = await fileSystem.OpenAsync(inode.Inode);
        if (error != Errno.OK)
            return error;
        var opened = new OpenFile(fileSystem, inode.Inode, flags);
        if (flags.HasFlag(OpenFlags.Truncate) && !found.IsNew)
        {
            error = await fileSystem.TruncateAsync(inode.Inode, 0, setsTimes: true);
            if (error != Errno.OK)
            {
                await opened.CloseAsync();
                return error;
            }
        }

        return opened;
    }

    /// <summary>What is to be opened, and whether it was created for that.</summary>
    private readonly record struct Opening(InodeAttributes Inode, bool IsNew);
}
