/*
 * The UNIX file system on a block device: mount, unmount, and the frame around every operation.
 *
 * Operations that only look run side by side, also beside a commit. One that may change something runs alone, as a step of the
 * volume: it is kept whole or taken back whole, and commits fall between operations only. (A write too large for one commit is committed in parts,
 * each of them a state that a shorter write would have left.) So a crash leaves the state after a prefix of the
 * operations, at or after the last fsync that answered OK.
 *
 * Faults assumed: any block may be unreadable (EIO for the operations that need it), or contradict the format (EUCLEAN);
 * a commit may fail, after which the file system is read-only (EROFS) and fsync and unmount answer that failure.
 */

using Raid5Fs.BlockDevice;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>A mounted file system.</summary>
/// <remarks>
/// Called from one executor; calls may overlap. A call after <see cref="UnmountAsync"/> is a bug and throws
/// <see cref="InvariantException"/>.
/// </remarks>
public sealed class UnixFileSystem : IFileSystem
{
    private readonly Volume _volume;
    private readonly OperationLock _turns;
    private readonly Committer _committer;
    private readonly EntryOperations _entries;
    private readonly Renaming _renaming;
    private readonly FileContent _content;
    private readonly ExtendedAttributes _attributes;
    private readonly TimeProvider _clock;
    private bool _isMounted = true;

    private UnixFileSystem(Volume volume, OperationLock turns, Committer committer, TimeProvider clock)
    {
        _clock = clock;
        _volume = volume;
        _turns = turns;
        _committer = committer;
        var directories = new DirectoryTree(volume);
        _entries = new EntryOperations(volume, directories, committer);
        _renaming = new Renaming(volume, directories, committer);
        _content = new FileContent(volume, committer, turns);
        _attributes = new ExtendedAttributes(volume, committer);
    }

    public InodeNumber Root => OnDiskFormat.RootInode;

    /// <summary>What people call the volume, as mkfs was told.</summary>
    public string Label => _volume.Layout.Label;

    /// <summary>
    /// The most blocks that one operation writes, on a device of this size: what
    /// <see cref="IBlockDevice.MaxUncommittedBlocks"/> must allow.
    /// </summary>
    /// <param name="blockSize">Bytes.</param>
    /// <param name="blockCount">Blocks of the device.</param>
    public static long LargestOperation(int blockSize, long blockCount) =>
        VolumeLayout.LargestOperationOn(blockSize, blockCount);

    /// <summary>
    /// Mounts: EINVAL if there is no file system of this format, or the device or the options allow less than
    /// <see cref="LargestOperation"/>; EUCLEAN if the superblock, the bitmaps or the root contradict the format; EIO.
    /// </summary>
    public static async Task<Result<UnixFileSystem>> MountAsync(
        IBlockDevice device, MountOptions options, TimeProvider clock)
    {
        var cache = new BufferCache(device, options.CacheBlocks);
        Result<VolumeLayout> layout = await Volume.ReadLayoutAsync(device, cache);
        if (!layout.IsOk)
            return layout.Error;
        long largest = layout.Value.LargestOperation;
        bool intervalIsSound = options.CommitInterval > TimeSpan.Zero || options.CommitInterval == Timeout.InfiniteTimeSpan;
        if (device.MaxUncommittedBlocks < largest || options.CacheBlocks < largest || !intervalIsSound)
            return Errno.EINVAL;

        Result<Volume> volume = await Volume.OpenAsync(layout.Value, cache);
        if (!volume.IsOk)
            return volume.Error;
        var turns = new OperationLock();
        long dirtyLimit = Math.Min(device.MaxUncommittedBlocks, Math.Max(largest, options.CacheBlocks / 4 * 3L));
        var committer = new Committer(cache, turns, dirtyLimit, options.CommitInterval, clock);
        var files = new UnixFileSystem(volume.Value, turns, committer, clock);
        using (await turns.TakeTurnAsync())
        using (await turns.BeAloneAsync())
            await files.FreeOrphansAsync();
        return files;
    }

    /// <summary>
    /// Closes what is open, commits and ends the mount, also where the commit fails: EIO, and what was not committed is lost.
    /// </summary>
    public async Task<Errno> UnmountAsync()
    {
        using (await _turns.TakeTurnAsync())
        using (await _turns.BeAloneAsync())
        {
            Invariant.Require(_isMounted, "a file system is unmounted once");
            _volume.NoteAllClosed();
            await FreeOrphansAsync();
            _isMounted = false;
        }

        await _content.StopAsync();
        await _committer.DisposeAsync();
        return await _committer.CommitAsync();
    }

