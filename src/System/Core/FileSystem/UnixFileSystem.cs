/*
 * The UNIX file system on a block device: mount, unmount, and every operation.
 *
 * Operations overlap where they wait for the device, and take effect at one moment each: OperationFrame.cs says how. One that may
 * change something is a step of the volume: it is kept whole or taken back whole, and commits fall between operations only. (A write too
 * large for one commit is committed in parts, each of them a state that a shorter write would have left.) So a crash leaves the
 * state after a prefix of the operations, in the order of those moments, at or after the last fsync that answered OK.
 *
 * Faults assumed: any block may be unreadable (EIO for the operations that need it), or contradict the format (EUCLEAN);
 * a commit may fail, after which the file system is read-only (EROFS) and fsync and unmount answer that failure.
 */

using Raid5Fs.BlockDevice;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>A mounted file system.</summary>
/// <remarks>
/// Called from one executor; calls may overlap, and which of them comes first is then open. A call after <see cref="UnmountAsync"/>
/// is a bug and throws <see cref="InvariantException"/>.
/// </remarks>
public sealed class UnixFileSystem : IFileSystem
{
    private readonly Volume _volume;
    private readonly OperationFrame _frame;
    private readonly Committer _committer;
    private readonly EntryOperations _entries;
    private readonly Renaming _renaming;
    private readonly FileContent _content;
    private readonly ReadAhead _readAhead;
    private readonly ExtendedAttributes _attributes;
    private bool _isMounted = true;

    private UnixFileSystem(Volume volume, OperationFrame frame, Committer committer)
    {
        _volume = volume;
        _frame = frame;
        _committer = committer;
        var directories = new DirectoryTree(volume);
        _entries = new EntryOperations(volume, directories, committer);
        _renaming = new Renaming(volume, directories, committer);
        _content = new FileContent(volume, committer);
        _readAhead = new ReadAhead(volume, frame);
        _attributes = new ExtendedAttributes(volume, committer);
    }

    public InodeNumber Root => OnDiskFormat.RootInode;

    /// <summary>What people call the volume, as mkfs was told.</summary>
    public string Label => _volume.Layout.Label;

