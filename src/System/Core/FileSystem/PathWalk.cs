/*
 * Paths above IFileSystem, as Linux walks them (path_resolution(7)): components are separated by one or more slashes;
 * every component but the last must be a directory; "." and ".." are looked up like any name, and the root's parent is
 * the root; a slash at the end asks for a directory. A path that does not begin with a slash starts at the root too.
 *
 * A symbolic link on the way is followed: its target takes its place in the path, and the walk goes on from the link's
 * directory, or from the root. At the end of a path it is followed where the call says so, or a slash does.
 */

using System.Text;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Finds inodes by path.</summary>
/// <remarks>Holds nothing but the file system: as safe to share as that is.</remarks>
/// <param name="fileSystem">Where.</param>
/// <param name="who">Who must be permitted to search each directory in which a name is looked up: EACCES. Null for anybody.</param>
public sealed class PathWalk(IFileSystem fileSystem, Credentials? who = null)
{
    /// <summary>Bytes of a path, the C string's ending zero counted: <c>PATH_MAX</c>.</summary>
    public const int MaxLength = 4096;

    /// <summary>Symbolic links that one walk follows: the next is ELOOP.</summary>
    public const int MaxLinks = 40;

    private const byte Slash = (byte)'/';

    /// <summary>
    /// The attributes of what a path leads to: ENOENT (an empty path too), ENAMETOOLONG (a path of
    /// <see cref="MaxLength"/> bytes or more, or a name), ENOTDIR, EINVAL (a NUL), ELOOP.
    /// </summary>
    /// <param name="path">The path.</param>
    /// <param name="follow">Where it ends at a symbolic link: what that leads to, not the link itself.</param>
    public async Task<Result<InodeAttributes>> ResolveAsync(string path, bool follow = true)
    {
        Result<LastComponent> last = await FindLastAsync(path);
        return last.IsOk ? await ResolveAsync(last.Value, follow) : last.Error;
    }

    /// <summary>
    /// Walks all but the last component, which itself is not looked up: ENOENT, ENAMETOOLONG, ENOTDIR, EINVAL, ELOOP.
    /// </summary>
    internal async Task<Result<LastComponent>> FindLastAsync(string path)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        Errno error = Objection(bytes);
        return error == Errno.OK ? await WalkAsync(fileSystem.Root, bytes, links: 0) : error;
    }

    /// <summary>
    /// Walks the target of a symbolic link that a last component is, all but its own last component: EIO, and as
    /// <see cref="FindLastAsync"/>.
    /// </summary>
    internal async Task<Result<LastComponent>> FollowLastAsync(LastComponent last, InodeNumber link)
    {
        Result<byte[]> target = await FollowAsync(link, last.Links);
        if (!target.IsOk)
            return target.Error;
        Result<LastComponent> next = await WalkAsync(last.Directory, target.Value, last.Links + 1);
        return next.IsOk
            ? next.Value with { WantsDirectory = next.Value.WantsDirectory || last.WantsDirectory }
            : next;
    }

    /// <summary>Why no path has these bytes: EINVAL, ENOENT, ENAMETOOLONG; OK where one may.</summary>
    internal static Errno Objection(ReadOnlySpan<byte> path) =>
        path.IsEmpty ? Errno.ENOENT
        : path.Length >= MaxLength ? Errno.ENAMETOOLONG
        : path.Contains((byte)0) ? Errno.EINVAL
        : Errno.OK;

    /// <summary>What a last component leads to, with or without following it.</summary>
    private async Task<Result<InodeAttributes>> ResolveAsync(LastComponent last, bool follow)
    {
        while (true)
        {
            if (last.Kind == ComponentKind.Root)
                return await fileSystem.GetAttributesAsync(fileSystem.Root);
            Result<InodeAttributes> found = await fileSystem.LookupAsync(last.Directory, last.Name);
            if (!found.IsOk)
                return found;
            follow |= last.WantsDirectory;
            if (found.Value.Type != FileType.SymbolicLink || !follow)
                return last.WantsDirectory && found.Value.Type != FileType.Directory ? Errno.ENOTDIR : found;

            Result<LastComponent> next = await FollowLastAsync(last, found.Value.Inode);
            if (!next.IsOk)
                return next.Error;
            last = next.Value;
        }
    }

    /// <param name="directory">Where a path begins that does not begin with a slash.</param>
    /// <param name="path">At least one byte.</param>
    /// <param name="links">Symbolic links followed so far.</param>
    private async Task<Result<LastComponent>> WalkAsync(InodeNumber directory, ReadOnlyMemory<byte> path, int links)
    {
        while (true)
        {
            if (path.Span[0] == Slash)
                directory = fileSystem.Root;
            (FileName name, ReadOnlyMemory<byte> rest) = Split(path);
            if (who is not null && name.Length > 0)
            {
                Errno error = await fileSystem.AccessAsync(directory, who, AccessModes.Execute);
                if (error != Errno.OK)
                    return error;
            }

            ReadOnlyMemory<byte> below = rest.TrimStart(Slash);
            if (below.IsEmpty)
                return new LastComponent(directory, name, WantsDirectory: !rest.IsEmpty, links);

            Result<InodeAttributes> found = await fileSystem.LookupAsync(directory, name);
            if (!found.IsOk)
                return found.Error;
            switch (found.Value.Type)
            {
                case FileType.Directory:
                    directory = found.Value.Inode;
                    path = below;
                    break;
                case FileType.SymbolicLink:
                    Result<byte[]> target = await FollowAsync(found.Value.Inode, links++);
                    if (!target.IsOk)
                        return target.Error;
                    path = (byte[])[.. target.Value, .. rest.Span];
                    break;
                default:
                    return Errno.ENOTDIR;
            }
        }
    }

    private async Task<Result<byte[]>> FollowAsync(InodeNumber link, int links) =>
        links < MaxLinks ? await fileSystem.ReadSymbolicLinkAsync(link) : Errno.ELOOP;

    /// <summary>Cuts the first name off, which is empty where there are only slashes; what follows begins with a slash.</summary>
    private static (FileName Name, ReadOnlyMemory<byte> Behind) Split(ReadOnlyMemory<byte> path)
    {
        ReadOnlyMemory<byte> names = path.TrimStart(Slash);
        int length = names.Span.IndexOf(Slash);
        length = length < 0 ? names.Length : length;
        return (new FileName(names.Span[..length]), names[length..]);
    }
}

/// <summary>The last component of a path, not looked up.</summary>
/// <param name="Directory">The directory that it is to be looked up in.</param>
/// <param name="Name">Empty where the path is only slashes: the root.</param>
/// <param name="WantsDirectory">A slash follows.</param>
/// <param name="Links">Symbolic links followed on the way to it.</param>
internal readonly record struct LastComponent(InodeNumber Directory, FileName Name, bool WantsDirectory, int Links)
{
    public ComponentKind Kind =>
        Name.Length == 0 ? ComponentKind.Root
        : Name.IsDot ? ComponentKind.Dot
        : Name.IsDotDot ? ComponentKind.DotDot
        : ComponentKind.Name;
}

/// <summary>What a last component is: only a name can be created, removed or moved.</summary>
internal enum ComponentKind
{
    Name,
    Dot,
    DotDot,
    Root,
}