    public Task<Result<InodeAttributes>> LookupAsync(InodeNumber directory, FileName name) =>
        ObserveAsync(() => _entries.LookupAsync(directory, name));

    public Task<Result<InodeAttributes>> GetAttributesAsync(InodeNumber inode) =>
        ObserveAsync(async ValueTask<Result<InodeAttributes>> () =>
        {
            Result<Inode> found = await _volume.Inodes.GetAsync(inode);
            return found.IsOk ? found.Value.Attributes : found.Error;
        });

    public async Task<Errno> AccessAsync(InodeNumber inode, Credentials who, AccessModes wanted)
    {
        Result<InodeAttributes> found = await GetAttributesAsync(inode);
        if (!found.IsOk)
            return found.Error;
        if (!Credentials.CanBeWanted(wanted))
            return Errno.EINVAL;
        bool isKeptHere = found.Value.Type is FileType.Regular or FileType.Directory or FileType.SymbolicLink;
        return wanted.HasFlag(AccessModes.Write) && isKeptHere && _committer.Protection != Errno.OK ? Errno.EROFS
            : who.May(wanted, found.Value) ? Errno.OK
            : Errno.EACCES;
    }

    public Task<Result<InodeAttributes>> SetAttributesAsync(InodeNumber inode, AttributeChange change) =>
        ChangeAsync(async ValueTask<Result<InodeAttributes>> () =>
        {
            Result<Inode> found = await _volume.Inodes.GetAsync(inode);
            if (!found.IsOk)
                return found.Error;
            if (_committer.Protection != Errno.OK)
                return _committer.Protection;
            Errno error = found.Value.Apply(change, _volume.Now);
            return error == Errno.OK ? found.Value.Attributes : error;
        });

    public Task<Result<byte[]>> GetExtendedAttributeAsync(InodeNumber inode, ReadOnlyMemory<byte> name) =>
        ObserveAsync(() => _attributes.GetAsync(inode, name));

    public Task<Result<IReadOnlyList<byte[]>>> ListExtendedAttributesAsync(InodeNumber inode) =>
        ObserveAsync(() => _attributes.ListAsync(inode));

    public Task<Errno> SetExtendedAttributeAsync(
        InodeNumber inode, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value, AttributeMode mode = AttributeMode.Set) =>
        ChangeAsync(() => _attributes.SetAsync(inode, name, value, mode));

    public Task<Errno> RemoveExtendedAttributeAsync(InodeNumber inode, ReadOnlyMemory<byte> name) =>
        ChangeAsync(() => _attributes.RemoveAsync(inode, name));

    public Task<Result<InodeAttributes>> CreateAsync(InodeNumber directory, FileName name, Ownership? owner = null) =>
        MakeNodeAsync(directory, name, FileType.Regular, default, owner);

    public Task<Result<InodeAttributes>> MakeNodeAsync(
        InodeNumber directory, FileName name, FileType type, DeviceNumber device = default, Ownership? owner = null) =>
        ChangeAsync(() => _entries.MakeNodeAsync(directory, name, type, device, owner ?? new(Permissions.OfFile)));

    public Task<Result<InodeAttributes>> MakeDirectoryAsync(InodeNumber directory, FileName name, Ownership? owner = null) =>
        ChangeAsync(() => _entries.MakeDirectoryAsync(directory, name, owner ?? new(Permissions.OfDirectory)));

    public Task<Result<InodeAttributes>> MakeSymbolicLinkAsync(
        InodeNumber directory, FileName name, ReadOnlyMemory<byte> target, Ownership? owner = null) =>
        ChangeAsync(() => _entries.MakeSymbolicLinkAsync(directory, name, target, owner ?? default));

    public Task<Result<byte[]>> ReadSymbolicLinkAsync(InodeNumber inode) =>
        ObserveAsync(() => _entries.ReadSymbolicLinkAsync(inode));

    public Task<Result<InodeAttributes>> LinkAsync(InodeNumber inode, InodeNumber directory, FileName name) =>
        ChangeAsync(() => _entries.LinkAsync(inode, directory, name));

