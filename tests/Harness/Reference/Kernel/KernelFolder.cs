using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
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

    /// <param name="parent">The folder to make it in.</param>
    public KernelFolder(string parent)
    {
        _root = Path.Combine(parent, $"raid5verify-{Guid.NewGuid():N}");
        LinuxCalls.SetUsualMask();
        Directory.CreateDirectory(_root);
    }

    public Answer Apply(FileOperation operation) => operation switch
    {
        Create create => new Answer(LinuxCalls.WithOpen<bool>(
            Of(create.Path), LinuxCalls.WriteOnly | LinuxCalls.Create | LinuxCalls.Exclusive, static _ => true, create.Mode).Error),
        Mkdir mkdir => new Answer(LinuxCalls.MakeDirectory(Of(mkdir.Path), mkdir.Mode)),
        Mknod mknod => new Answer(LinuxCalls.MakeNode(Of(mknod.Path), mknod.Type, mknod.Mode, mknod.Device)),
        Chmod chmod => new Answer(LinuxCalls.ChangeMode(Of(chmod.Path), chmod.Mode)),
        Chown chown => new Answer(LinuxCalls.ChangeOwner(Of(chown.Path), chown.User, chown.Group, follow: !chown.Link)),
        Utimens utimens => new Answer(
            LinuxCalls.SetTimes(Of(utimens.Path), utimens.Access, utimens.Modify, follow: !utimens.Link)),
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
        Samefile same => Samefile.Of(
            LinuxCalls.GetAttributes(Of(same.Path), follow: false), LinuxCalls.GetAttributes(Of(same.Other), follow: false)),
        Readdir readdir => Answer.Of(ReadDirectory(Of(readdir.Path))),
        Fsync fsync => new Answer(LinuxCalls.WithOpen(
            Of(fsync.Path), LinuxCalls.ReadOnly, file => Flag(LinuxCalls.Sync(file))).Error),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "the kernel is not asked this"),
    };

    public void Dispose() => Directory.Delete(_root, recursive: true);

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
        LinuxCalls.WithOpen(path, LinuxCalls.ReadOnly, Result<byte[]> (file) =>
        {
            byte[] bytes = new byte[length];
            Result<int> count = LinuxCalls.Read(file, offset, bytes);
            return count.IsOk ? bytes[..count.Value] : count.Error;
        });

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

    /// <summary>An empty path stays empty: it names nothing, and not the folder.</summary>
    private FolderPath Of(string path) => new(path.Length == 0 ? path : _root + path);
}
