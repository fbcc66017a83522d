using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>How a file is opened: the flags of <c>open(2)</c> that reach a file system.</summary>
[Flags]
public enum OpenFlags
{
    None = 0,

    /// <summary>It may be read.</summary>
    Read = 1,

    /// <summary>It may be written, and its size set.</summary>
    Write = 2,

    /// <summary>What is written goes to the end, wherever it was meant for.</summary>
    Append = 4,

    /// <summary>If it does not exist, it is made.</summary>
    Create = 8,

    /// <summary>With <see cref="Create"/>: it must not exist, not even as a symbolic link.</summary>
    Exclusive = 16,

    /// <summary>Its size is set to 0.</summary>
    Truncate = 32,

    /// <summary>It must be a directory.</summary>
    Directory = 64,

    /// <summary>The path must not end at a symbolic link.</summary>
    NoFollow = 128,
}

/// <summary>
/// An open file or directory: it lives on without a name until it is closed, and all that is done by it is done to that one,
/// whatever has become of the path.
/// </summary>
/// <remarks>Made by <see cref="PathOperations.OpenAsync"/>. Calls may overlap, but for the close, which is the last.</remarks>
public sealed class OpenFile
{
    private readonly IFileSystem _fileSystem;
    private bool _isClosed;

    internal OpenFile(IFileSystem fileSystem, InodeNumber inode, OpenFlags flags)
    {
        _fileSystem = fileSystem;
        Inode = inode;
        Flags = flags;
    }

    public InodeNumber Inode { get; }

    public OpenFlags Flags { get; }

    private bool IsWritable => Flags.HasFlag(OpenFlags.Write);

    /// <summary>pread(2): EBADF if it was not opened to be read, then as <see cref="IFileSystem.ReadAsync"/>.</summary>
    public Task<Result<int>> ReadAsync(long offset, Memory<byte> destination) =>
        Flags.HasFlag(OpenFlags.Read)
            ? _fileSystem.ReadAsync(Inode, offset, destination)
            : Task.FromResult<Result<int>>(Errno.EBADF);

    /// <summary>
    /// pwrite(2): EBADF if it was not opened to be written, then as <see cref="IFileSystem.WriteAsync"/>; of a file opened with
    /// <see cref="OpenFlags.Append"/> the offset says nothing, as on Linux.
    /// </summary>
    public Task<Result<int>> WriteAsync(long offset, ReadOnlyMemory<byte> source) =>
        !IsWritable ? Task.FromResult<Result<int>>(Errno.EBADF)
        : offset < 0 ? Task.FromResult<Result<int>>(Errno.EINVAL)
        : Flags.HasFlag(OpenFlags.Append) ? _fileSystem.AppendAsync(Inode, source)
        : _fileSystem.WriteAsync(Inode, offset, source);

    /// <summary>
    /// ftruncate(2): EINVAL if it was not opened to be written, then as <see cref="IFileSystem.TruncateAsync"/>, with the times
    /// set in any case.
    /// </summary>
    public Task<Errno> TruncateAsync(long size) =>
        IsWritable ? _fileSystem.TruncateAsync(Inode, size, setsTimes: true) : Task.FromResult(Errno.EINVAL);

    /// <summary>
    /// fallocate(2): EINVAL (negative, or empty), EBADF if it was not opened to be written, then as
    /// <see cref="IFileSystem.AllocateAsync"/>.
    /// </summary>
    public Task<Errno> AllocateAsync(long offset, long length) =>
        offset < 0 || length <= 0 ? Task.FromResult(Errno.EINVAL)
        : IsWritable ? _fileSystem.AllocateAsync(Inode, offset, length)
        : Task.FromResult(Errno.EBADF);

