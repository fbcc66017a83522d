using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Reference;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Tests.Reference.Kernel;

/// <summary>
/// A new folder on a file system of this machine, taken for the root of one: the kernel does there what the reference is
/// asked to do. Gone when disposed of, with all that is in it.
/// </summary>
/// <remarks>
/// A path must not climb above the folder. The target of a symbolic link that begins with a slash begins at the folder: the
/// kernel is given, and gives, the longer one.
/// </remarks>
internal sealed class KernelFolder : IDisposable
{
    private readonly string _root;
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <param name="parent">The folder to make it in.</param>
    public KernelFolder(string parent)
    {
        _root = Path.Combine(parent, $"raid5verify-{Guid.NewGuid():N}");
        LinuxCalls.SetUsualMask();
        Directory.CreateDirectory(_root);
    }

    /// <summary>
    /// Whether this file system keeps extended attributes of all namespaces, and lets this process set them: tmpfs keeps those of
    /// users from Linux 6.6 on.
    /// </summary>
    public bool KeepsAttributes => new[] { "user.x", "trusted.x", "security.x" }.All(
        name => LinuxCalls.SetAttribute(new FolderPath(_root), name, [1], AttributeMode.Set) == Errno.OK
            && LinuxCalls.RemoveAttribute(new FolderPath(_root), name) == Errno.OK);

    /// <summary>Whether somebody who is not the superuser gets here at all.</summary>
    public bool IsOpenToAll => LinuxCalls.Access(new FolderPath(_root), 1000, 1000, AccessModes.Read) == Errno.OK;