    public Task<Result<int>> ReadAsync(InodeNumber inode, long offset, Memory<byte> destination) =>
        ObserveAsync(async ValueTask<Result<int>> () =>
        {
            Result<Inode> file = await GetFileAsync(inode);
            if (!file.IsOk)
                return file.Error;
            return offset < 0 ? Errno.EINVAL : await _content.ReadAsync(file.Value, offset, destination);
        });

    public Task<Result<int>> WriteAsync(InodeNumber inode, long offset, ReadOnlyMemory<byte> source) =>
        WriteAsync(inode, (long?)offset, source);

    public Task<Result<int>> AppendAsync(InodeNumber inode, ReadOnlyMemory<byte> source) => WriteAsync(inode, null, source);

    public Task<Errno> TruncateAsync(InodeNumber inode, long size, bool setsTimes = false) =>
        ChangeFileAsync(inode, size >= 0, file => _content.TruncateAsync(file, size, setsTimes));

    public Task<Errno> AllocateAsync(InodeNumber inode, long offset, long length) =>
        ChangeFileAsync(inode, offset >= 0 && length > 0, file => _content.AllocateAsync(file, offset, length));

    public Task<Errno> PunchHoleAsync(InodeNumber inode, long offset, long length) =>
        ChangeFileAsync(inode, offset >= 0 && length > 0, file => _content.PunchHoleAsync(file, offset, length));

    public Task<Result<long>> SeekAsync(InodeNumber inode, long offset, SeekTarget target) =>
        ObserveAsync(async ValueTask<Result<long>> () =>
        {
            Result<Inode> found = await _volume.Inodes.GetAsync(inode);
            if (!found.IsOk)
                return found.Error;
            return found.Value.Type == FileType.Regular ? await _content.SeekAsync(found.Value, offset, target) : Errno.EINVAL;
        });

    public Task<Errno> UnlinkAsync(InodeNumber directory, FileName name) =>
        ChangeAsync(() => _entries.UnlinkAsync(directory, name));

    public Task<Errno> RemoveDirectoryAsync(InodeNumber directory, FileName name) =>
        ChangeAsync(() => _entries.RemoveDirectoryAsync(directory, name));

    public Task<Errno> RenameAsync(
        InodeNumber fromDirectory, FileName from, InodeNumber toDirectory, FileName to, RenameMode mode = RenameMode.Replace) =>
        ChangeAsync(() => _renaming.RenameAsync(fromDirectory, from, toDirectory, to, mode));

    public Task<Result<IReadOnlyList<DirectoryEntry>>> ReadDirectoryAsync(
        InodeNumber directory, EntryPosition after = default, int atMost = int.MaxValue) =>
        ObserveAsync(() => _entries.ListAsync(directory, after, atMost));

    /// <summary>Commits all changes, of whatever inode.</summary>
    public async Task<Errno> SyncAsync(InodeNumber inode)
    {
        using (await _turns.TakeTurnAsync())
        {
            Errno error;
            using (await LookAsync())
                error = (await _volume.Inodes.GetAsync(inode)).Error;
            return error == Errno.OK ? await _committer.CommitAsync() : error;
        }
    }

    public async Task<Result<FileSystemStatistics>> GetStatisticsAsync()
    {
        using (await LookAsync())
            return _volume.Statistics;
    }

    public Task<Errno> OpenAsync(InodeNumber inode) => ObserveAsync(async ValueTask<Errno> () =>
    {
        Result<Inode> found = await _volume.Inodes.GetAsync(inode);
        if (found.IsOk)
            _volume.NoteOpened(inode);
        return found.Error;
    });

    public async Task CloseAsync(InodeNumber inode)
    {
        using (await _turns.TakeTurnAsync())
        using (await BeAloneAsync())
        {
            bool wasLast = _volume.NoteClosed(inode);
            if (!wasLast || _volume.Orphans.First == InodeNumber.None || _committer.Protection != Errno.OK)
                return;
            Result<Inode> found = await _volume.Inodes.GetAsync(inode);
            if (found is { IsOk: true, Value.LinkCount: 0 })
                await FreeOrphanAsync(inode);
        }
    }