    /// <summary>fallocate(2) with FALLOC_FL_PUNCH_HOLE: errors as of <see cref="AllocateAsync"/>.</summary>
    public Task<Errno> PunchHoleAsync(long offset, long length) =>
        offset < 0 || length <= 0 ? Task.FromResult(Errno.EINVAL)
        : IsWritable ? _fileSystem.PunchHoleAsync(Inode, offset, length)
        : Task.FromResult(Errno.EBADF);

    /// <summary>lseek(2) with SEEK_DATA or SEEK_HOLE.</summary>
    public Task<Result<long>> SeekAsync(long offset, SeekTarget target) => _fileSystem.SeekAsync(Inode, offset, target);

    /// <summary>fstat(2).</summary>
    public Task<Result<InodeAttributes>> GetAttributesAsync() => _fileSystem.GetAttributesAsync(Inode);

    /// <summary>fchmod(2), fchown(2), futimens(3).</summary>
    public Task<Result<InodeAttributes>> SetAttributesAsync(AttributeChange change) =>
        _fileSystem.SetAttributesAsync(Inode, change);

    /// <summary>fgetxattr(2), as <see cref="PathOperations.GetExtendedAttributeAsync"/>.</summary>
    public async Task<Result<byte[]>> GetExtendedAttributeAsync(string name)
    {
        Result<byte[]> bytes = Encode(name);
        return bytes.IsOk ? await _fileSystem.GetExtendedAttributeAsync(Inode, bytes.Value) : bytes.Error;
    }

    /// <summary>flistxattr(2).</summary>
    public Task<Result<IReadOnlyList<string>>> ListExtendedAttributesAsync() => PathOperations.ListAsync(_fileSystem, Inode);

    /// <summary>fsetxattr(2), as <see cref="PathOperations.SetExtendedAttributeAsync"/>.</summary>
    public async Task<Errno> SetExtendedAttributeAsync(
        string name, ReadOnlyMemory<byte> value, AttributeMode mode = AttributeMode.Set)
    {
        Result<byte[]> bytes = Encode(name, value.Length);
        return bytes.IsOk ? await _fileSystem.SetExtendedAttributeAsync(Inode, bytes.Value, value, mode) : bytes.Error;
    }

    /// <summary>fremovexattr(2), as <see cref="PathOperations.RemoveExtendedAttributeAsync"/>.</summary>
    public async Task<Errno> RemoveExtendedAttributeAsync(string name)
    {
        Result<byte[]> bytes = Encode(name);
        return bytes.IsOk ? await _fileSystem.RemoveExtendedAttributeAsync(Inode, bytes.Value) : bytes.Error;
    }

    /// <summary>All entries of a directory: as <see cref="PathOperations.ReadDirectoryAsync"/>.</summary>
    public Task<Result<IReadOnlyList<DirectoryEntry>>> ReadDirectoryAsync(int atATime = 4096) =>
        _fileSystem.ReadDirectoryInPartsAsync(Inode, atATime);

    /// <summary>getdents(2): some entries of a directory, in the order of their places, as <see cref="IFileSystem.ReadDirectoryAsync"/>.</summary>
    public Task<Result<IReadOnlyList<DirectoryEntry>>> ReadDirectoryAsync(EntryPosition after, int atMost) =>
        _fileSystem.ReadDirectoryAsync(Inode, after, atMost);

    /// <summary>fsync(2).</summary>
    public Task<Errno> SyncAsync() => _fileSystem.SyncAsync(Inode);

    /// <summary>close(2): nothing is done by it afterwards. Without a name, and with no one else who has it open, it is gone.</summary>
    public Task CloseAsync()
    {
        Invariant.Require(!_isClosed, "a file is closed once");
        _isClosed = true;
        return _fileSystem.CloseAsync(Inode);
    }

    /// <summary>What is open is a file or a directory: both may have any attributes.</summary>
    private static Result<byte[]> Encode(string name, int valueLength = 0)
    {
        Errno objection = AttributeNames.Objection(name, valueLength);
        return objection == Errno.OK ? AttributeNames.Encode(name, FileType.Regular, changes: false) : objection;
    }
}
