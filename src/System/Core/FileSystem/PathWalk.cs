/*
 * Paths above IFileSystem, as Linux walks them (path_resolution(7)): components are separated by one or more slashes;
 * every component but the last must be a directory; "." and ".." are looked up like any name, and the root's parent is
 * the root; a slash at the end asks for a directory. A path that does not begin with a slash starts at the root too.
 */

using System.Text;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Finds inodes by path.</summary>
/// <remarks>Holds nothing but the file system: as safe to share as that is.</remarks>
public sealed class PathWalk(IFileSystem fileSystem)
{
    /// <summary>Bytes of a path, the C string's ending zero counted: <c>PATH_MAX</c>.</summary>
    public const int MaxLength = 4096;

    /// <summary>
    /// The attributes of what a path leads to: ENOENT (an empty path too), ENAMETOOLONG (a path of
    /// <see cref="MaxLength"/> bytes or more, or a name), ENOTDIR, EINVAL (a NUL).
    /// </summary>
    public async Task<Result<InodeAttributes>> ResolveAsync(string path)
    {
        Result<LastComponent> last = await FindLastAsync(path);
        return last.IsOk ? await ResolveAsync(last.Value) : last.Error;
    }

    /// <summary>What the last component leads to: ENOENT, ENAMETOOLONG; ENOTDIR for a file with a slash behind.</summary>
    internal async Task<Result<InodeAttributes>> ResolveAsync(LastComponent last)
    {
        if (last.Kind == ComponentKind.Root)
            return await fileSystem.GetAttributesAsync(fileSystem.Root);
        Result<InodeAttributes> found = await fileSystem.LookupAsync(last.Directory, last.Name);
        return found.IsOk && last.WantsDirectory && found.Value.Type != FileType.Directory ? Errno.ENOTDIR : found;
    }

    /// <summary>
    /// Walks all but the last component, which itself is not looked up: ENOENT, ENAMETOOLONG, ENOTDIR, EINVAL.
    /// </summary>
    internal async Task<Result<LastComponent>> FindLastAsync(string path)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        if (bytes.Length == 0)
            return Errno.ENOENT;
        if (bytes.Length >= MaxLength)
            return Errno.ENAMETOOLONG;
        if (bytes.Contains((byte)0))
            return Errno.EINVAL;

        InodeNumber directory = fileSystem.Root;
        var walked = new FileName([]);
        int at = 0;
        while (TryNextName(bytes, ref at, out FileName name))
        {
            if (walked.Length > 0)
            {
                Result<InodeAttributes> found = await fileSystem.LookupAsync(directory, walked);
                if (!found.IsOk)
                    return found.Error;
                if (found.Value.Type != FileType.Directory)
                    return Errno.ENOTDIR;
                directory = found.Value.Inode;
            }

            walked = name;
        }

        return new LastComponent(directory, walked, WantsDirectory: bytes[^1] == (byte)'/');
    }

    /// <summary>Cuts the name that begins at or after <paramref name="at"/>; false if only slashes are left.</summary>
    private static bool TryNextName(ReadOnlySpan<byte> path, ref int at, out FileName name)
    {
        while (at < path.Length && path[at] == (byte)'/')
            at++;
        int start = at;
        while (at < path.Length && path[at] != (byte)'/')
            at++;
        name = new FileName(path[start..at]);
        return at > start;
    }
}

/// <summary>The last component of a path, not looked up.</summary>
/// <param name="Directory">The directory that it is to be looked up in.</param>
/// <param name="Name">Empty where the path is only slashes: the root.</param>
/// <param name="WantsDirectory">A slash follows.</param>
internal readonly record struct LastComponent(InodeNumber Directory, FileName Name, bool WantsDirectory)
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
