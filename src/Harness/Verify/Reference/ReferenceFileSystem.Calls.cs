using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Verify.Reference;

/// <content>The calls of <see cref="IFileSystem"/>, so that the same tests can drive the reference and the system.</content>
public sealed partial class ReferenceFileSystem : IFileSystem
{
    Task<Result<InodeAttributes>> IFileSystem.LookupAsync(InodeNumber directory, FileName name) =>
        Task.FromResult(Lookup(directory, name));

    Task<Result<InodeAttributes>> IFileSystem.GetAttributesAsync(InodeNumber inode) =>
        Task.FromResult(GetAttributes(inode));

    Task<Errno> IFileSystem.AccessAsync(InodeNumber inode, Credentials who, AccessModes wanted)
    {
        Result<InodeAttributes> found = GetAttributes(inode);
        return Task.FromResult(
            !found.IsOk ? found.Error
            : (int)wanted is < 0 or > 7 ? Errno.EINVAL
            : ReferencePaths.MayBe(found.Value, who.User, [who.Group, .. who.OtherGroups], wanted) ? Errno.OK
            : Errno.EACCES);
    }

    Task<Result<InodeAttributes>> IFileSystem.SetAttributesAsync(InodeNumber inode, AttributeChange change) =>
        Task.FromResult(SetAttributes(inode, change));

    Task<Result<byte[]>> IFileSystem.GetExtendedAttributeAsync(InodeNumber inode, ReadOnlyMemory<byte> name) =>
        Task.FromResult(GetExtendedAttribute(inode, Encoding.UTF8.GetString(name.Span)));

    Task<Result<IReadOnlyList<byte[]>>> IFileSystem.ListExtendedAttributesAsync(InodeNumber inode)
    {
        Result<IReadOnlyList<string>> names = ListExtendedAttributes(inode);
        return Task.FromResult<Result<IReadOnlyList<byte[]>>>(
            names.IsOk ? names.Value.Select(Encoding.UTF8.GetBytes).ToList() : names.Error);
    }

    Task<Errno> IFileSystem.SetExtendedAttributeAsync(
        InodeNumber inode, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value, AttributeMode mode) =>
        Task.FromResult(SetExtendedAttribute(inode, Encoding.UTF8.GetString(name.Span), value.ToArray(), mode));

    Task<Errno> IFileSystem.RemoveExtendedAttributeAsync(InodeNumber inode, ReadOnlyMemory<byte> name) =>
        Task.FromResult(RemoveExtendedAttribute(inode, Encoding.UTF8.GetString(name.Span)));

    Task<Result<InodeAttributes>> IFileSystem.CreateAsync(InodeNumber directory, FileName name, Ownership? owner) =>
        Task.FromResult(Create(directory, name, owner));

    Task<Result<InodeAttributes>> IFileSystem.MakeNodeAsync(
        InodeNumber directory, FileName name, FileType type, DeviceNumber device, Ownership? owner) =>
        Task.FromResult(MakeNode(directory, name, type, device, owner));

    Task<Result<InodeAttributes>> IFileSystem.MakeDirectoryAsync(InodeNumber directory, FileName name, Ownership? owner) =>
        Task.FromResult(MakeDirectory(directory, name, owner));

    Task<Result<InodeAttributes>> IFileSystem.MakeSymbolicLinkAsync(
        InodeNumber directory, FileName name, ReadOnlyMemory<byte> target, Ownership? owner) =>
        Task.FromResult(MakeSymbolicLink(directory, name, target.Span, owner));

    Task<Result<byte[]>> IFileSystem.ReadSymbolicLinkAsync(InodeNumber inode) => Task.FromResult(ReadSymbolicLink(inode));

    Task<Result<InodeAttributes>> IFileSystem.LinkAsync(InodeNumber inode, InodeNumber directory, FileName name) =>
        Task.FromResult(Link(inode, directory, name));

    Task<Result<int>> IFileSystem.ReadAsync(InodeNumber inode, long offset, Memory<byte> destination) =>
        Task.FromResult(Read(inode, offset, destination.Span));

    Task<Result<int>> IFileSystem.WriteAsync(InodeNumber inode, long offset, ReadOnlyMemory<byte> source) =>
        Task.FromResult(Write(inode, offset, source.Span));

    Task<Result<int>> IFileSystem.AppendAsync(InodeNumber inode, ReadOnlyMemory<byte> source) =>
        Task.FromResult(Append(inode, source.Span));

    Task<Errno> IFileSystem.TruncateAsync(InodeNumber inode, long size, bool setsTimes) =>
        Task.FromResult(Truncate(inode, size, setsTimes));

    Task<Errno> IFileSystem.AllocateAsync(InodeNumber inode, long offset, long length) =>
        Task.FromResult(Allocate(inode, offset, length));

    Task<Errno> IFileSystem.PunchHoleAsync(InodeNumber inode, long offset, long length) =>
        Task.FromResult(PunchHole(inode, offset, length));

    Task<Result<long>> IFileSystem.SeekAsync(InodeNumber inode, long offset, SeekTarget target) =>
        Task.FromResult(Seek(inode, offset, target));

    Task<Errno> IFileSystem.OpenAsync(InodeNumber inode) => Task.FromResult(Open(inode));

    Task IFileSystem.CloseAsync(InodeNumber inode)
    {
        Close(inode);
        return Task.CompletedTask;
    }

    Task<Errno> IFileSystem.UnlinkAsync(InodeNumber directory, FileName name) =>
        Task.FromResult(Unlink(directory, name));

    Task<Errno> IFileSystem.RemoveDirectoryAsync(InodeNumber directory, FileName name) =>
        Task.FromResult(RemoveDirectory(directory, name));

    Task<Errno> IFileSystem.RenameAsync(
        InodeNumber fromDirectory, FileName from, InodeNumber toDirectory, FileName to, RenameMode mode) =>
        Task.FromResult(Rename(fromDirectory, from, toDirectory, to, mode));

    Task<Result<IReadOnlyList<DirectoryEntry>>> IFileSystem.ReadDirectoryAsync(
        InodeNumber directory, EntryPosition after, int atMost)
    {
        Result<IReadOnlyList<DirectoryEntry>> all = ReadDirectory(directory);
        return Task.FromResult<Result<IReadOnlyList<DirectoryEntry>>>(!all.IsOk ? all.Error : (DirectoryEntry[])
        [
            .. all.Value.Where(entry => entry.Position > after).OrderBy(entry => entry.Position).Take(atMost),
        ]);
    }

    Task<Errno> IFileSystem.SyncAsync(InodeNumber inode) => Task.FromResult(Sync(inode));

    Task<Result<FileSystemStatistics>> IFileSystem.GetStatisticsAsync() =>
        Task.FromResult<Result<FileSystemStatistics>>(Statistics);
}