    public Answer Apply(FileOperation operation) => operation switch
    {
        Open open => new Answer(Open(open)),
        Close close => new Answer(Close(close.Name)),
        Read { Path: var name } read when OpenName.Is(name) => Answer.Of(OnOpen(
            name, file => LinuxCalls.ReadBytes(file, read.At.Bytes, (int)read.Length!.Value.Bytes))),
        Write { Path: var name } write when OpenName.Is(name) => Answer.Of(OnOpen(
            name, file => LinuxCalls.Write(file, write.At.Bytes, write.Content()))),
        Truncate { Path: var name } truncate when OpenName.Is(name) => new Answer(OnOpen<bool>(
            name, file => Flag(LinuxCalls.Truncate(file, truncate.Size.Bytes))).Error),
        Fallocate allocate => new Answer(OnOpen<bool>(
            allocate.Name, file => Flag(LinuxCalls.Allocate(file, allocate.At.Bytes, allocate.Length.Bytes))).Error),
        PunchHole punch => new Answer(OnOpen<bool>(
            punch.Name, file => Flag(LinuxCalls.PunchHole(file, punch.At.Bytes, punch.Length.Bytes))).Error),
        Seek seek => Seek.Of(OnOpen(seek.Name, file => LinuxCalls.Seek(file, seek.At.Bytes, seek.For))),
        { } asked when NameIn(asked) is { } name && !_open.ContainsKey(name) => new Answer(Errno.EBADF),
        Create create => new Answer(LinuxCalls.WithOpen<bool>(
            Of(create.Path), LinuxCalls.WriteOnly | LinuxCalls.Create | LinuxCalls.Exclusive, static _ => true, create.Mode).Error),
        Mkdir mkdir => new Answer(LinuxCalls.MakeDirectory(Of(mkdir.Path), mkdir.Mode)),
        Mknod mknod => new Answer(LinuxCalls.MakeNode(Of(mknod.Path), mknod.Type, mknod.Mode, mknod.Device)),
        Chmod chmod => new Answer(LinuxCalls.ChangeMode(Of(chmod.Path), chmod.Mode)),
        Chown chown => new Answer(LinuxCalls.ChangeOwner(Of(chown.Path), chown.User, chown.Group, follow: !chown.Link)),
        Utimens utimens => new Answer(
            LinuxCalls.SetTimes(Of(utimens.Path), utimens.Access, utimens.Modify, follow: !utimens.Link)),
        Setxattr set => new Answer(LinuxCalls.SetAttribute(Of(set.Path), set.Name, set.Bytes, set.Mode)),
        Getxattr get => Answer.Of(LinuxCalls.GetAttribute(Of(get.Path), get.Name)),
        Listxattr list => Answer.OfNames(LinuxCalls.ListAttributes(Of(list.Path))),
        Removexattr remove => new Answer(LinuxCalls.RemoveAttribute(Of(remove.Path), remove.Name)),
        Unlink unlink => new Answer(LinuxCalls.Unlink(Of(unlink.Path))),
        Rmdir rmdir => new Answer(LinuxCalls.RemoveDirectory(Of(rmdir.Path))),
        Rename rename => new Answer(LinuxCalls.Rename(Of(rename.Path), Of(rename.To), rename.Mode)),
        Link link => new Answer(LinuxCalls.Link(Of(link.Path), Of(link.To))),
        Symlink symlink => new Answer(LinuxCalls.MakeSymbolicLink(
            symlink.Target.StartsWith('/') ? Of(symlink.Target).Text : symlink.Target, Of(symlink.Path))),
        Readlink readlink => Answer.OfTarget(ReadLink(Of(readlink.Path))),
        Truncate truncate => new Answer(LinuxCalls.Truncate(Of(truncate.Path), truncate.Size.Bytes)),
        Read read => Answer.Of(Read(Of(read.Path), read.At.Bytes, (int)read.Length!.Value.Bytes)),
        Write write => Answer.Of(LinuxCalls.WithOpen(
            Of(write.Path), LinuxCalls.WriteOnly, file => LinuxCalls.Write(file, write.At.Bytes, write.Content()))),
        Stat stat => Answer.Of(LinuxCalls.GetAttributes(Of(stat.Path))),
        Lstat lstat => Answer.Of(GetLinkAttributes(Of(lstat.Path))),
        Access access => new Answer(LinuxCalls.Access(Of(access.Path), access.User, access.Group, access.For)),
        Samefile same => Samefile.Of(
            LinuxCalls.GetAttributes(Of(same.Path), follow: false), LinuxCalls.GetAttributes(Of(same.Other), follow: false)),
        Readdir readdir => Answer.Of(ReadDirectory(Of(readdir.Path))),
        Fsync fsync => new Answer(LinuxCalls.WithOpen(
            Of(fsync.Path), LinuxCalls.ReadOnly, file => Flag(LinuxCalls.Sync(file))).Error),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "the kernel is not asked this"),
    };

    public void Dispose()
    {
        foreach (int descriptor in _open.Values)
        {
            LinuxCalls.CloseFile(descriptor);
        }

        Directory.Delete(_root, recursive: true);
    }

    /// <summary>What of a special file its driver would answer, the file system answers: it has none.</summary>
    private Errno Open(Open open)
    {
        Result<int> descriptor = LinuxCalls.Open(Of(open.Path), LinuxCalls.FlagsOf(open.Flags), open.Mode);
        if (!descriptor.IsOk)
        {
            return descriptor.Error;
        }

        if (LinuxCalls.GetAttributes(PathOf(descriptor.Value)).Value.Type is not (FileType.Regular or FileType.Directory))
        {
            LinuxCalls.CloseFile(descriptor.Value);
            return Errno.ENXIO;
        }

        Close(open.As);
        _open.Add(open.As, descriptor.Value);
        return Errno.OK;
    }

    private static FolderPath PathOf(int descriptor) => new($"/proc/self/fd/{descriptor}");

    private Errno Close(string name)
    {
        if (!_open.Remove(name, out int descriptor))
        {
            return Errno.EBADF;
        }

        LinuxCalls.CloseFile(descriptor);
        return Errno.OK;
    }

    private Result<T> OnOpen<T>(string name, Func<int, Result<T>> body) =>
        _open.TryGetValue(name, out int descriptor) ? body(descriptor) : Errno.EBADF;

    /// <summary>The name of the open file that an operation is done to, whatever that is; null if it is done by path.</summary>
    private static string? NameIn(FileOperation operation)
    {
        string? path = operation switch
        {
            Stat stat => stat.Path,
            Readdir readdir => readdir.Path,
            Fsync fsync => fsync.Path,
            Chmod chmod => chmod.Path,
            Chown { Link: false } chown => chown.Path,
            Setxattr set => set.Path,
            Getxattr get => get.Path,
            Listxattr list => list.Path,
            Removexattr remove => remove.Path,
            Utimens { Link: false, Changes: true } utimens => utimens.Path,
            _ => null,
        };
        return path is not null && OpenName.Is(path) ? path : null;
    }

    private Result<byte[]> ReadLink(FolderPath path)
    {
        Result<byte[]> target = LinuxCalls.ReadSymbolicLink(path);
        byte[] root = Encoding.UTF8.GetBytes(_root);
        return target.IsOk && target.Value.AsSpan().StartsWith(root) ? target.Value[root.Length..] : target;
    }

    private Result<InodeAttributes> GetLinkAttributes(FolderPath path)
    {
        Result<InodeAttributes> found = LinuxCalls.GetAttributes(path, follow: false);
        return found is { IsOk: true, Value: { Type: FileType.SymbolicLink } link }
            ? link with { Size = ReadLink(path).Value.Length }
            : found;
    }

    private static Result<bool> Flag(Errno error) => error == Errno.OK ? true : error;

    private static Result<byte[]> Read(FolderPath path, long offset, int length) =>
        LinuxCalls.WithOpen(path, LinuxCalls.ReadOnly, file => LinuxCalls.ReadBytes(file, offset, length));

    /// <summary>The types are asked for entry by entry: not every file system tells them with the names.</summary>
    private static Result<IReadOnlyList<DirectoryEntry>> ReadDirectory(FolderPath path)
    {
        Result<List<FileName>> names = LinuxCalls.ReadDirectory(path);
        return names.IsOk ? names.Value.ConvertAll(name => Entry(path, name)) : names.Error;
    }

    private static DirectoryEntry Entry(FolderPath directory, FileName name)
    {
        InodeAttributes found = LinuxCalls.GetAttributes(directory.Below(name), follow: false).Value;
        return new DirectoryEntry(name, found.Inode, found.Type);
    }

    /// <summary>
    /// An empty path stays empty: it names nothing, and not the folder. What is open has a path in <c>/proc</c> that leads to it,
    /// with a name or without.
    /// </summary>
    private FolderPath Of(string path) => new(
        path.Length == 0 ? path
        : OpenName.Is(path) && _open.TryGetValue(path, out int descriptor) ? PathOf(descriptor).Text
        : _root + path);
}
