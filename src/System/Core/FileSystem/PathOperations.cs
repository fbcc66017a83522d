using System.Text;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// The operations of <see cref="IFileSystem"/> by path, with the errors that Linux answers. Those of the walk come
/// first: see <see cref="PathWalk.ResolveAsync(string, bool)"/>.
/// </summary>
/// <remarks>
/// A path is walked, then the operation is done: another operation may come between. If that removed a directory on
/// the way, the walk begins again, as Linux does; after <see cref="Walks"/> such walks the answer is ESTALE.
/// </remarks>
public sealed partial class PathOperations(IFileSystem fileSystem)
{
    private const int Walks = 8;

    private readonly PathWalk _walk = new(fileSystem);

    /// <summary>stat(2).</summary>
    public Task<Result<InodeAttributes>> GetAttributesAsync(string path) =>
        RetryAsync(() => _walk.ResolveAsync(path));

    /// <summary>statfs(2).</summary>
    public async Task<Result<FileSystemStatistics>> GetStatisticsAsync(string path)
    {
        Result<InodeAttributes> found = await GetAttributesAsync(path);
        return found.IsOk ? await fileSystem.GetStatisticsAsync() : found.Error;
    }

    /// <summary>lstat(2): of a symbolic link at the end of the path, unless a slash follows.</summary>
    public Task<Result<InodeAttributes>> GetLinkAttributesAsync(string path) =>
        RetryAsync(() => _walk.ResolveAsync(path, follow: false));

    /// <summary>
    /// access(2): whether somebody may do something with what the path leads to, and search the directories on the way: EACCES, and
    /// as <see cref="IFileSystem.AccessAsync"/>; EINVAL first.
    /// </summary>
    public async Task<Errno> AccessAsync(string path, Credentials who, AccessModes wanted)
    {
        if (!Credentials.CanBeWanted(wanted))
            return Errno.EINVAL;
        var walk = new PathWalk(fileSystem, who);
        return (await RetryAsync(async Task<Result<bool>> () =>
        {
            Result<InodeAttributes> found = await walk.ResolveAsync(path);
            return found.IsOk ? Done(await fileSystem.AccessAsync(found.Value.Inode, who, wanted)) : found.Error;
        })).Error;
    }

    /// <summary>
    /// open(2) with O_CREAT and O_EXCL: EEXIST for the root, <c>.</c> and <c>..</c> too; EISDIR if a slash follows.
    /// </summary>
    public Task<Result<InodeAttributes>> CreateAsync(string path, Ownership? owner = null) =>
        OnLastAsync(path, last => last.Kind switch
        {
            ComponentKind.Name when last.WantsDirectory => Fail<InodeAttributes>(Errno.EISDIR),
            ComponentKind.Name => fileSystem.CreateAsync(last.Directory, last.Name, owner),
            _ => Fail<InodeAttributes>(Errno.EEXIST),
        });

    /// <summary>
    /// mkdir(2): EEXIST for the root, <c>.</c> and <c>..</c> too. Set-user-id and set-group-id are not for the asking.
    /// </summary>
    public Task<Result<InodeAttributes>> MakeDirectoryAsync(string path, Ownership? owner = null) =>
        OnLastAsync(path, last => last.Kind == ComponentKind.Name
            ? fileSystem.MakeDirectoryAsync(last.Directory, last.Name, WithoutSetIds(owner))
            : Fail<InodeAttributes>(Errno.EEXIST));

    /// <summary>mknod(2): EPERM for a directory and EINVAL for what else cannot be made so, before all else.</summary>
    public Task<Result<InodeAttributes>> MakeNodeAsync(
        string path, FileType type, DeviceNumber device = default, Ownership? owner = null)
    {
        Errno objection = EntryOperations.ObjectionToNode(type);
        return objection != Errno.OK
            ? Fail<InodeAttributes>(objection)
            : OnNewAsync(path, last => fileSystem.MakeNodeAsync(last.Directory, last.Name, type, device, owner));
    }

    /// <summary>chmod(2), chown(2), utimensat(2): of what the path leads to.</summary>
    public Task<Result<InodeAttributes>> SetAttributesAsync(string path, AttributeChange change) =>
        OnInodeAsync(path, inode => fileSystem.SetAttributesAsync(inode, change));

    /// <summary>As <see cref="SetAttributesAsync"/>, but of a symbolic link at the end of the path, unless a slash follows.</summary>
    public Task<Result<InodeAttributes>> SetLinkAttributesAsync(string path, AttributeChange change) =>
        OnInodeAsync(path, inode => fileSystem.SetAttributesAsync(inode, change), follow: false);

