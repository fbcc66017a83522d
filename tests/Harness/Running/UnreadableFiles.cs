using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Verify.Tests.Running;

/// <summary>A file system with one file, <c>/f</c> of 10 bytes, whose bytes cannot be read.</summary>
internal sealed class UnreadableFiles : IFileSystem
{
    private static readonly InodeNumber File = new(2);

    public InodeNumber Root => new(1);

    public Task<Result<InodeAttributes>> LookupAsync(InodeNumber directory, FileName name) => GetAttributesAsync(File);

    public Task<Errno> AccessAsync(InodeNumber inode, Credentials who, AccessModes wanted) => Task.FromResult(Errno.EIO);

    public Task<Result<InodeAttributes>> GetAttributesAsync(InodeNumber inode) => Task.FromResult<Result<InodeAttributes>>(
        inode == File
            ? new InodeAttributes(File, FileType.Regular, 1, 10) { Owner = new(Permissions.OfFile) }
            : new InodeAttributes(Root, FileType.Directory, 2, 0) { Owner = new(Permissions.OfDirectory) });

    public Task<Result<IReadOnlyList<DirectoryEntry>>> ReadDirectoryAsync(
        InodeNumber directory, EntryPosition after = default, int atMost = int.MaxValue) =>
        Task.FromResult<Result<IReadOnlyList<DirectoryEntry>>>((DirectoryEntry[])
        [
            .. new DirectoryEntry[]
            {
                new(new FileName("."), Root, FileType.Directory) { Position = EntryPosition.OfDot },
                new(new FileName(".."), Root, FileType.Directory) { Position = EntryPosition.OfDotDot },
                new(new FileName("f"), File, FileType.Regular) { Position = new(3) },
            }.Where(entry => entry.Position > after).Take(atMost),
        ]);

    public Task<Result<int>> ReadAsync(InodeNumber inode, long offset, Memory<byte> destination) => Refuse<int>();

    public Task<Result<InodeAttributes>> SetAttributesAsync(InodeNumber inode, AttributeChange change) => Refuse<InodeAttributes>();

    public Task<Result<InodeAttributes>> CreateAsync(InodeNumber directory, FileName name, Ownership? owner = null) => Refuse<InodeAttributes>();

    public Task<Result<InodeAttributes>> MakeNodeAsync(
        InodeNumber directory, FileName name, FileType type, DeviceNumber device = default, Ownership? owner = null) => Refuse<InodeAttributes>();

    public Task<Result<InodeAttributes>> MakeDirectoryAsync(InodeNumber directory, FileName name, Ownership? owner = null) =>
        Refuse<InodeAttributes>();

    public Task<Result<InodeAttributes>> MakeSymbolicLinkAsync(
        InodeNumber directory, FileName name, ReadOnlyMemory<byte> target, Ownership? owner = null) => Refuse<InodeAttributes>();

    public Task<Result<byte[]>> ReadSymbolicLinkAsync(InodeNumber inode) => Refuse<byte[]>();

    public Task<Result<InodeAttributes>> LinkAsync(InodeNumber inode, InodeNumber directory, FileName name) => Refuse<InodeAttributes>();

    public Task<Result<int>> WriteAsync(InodeNumber inode, long offset, ReadOnlyMemory<byte> source) => Refuse<int>();

    public Task<Result<byte[]>> GetExtendedAttributeAsync(InodeNumber inode, ReadOnlyMemory<byte> name) => Refuse<byte[]>();

    public Task<Result<IReadOnlyList<byte[]>>> ListExtendedAttributesAsync(InodeNumber inode) =>
        Task.FromResult<Result<IReadOnlyList<byte[]>>>(Array.Empty<byte[]>());

    public Task<Errno> SetExtendedAttributeAsync(
        InodeNumber inode, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value, AttributeMode mode = AttributeMode.Set) =>
        Task.FromResult(Errno.EIO);

    public Task<Errno> RemoveExtendedAttributeAsync(InodeNumber inode, ReadOnlyMemory<byte> name) => Task.FromResult(Errno.EIO);

    public Task<Errno> AllocateAsync(InodeNumber inode, long offset, long length) => Task.FromResult(Errno.EIO);

    public Task<Errno> PunchHoleAsync(InodeNumber inode, long offset, long length) => Task.FromResult(Errno.EIO);

    public Task<Result<long>> SeekAsync(InodeNumber inode, long offset, SeekTarget target) => Refuse<long>();

    public Task<Result<int>> AppendAsync(InodeNumber inode, ReadOnlyMemory<byte> source) => Refuse<int>();

    public Task<Errno> OpenAsync(InodeNumber inode) => Task.FromResult(Errno.EIO);

    public Task CloseAsync(InodeNumber inode) => Task.CompletedTask;

    public Task<Errno> TruncateAsync(InodeNumber inode, long size, bool setsTimes = false) => Task.FromResult(Errno.EIO);

    public Task<Errno> UnlinkAsync(InodeNumber directory, FileName name) => Task.FromResult(Errno.EIO);

    public Task<Errno> RemoveDirectoryAsync(InodeNumber directory, FileName name) => Task.FromResult(Errno.EIO);

    public Task<Errno> RenameAsync(
        InodeNumber fromDirectory, FileName from, InodeNumber toDirectory, FileName to, RenameMode mode = RenameMode.Replace) =>
        Task.FromResult(Errno.EIO);

    public Task<Errno> SyncAsync(InodeNumber inode) => Task.FromResult(Errno.EIO);

    public Task<Result<FileSystemStatistics>> GetStatisticsAsync() => Refuse<FileSystemStatistics>();

    private static Task<Result<T>> Refuse<T>() => Task.FromResult<Result<T>>(Errno.EIO);
}