    /// <summary>Where its parts lie.</summary>
    public VolumeMap Map => new(
        _volume.Layout.BlockSize,
        _volume.Layout.BlockCount,
        _volume.Layout.InodeCount,
        OnDiskFormat.InodeSize,
        _volume.Layout.InodeBitmapStart,
        _volume.Layout.BlockBitmapStart,
        _volume.Layout.InodeTableStart,
        _volume.Layout.DataStart,
        _volume.Layout.NameLimit,
        _volume.Layout.MaxFileSize);

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
        var files = new UnixFileSystem(volume.Value, new OperationFrame(volume.Value, committer, turns, clock), committer);
        await files.FreeOrphansAsync();
        return files;
    }

    /// <summary>
    /// Closes what is open, commits and ends the mount, also where the commit fails: EIO, and what was not committed is lost.
    /// </summary>
    public async Task<Errno> UnmountAsync()
    {
        Invariant.Require(_isMounted, "a file system is unmounted once");
        _isMounted = false;
        await _readAhead.StopAsync();
        await _frame.EndAsync();
        _volume.NoteAllClosed();
        await FreeOrphansAsync();
        await _committer.DisposeAsync();
        return await _committer.CommitAsync();
    }

    public Task<Result<InodeAttributes>> LookupAsync(InodeNumber directory, FileName name) =>
        _frame.ObserveAsync(() => _entries.LookupAsync(directory, name));

    public Task<Result<InodeAttributes>> GetAttributesAsync(InodeNumber inode) =>
        _frame.ObserveAsync(async ValueTask<Result<InodeAttributes>> () =>
        {
            Result<Inode> found = await _volume.Inodes.GetAsync(inode);
            return found.IsOk ? found.Value.Attributes : found.Error;
        });

    /// <summary>
    /// The pointers in an inode: to 12 blocks of the file, then to blocks of pointers, single, double and triple; 0 is none. Of what
    /// has no such pointers, such as a directory, there are none at all: ESTALE.
    /// </summary>
    public Task<Result<IReadOnlyList<uint>>> GetPointersAsync(InodeNumber inode) =>
        _frame.ObserveAsync(async ValueTask<Result<IReadOnlyList<uint>>> () =>
        {
            Result<Inode> found = await _volume.Inodes.GetAsync(inode);
            if (!found.IsOk)
                return found.Error;
            uint[] pointers = new uint[found.Value.HasPointers ? OnDiskFormat.InodePointers : 0];
            for (int slot = 0; slot < pointers.Length; slot++)
                pointers[slot] = found.Value.View.Pointer(slot);
            return pointers;
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
        _frame.ChangeAsync(async ValueTask<Result<InodeAttributes>> () =>
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
        _frame.ObserveAsync(() => _attributes.GetAsync(inode, name));

    public Task<Result<IReadOnlyList<byte[]>>> ListExtendedAttributesAsync(InodeNumber inode) =>
        _frame.ObserveAsync(() => _attributes.ListAsync(inode));

    public Task<Errno> SetExtendedAttributeAsync(
        InodeNumber inode, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value, AttributeMode mode = AttributeMode.Set) =>
        _frame.ChangeAsync(() => _attributes.SetAsync(inode, name, value, mode));

    public Task<Errno> RemoveExtendedAttributeAsync(InodeNumber inode, ReadOnlyMemory<byte> name) =>
        _frame.ChangeAsync(() => _attributes.RemoveAsync(inode, name));

    public Task<Result<InodeAttributes>> CreateAsync(InodeNumber directory, FileName name, Ownership? owner = null) =>
        MakeNodeAsync(directory, name, FileType.Regular, default, owner);

    public Task<Result<InodeAttributes>> MakeNodeAsync(
        InodeNumber directory, FileName name, FileType type, DeviceNumber device = default, Ownership? owner = null) =>
        _frame.ChangeAsync(() => _entries.MakeNodeAsync(directory, name, type, device, owner ?? new(Permissions.OfFile)));

    public Task<Result<InodeAttributes>> MakeDirectoryAsync(InodeNumber directory, FileName name, Ownership? owner = null) =>
        _frame.ChangeAsync(() => _entries.MakeDirectoryAsync(directory, name, owner ?? new(Permissions.OfDirectory)));

    public Task<Result<InodeAttributes>> MakeSymbolicLinkAsync(
        InodeNumber directory, FileName name, ReadOnlyMemory<byte> target, Ownership? owner = null) =>
        _frame.ChangeAsync(() => _entries.MakeSymbolicLinkAsync(directory, name, target, owner ?? default));

    public Task<Result<byte[]>> ReadSymbolicLinkAsync(InodeNumber inode) =>
        _frame.ObserveAsync(() => _entries.ReadSymbolicLinkAsync(inode));

    public Task<Result<InodeAttributes>> LinkAsync(InodeNumber inode, InodeNumber directory, FileName name) =>
        _frame.ChangeAsync(() => _entries.LinkAsync(inode, directory, name));

    public async Task<Result<int>> ReadAsync(InodeNumber inode, long offset, Memory<byte> destination)
    {
        long size = 0;
        Result<int> read = await _frame.ObserveAsync(async ValueTask<Result<int>> () =>
        {
            Result<Inode> file = await GetFileAsync(inode);
            if (!file.IsOk)
                return file.Error;
            size = file.Value.Size;
            return offset < 0 ? Errno.EINVAL : await _content.ReadAsync(file.Value, offset, destination);
        });
        if (read.IsOk)
            _readAhead.Note(inode, size, offset, read.Value);
        return read;
    }

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
        _frame.ObserveAsync(async ValueTask<Result<long>> () =>
        {
            Result<Inode> found = await _volume.Inodes.GetAsync(inode);
            if (!found.IsOk)
                return found.Error;
            return found.Value.Type == FileType.Regular ? await _content.SeekAsync(found.Value, offset, target) : Errno.EINVAL;
        });

    public Task<Errno> UnlinkAsync(InodeNumber directory, FileName name) =>
        _frame.ChangeAsync(() => _entries.UnlinkAsync(directory, name));

    public Task<Errno> RemoveDirectoryAsync(InodeNumber directory, FileName name) =>
        _frame.ChangeAsync(() => _entries.RemoveDirectoryAsync(directory, name));

    public Task<Errno> RenameAsync(
        InodeNumber fromDirectory, FileName from, InodeNumber toDirectory, FileName to, RenameMode mode = RenameMode.Replace) =>
        _frame.ChangeAsync(() => _renaming.RenameAsync(fromDirectory, from, toDirectory, to, mode));

    public Task<Result<IReadOnlyList<DirectoryEntry>>> ReadDirectoryAsync(
        InodeNumber directory, EntryPosition after = default, int atMost = int.MaxValue) =>
        _frame.ObserveAsync(() => _entries.ListAsync(directory, after, atMost));

    /// <summary>Commits all changes, of whatever inode.</summary>
    public Task<Errno> SyncAsync(InodeNumber inode) =>
        _frame.CommitAsync(async ValueTask<Errno> () => (await _volume.Inodes.GetAsync(inode)).Error);

    public Task<Result<FileSystemStatistics>> GetStatisticsAsync() =>
        _frame.ObserveAsync(() => new ValueTask<Result<FileSystemStatistics>>(_volume.Statistics));

    public Task<Errno> OpenAsync(InodeNumber inode) => _frame.ObserveAsync(async ValueTask<Errno> () =>
    {
        Result<Inode> found = await _volume.Inodes.GetAsync(inode);
        if (found.IsOk)
            _volume.NoteOpened(inode);
        return found.Error;
    });

    public Task CloseAsync(InodeNumber inode) => _frame.ChangeAsync(async ValueTask<Errno> () =>
    {
        Errno error = _volume.IsOpenOnce(inode) ? await FreeIfOrphanAsync(inode) : Errno.OK;

        // It is closed also where what it held cannot be freed.
        if (!_volume.Cache.IsShort)
            _volume.NoteClosed(inode);
        return error;
    });

    /// <summary>Changes a regular file: EINVAL if what is asked for <paramref name="isSound"/> not.</summary>
    private Task<Errno> ChangeFileAsync(InodeNumber inode, bool isSound, Func<Inode, ValueTask<Errno>> operation) =>
        _frame.ChangeAsync(async ValueTask<Errno> () =>
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
        _frame.ChangeAsync(async ValueTask<Result<int>> () =>
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
            error = await _frame.ChangeAloneAsync(() => FreeOrphanAsync(_volume.Orphans.First));
    }

    private async ValueTask<Errno> FreeOrphanAsync(InodeNumber orphan) =>
        _committer.Protection == Errno.OK ? await _volume.FreeOrphanAsync(orphan) : _committer.Protection;

    private async ValueTask<Errno> FreeIfOrphanAsync(InodeNumber inode)
    {
        if (_volume.Orphans.First == InodeNumber.None)
            return Errno.OK;
        Result<Inode> found = await _volume.Inodes.GetAsync(inode);
        return found is { IsOk: true, Value.LinkCount: 0 } ? await FreeOrphanAsync(inode) : found.Error;
    }

    private async ValueTask<Result<Inode>> GetFileAsync(InodeNumber number)
    {
        Result<Inode> inode = await _volume.Inodes.GetAsync(number);
        if (!inode.IsOk || inode.Value.Type == FileType.Regular)
            return inode;
        return inode.Value.IsDirectory ? Errno.EISDIR : Errno.EINVAL;
    }
}