    /// <summary>symlink(2): EINVAL, ENOENT or ENAMETOOLONG if the target is no path, before all else.</summary>
    /// <param name="target">The path that the link stands for.</param>
    /// <param name="path">The link.</param>
    /// <param name="owner">Whose it is; null: the superuser's.</param>
    public Task<Result<InodeAttributes>> MakeSymbolicLinkAsync(string target, string path, Ownership? owner = null)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(target);
        Errno objection = PathWalk.Objection(bytes);
        return objection != Errno.OK
            ? Fail<InodeAttributes>(objection)
            : OnNewAsync(path, last => fileSystem.MakeSymbolicLinkAsync(last.Directory, last.Name, bytes, owner));
    }

    /// <summary>readlink(2): EINVAL if the path does not end at a symbolic link.</summary>
    public Task<Result<byte[]>> ReadSymbolicLinkAsync(string path) =>
        OnInodeAsync(path, fileSystem.ReadSymbolicLinkAsync, follow: false);

    /// <summary>link(2): the old path's walk comes before the new one's; a symbolic link at its end is not followed.</summary>
    public Task<Result<InodeAttributes>> LinkAsync(string existing, string path) =>
        OnInodeAsync(
            existing, inode => OnNewAsync(path, last => fileSystem.LinkAsync(inode, last.Directory, last.Name)), follow: false);

    /// <summary>open(2), then pread(2).</summary>
    public Task<Result<int>> ReadAsync(string path, long offset, Memory<byte> destination) =>
        OnInodeAsync(path, inode => fileSystem.ReadAsync(inode, offset, destination));

    /// <summary>open(2), then pwrite(2).</summary>
    public Task<Result<int>> WriteAsync(string path, long offset, ReadOnlyMemory<byte> source) =>
        OnInodeAsync(path, inode => fileSystem.WriteAsync(inode, offset, source));

    /// <summary>truncate(2): EINVAL for a negative size before all else.</summary>
    public Task<Errno> TruncateAsync(string path, long size) => size < 0
        ? Task.FromResult(Errno.EINVAL)
        : OnInodeAsync(path, inode => fileSystem.TruncateAsync(inode, size));

    /// <summary>unlink(2): EISDIR for the root, <c>.</c> and <c>..</c>; ENOTDIR for a file with a slash behind.</summary>
    public Task<Errno> UnlinkAsync(string path) =>
        OnLastAsync(path, async last =>
        {
            if (last.Kind != ComponentKind.Name)
                return Errno.EISDIR;
            if (last.WantsDirectory)
            {
                Result<InodeAttributes> found = await fileSystem.LookupAsync(last.Directory, last.Name);
                return !found.IsOk ? found.Error : found.Value.Type == FileType.Directory ? Errno.EISDIR : Errno.ENOTDIR;
            }

            return await fileSystem.UnlinkAsync(last.Directory, last.Name);
        });

    /// <summary>rmdir(2): EBUSY for the root.</summary>
    public Task<Errno> RemoveDirectoryAsync(string path) =>
        OnLastAsync(path, last => last.Kind == ComponentKind.Root
            ? Task.FromResult(Errno.EBUSY)
            : fileSystem.RemoveDirectoryAsync(last.Directory, last.Name));

    /// <summary>
    /// renameat2(2): the old path's walk comes before the new one's; EBUSY for the root, <c>.</c> and <c>..</c>, at the new path EEXIST
    /// where nothing may be replaced; ENOTDIR for what is no directory with a slash behind it, or moved to where one is.
    /// </summary>
    public Task<Errno> RenameAsync(string from, string to, RenameMode mode = RenameMode.Replace) =>
        RetryAsync(async () =>
        {
            Result<LastComponent> source = await _walk.FindLastAsync(from);
            if (!source.IsOk)
                return source.Error;
            Result<LastComponent> destination = await _walk.FindLastAsync(to);
            if (!destination.IsOk)
                return destination.Error;
            LastComponent old = source.Value;
            LastComponent @new = destination.Value;
            if (old.Kind != ComponentKind.Name)
                return Errno.EBUSY;
            if (@new.Kind != ComponentKind.Name)
                return mode == RenameMode.NoReplace ? Errno.EEXIST : Errno.EBUSY;
            if (old.WantsDirectory || @new.WantsDirectory)
            {
                Errno error = await CheckSlashesAsync(old, @new, mode);
                if (error != Errno.OK)
                    return error;
            }

            return await fileSystem.RenameAsync(old.Directory, old.Name, @new.Directory, @new.Name, mode);
        });

    /// <summary>Opens a directory and reads all of it.</summary>
    /// <param name="path">Of the directory.</param>
    /// <param name="atATime">Entries, at least 1: each part is read by a call of its own.</param>
    public Task<Result<IReadOnlyList<DirectoryEntry>>> ReadDirectoryAsync(string path, int atATime = 4096) =>
        OnInodeAsync(path, inode => fileSystem.ReadDirectoryInPartsAsync(inode, atATime));

    /// <summary>open(2), then fsync(2).</summary>
    public Task<Errno> SyncAsync(string path) => OnInodeAsync(path, fileSystem.SyncAsync);

    /// <summary>ENOTDIR for what is no directory and has a slash behind it; the errors that come before that.</summary>
    private async Task<Errno> CheckSlashesAsync(LastComponent from, LastComponent to, RenameMode mode)
    {
        Result<InodeAttributes> moved = await fileSystem.LookupAsync(from.Directory, from.Name);
        if (!moved.IsOk)
            return moved.Error;
        Result<InodeAttributes> target = await fileSystem.LookupAsync(to.Directory, to.Name);
        if (!target.IsOk && (target.Error != Errno.ENOENT || mode == RenameMode.Exchange))
            return target.Error;
        if (target.IsOk && mode == RenameMode.NoReplace)
            return Errno.EEXIST;
        if (mode == RenameMode.Exchange && to.WantsDirectory && target.Value.Type != FileType.Directory)
            return Errno.ENOTDIR;
        bool wantsDirectory = from.WantsDirectory || (to.WantsDirectory && mode != RenameMode.Exchange);
        return wantsDirectory && moved.Value.Type != FileType.Directory ? Errno.ENOTDIR : Errno.OK;
    }

    /// <summary>
    /// Makes an entry that is no directory: EEXIST for the root, <c>.</c> and <c>..</c>; where a slash follows, EEXIST for what is
    /// there, and ENOENT for what is not.
    /// </summary>
    private Task<Result<InodeAttributes>> OnNewAsync(string path, Func<LastComponent, Task<Result<InodeAttributes>>> operation) =>
        OnLastAsync(path, async last =>
        {
            if (last.Kind != ComponentKind.Name)
                return Errno.EEXIST;
            if (!last.WantsDirectory)
                return await operation(last);
            Result<InodeAttributes> found = await fileSystem.LookupAsync(last.Directory, last.Name);
            return found.IsOk ? Errno.EEXIST : found.Error;
        });

    private Task<Result<T>> OnLastAsync<T>(string path, Func<LastComponent, Task<Result<T>>> operation) =>
        RetryAsync(async () =>
        {
            Result<LastComponent> last = await _walk.FindLastAsync(path);
            return last.IsOk ? await operation(last.Value) : last.Error;
        });

    private Task<Errno> OnLastAsync(string path, Func<LastComponent, Task<Errno>> operation) =>
        RetryAsync(async () =>
        {
            Result<LastComponent> last = await _walk.FindLastAsync(path);
            return last.IsOk ? await operation(last.Value) : last.Error;
        });

    private Task<Result<T>> OnInodeAsync<T>(
        string path, Func<InodeNumber, Task<Result<T>>> operation, bool follow = true) =>
        RetryAsync(async () =>
        {
            Result<InodeAttributes> inode = await _walk.ResolveAsync(path, follow);
            return inode.IsOk ? await operation(inode.Value.Inode) : inode.Error;
        });

    private Task<Errno> OnInodeAsync(string path, Func<InodeNumber, Task<Errno>> operation) =>
        RetryAsync(async () =>
        {
            Result<InodeAttributes> inode = await _walk.ResolveAsync(path);
            return inode.IsOk ? await operation(inode.Value.Inode) : inode.Error;
        });

    private static async Task<Result<T>> RetryAsync<T>(Func<Task<Result<T>>> operation)
    {
        Result<T> result = await operation();
        for (int walks = 1; walks < Walks && result.Error == Errno.ESTALE; walks++)
            result = await operation();
        return result;
    }

    private static async Task<Errno> RetryAsync(Func<Task<Errno>> operation)
    {
        Errno error = await operation();
        for (int walks = 1; walks < Walks && error == Errno.ESTALE; walks++)
            error = await operation();
        return error;
    }

    private static Ownership? WithoutSetIds(Ownership? owner) =>
        owner is { } given ? given with { Permissions = given.Permissions.Without(Permissions.SetIds) } : null;

    private static Task<Result<T>> Fail<T>(Errno error) => Task.FromResult<Result<T>>(error);
}