    /// <summary>Changes a regular file: EINVAL if what is asked for <paramref name="isSound"/> not.</summary>
    private Task<Errno> ChangeFileAsync(InodeNumber inode, bool isSound, Func<Inode, ValueTask<Errno>> operation) =>
        ChangeAsync(async ValueTask<Errno> () =>
        {
            Result<Inode> file = await GetFileAsync(inode);
            if (!file.IsOk)
                return file.Error;
            if (!isSound)
                return Errno.EINVAL;
            return _committer.Protection == Errno.OK ? await operation(file.Value) : _committer.Protection;
        });

    /// <summary>Writes at an offset, or at the end of the file.</summary>
    private Task<Result<int>> WriteAsync(InodeNumber inode, long? offset, ReadOnlyMemory<byte> source) =>
        ChangeAsync(async ValueTask<Result<int>> () =>
        {
            Result<Inode> file = await GetFileAsync(inode);
            if (!file.IsOk)
                return file.Error;
            if (offset < 0)
                return Errno.EINVAL;
            if (_committer.Protection != Errno.OK)
                return _committer.Protection;
            return source.IsEmpty ? 0 : await _content.WriteAsync(file.Value, offset ?? file.Value.Size, source);
        });

    /// <summary>
    /// Frees what was open when the last mount ended, or this one does. What cannot be freed, as it cannot be read, stays what it is.
    /// </summary>
    private async ValueTask FreeOrphansAsync()
    {
        Errno error = Errno.OK;
        while (error == Errno.OK && _volume.Orphans.First != InodeNumber.None)
            error = await FreeOrphanAsync(_volume.Orphans.First);
    }

    /// <summary>Frees an orphan, as a step. The caller is alone.</summary>
    private async ValueTask<Errno> FreeOrphanAsync(InodeNumber orphan)
    {
        await MakeRoomAsync();
        Begin();
        Errno error = _committer.Protection == Errno.OK ? await _volume.FreeOrphanAsync(orphan) : _committer.Protection;
        End(error);
        return error;
    }

    /// <summary>Runs an operation that changes nothing.</summary>
    private async Task<Errno> ObserveAsync(Func<ValueTask<Errno>> operation)
    {
        using (await LookAsync())
            return await operation();
    }

    /// <summary>Runs an operation that changes nothing.</summary>
    private async Task<Result<T>> ObserveAsync<T>(Func<ValueTask<Result<T>>> operation)
    {
        using (await LookAsync())
            return await operation();
    }

    /// <summary>Runs an operation as a step, which is kept if it answers a value.</summary>
    private async Task<Result<T>> ChangeAsync<T>(Func<ValueTask<Result<T>>> operation)
    {
        using (await _turns.TakeTurnAsync())
        {
            await MakeRoomAsync();
            using (await BeAloneAsync())
            {
                Begin();
                Result<T> result = await operation();
                End(result.Error);
                return result;
            }
        }
    }

    /// <summary>Runs an operation as a step, which is kept if it answers OK.</summary>
    private async Task<Errno> ChangeAsync(Func<ValueTask<Errno>> operation)
    {
        using (await _turns.TakeTurnAsync())
        {
            await MakeRoomAsync();
            using (await BeAloneAsync())
            {
                Begin();
                Errno error = await operation();
                End(error);
                return error;
            }
        }
    }

    private ValueTask MakeRoomAsync() => _committer.MakeRoomAsync(_volume.Layout.LargestOperation);

    private void Begin() => _volume.Begin(Timestamp.Now(_clock));

    private void End(Errno error)
    {
        if (error == Errno.OK)
            _volume.Accept();
        else
            _volume.Rollback();
        _committer.NoteChange();
    }

    private async ValueTask<SharedLock.Share> LookAsync() => Entered(await _turns.LookAsync());

    private async ValueTask<SharedLock.Exclusive> BeAloneAsync() => Entered(await _turns.BeAloneAsync());

    /// <summary>What an operation that was let in begins with.</summary>
    private T Entered<T>(T place)
        where T : struct, IDisposable
    {
        if (!_isMounted)
            place.Dispose();
        Invariant.Require(_isMounted, "operations come before the unmount");
        _volume.Cache.ReleaseUnchanged();
        return place;
    }

    private async ValueTask<Result<Inode>> GetFileAsync(InodeNumber number)
    {
        Result<Inode> inode = await _volume.Inodes.GetAsync(number);
        if (!inode.IsOk || inode.Value.Type == FileType.Regular)
            return inode;
        return inode.Value.IsDirectory ? Errno.EISDIR : Errno.EINVAL;
    }
}
