using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Verify.Reference;

/*
 * Paths over the reference: what the system calls of the same names answer.
 *
 * Written apart from the system's path walk, and from the other end: a path is first taken apart into the folders
 * to go through and the last name, as the kernel's filename_parentat does, and every call then looks at the kind of
 * the last name (a name, ".", "..", or nothing but slashes) in the kernel's order. What a symbolic link stands for is found by
 * resolving its target as a path of its own.
 */

/// <summary>File operations by absolute path on the reference. Answers, errors included, are those of Linux.</summary>
public sealed class ReferencePaths(ReferenceFileSystem files)
{
    /// <summary>Bytes in the longest path; Linux counts the NUL at the end into its 4096.</summary>
    public const int MaxPathLength = 4095;

    /// <summary>Symbolic links that Linux follows in one path.</summary>
    public const int MaxLinks = 40;

    private enum Last
    {
        Name,
        Dot,
        DotDot,
        Root,
    }

    /// <summary>open(O_CREAT | O_EXCL).</summary>
    public Errno Create(string path, Ownership? owner = null)
    {
        Result<Place> place = Walk(path);
        return place switch
        {
            { IsOk: false } => place.Error,
            { Value.Kind: not Last.Name } => Errno.EEXIST,
            { Value.TrailingSlash: true } => Errno.EISDIR,
            _ => files.Create(place.Value.Folder, place.Value.Name, owner).Error,
        };
    }

    public Errno MakeDirectory(string path, Ownership? owner = null)
    {
        if (owner is { } asked)
        {
            // mkdir does not let its caller have these two bits.
            owner = asked with { Permissions = new Permissions((ushort)(asked.Permissions.Bits & 0b001_111_111_111)) };
        }

        Result<Place> place = Walk(path);
        return place switch
        {
            { IsOk: false } => place.Error,
            { Value.Kind: not Last.Name } => Errno.EEXIST,
            _ => files.MakeDirectory(place.Value.Folder, place.Value.Name, owner).Error,
        };
    }

    /// <summary>mknod.</summary>
    public Errno MakeNode(string path, FileType type, DeviceNumber device = default, Ownership? owner = null)
    {
        if (type is FileType.None or FileType.Directory or FileType.SymbolicLink)
        {
            return type == FileType.Directory ? Errno.EPERM : Errno.EINVAL;
        }

        Result<Place> place = FreePlace(path);
        return place.IsOk ? files.MakeNode(place.Value.Folder, place.Value.Name, type, device, owner).Error : place.Error;
    }

    /// <summary>chmod, chown, utimensat.</summary>
    public Errno SetAttributes(string path, AttributeChange change)
    {
        Result<InodeAttributes> found = Stat(path);
        return found.IsOk ? files.SetAttributes(found.Value.Inode, change).Error : found.Error;
    }

    /// <summary>lchown, utimensat(AT_SYMLINK_NOFOLLOW).</summary>
    public Errno SetLinkAttributes(string path, AttributeChange change)
    {
        Result<InodeAttributes> found = Lstat(path);
        return found.IsOk ? files.SetAttributes(found.Value.Inode, change).Error : found.Error;
    }

    public Errno Symlink(string target, string path)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(target);
        if (bytes.Length is 0 or > MaxPathLength)
        {
            return bytes.Length == 0 ? Errno.ENOENT : Errno.ENAMETOOLONG;
        }

        Result<Place> place = FreePlace(path);
        return place.IsOk ? files.MakeSymbolicLink(place.Value.Folder, place.Value.Name, bytes).Error : place.Error;
    }

    public Result<byte[]> Readlink(string path)
    {
        Result<InodeAttributes> link = Lstat(path);
        return link.IsOk ? files.ReadSymbolicLink(link.Value.Inode) : link.Error;
    }

    public Errno Link(string existing, string path)
    {
        Result<InodeAttributes> inode = Lstat(existing);
        if (!inode.IsOk)
        {
            return inode.Error;
        }

        Result<Place> place = FreePlace(path);
        return place.IsOk ? files.Link(inode.Value.Inode, place.Value.Folder, place.Value.Name).Error : place.Error;
    }

    public Errno Unlink(string path)
    {
        Result<Place> place = Walk(path);
        if (!place.IsOk)
        {
            return place.Error;
        }

        if (place.Value.Kind != Last.Name)
        {
            return Errno.EISDIR;
        }

        if (!place.Value.TrailingSlash)
        {
            return files.Unlink(place.Value.Folder, place.Value.Name);
        }

        Result<InodeAttributes> found = files.Lookup(place.Value.Folder, place.Value.Name);
        return !found.IsOk ? found.Error : found.Value.Type == FileType.Directory ? Errno.EISDIR : Errno.ENOTDIR;
    }

    public Errno RemoveDirectory(string path)
    {
        Result<Place> place = Walk(path);
        return place switch
        {
            { IsOk: false } => place.Error,
            { Value.Kind: Last.Root } => Errno.EBUSY,
            { Value.Kind: Last.Dot } => Errno.EINVAL,
            { Value.Kind: Last.DotDot } => Errno.ENOTEMPTY,
            _ => files.RemoveDirectory(place.Value.Folder, place.Value.Name),
        };
    }

    public Errno Rename(string from, string to, RenameMode mode = RenameMode.Replace)
    {
        Result<Place> source = Walk(from);
        if (!source.IsOk)
        {
            return source.Error;
        }

        Result<Place> target = Walk(to);
        if (!target.IsOk)
        {
            return target.Error;
        }

        if (source.Value.Kind != Last.Name || target.Value.Kind != Last.Name)
        {
            return source.Value.Kind == Last.Name && mode == RenameMode.NoReplace ? Errno.EEXIST : Errno.EBUSY;
        }

        Result<InodeAttributes> moved = files.Lookup(source.Value.Folder, source.Value.Name);
        Result<InodeAttributes> there = files.Lookup(target.Value.Folder, target.Value.Name);
        bool isDue = moved.IsOk && there.Error != Errno.ENAMETOOLONG && !(mode == RenameMode.NoReplace && there.IsOk);

        // What moves must be a directory if either path has a slash behind it; of two that are exchanged, each if it has one itself.
        bool isFile = moved.IsOk && moved.Value.Type != FileType.Directory;
        bool isWrong = mode == RenameMode.Exchange
            ? there.IsOk
                && ((source.Value.TrailingSlash && isFile)
                    || (target.Value.TrailingSlash && there.Value.Type != FileType.Directory))
            : isFile && (source.Value.TrailingSlash || target.Value.TrailingSlash);
        return isDue && isWrong
            ? Errno.ENOTDIR
            : files.Rename(source.Value.Folder, source.Value.Name, target.Value.Folder, target.Value.Name, mode);
    }

    public Result<InodeAttributes> Stat(string path) => Resolve(path, follow: true);

    /// <summary>As <see cref="Stat"/>, but of a symbolic link itself if the path ends there.</summary>
    public Result<InodeAttributes> Lstat(string path) => Resolve(path, follow: false);

    /// <summary>The times of what was found.</summary>
    public InodeTimes TimesOf(InodeAttributes found) => files.TimesOf(found.Inode);

    /// <summary>open, pread, close.</summary>
    public Result<byte[]> Read(string path, long offset, int length)
    {
        Result<InodeAttributes> file = Stat(path);
        if (!file.IsOk)
        {
            return file.Error;
        }

        byte[] bytes = new byte[Math.Clamp(file.Value.Size - offset, 0, length)];
        Result<int> count = files.Read(file.Value.Inode, offset, bytes);
        return count.IsOk ? bytes : count.Error;
    }

    /// <summary>open(O_WRONLY), pwrite, close.</summary>
    public Result<int> Write(string path, long offset, ReadOnlySpan<byte> source)
    {
        Result<InodeAttributes> file = Stat(path);
        return file.IsOk ? files.Write(file.Value.Inode, offset, source) : file.Error;
    }

    public Errno Truncate(string path, long size)
    {
        if (size < 0)
        {
            return Errno.EINVAL;
        }

        Result<InodeAttributes> file = Stat(path);
        return file.IsOk ? files.Truncate(file.Value.Inode, size) : file.Error;
    }

    public Result<IReadOnlyList<DirectoryEntry>> ReadDirectory(string path)
    {
        Result<InodeAttributes> directory = Stat(path);
        return directory.IsOk ? files.ReadDirectory(directory.Value.Inode) : directory.Error;
    }

    /// <summary>open, fsync, close.</summary>
    public Errno Sync(string path)
    {
        Result<InodeAttributes> found = Stat(path);
        return found.IsOk ? files.Sync(found.Value.Inode) : found.Error;
    }

    /// <summary>Where a call makes something that is no directory: of what has a slash behind it, it asks that it be there.</summary>
    private Result<Place> FreePlace(string path)
    {
        Result<Place> place = Walk(path);
        if (!place.IsOk)
        {
            return place.Error;
        }

        if (place.Value.Kind != Last.Name)
        {
            return Errno.EEXIST;
        }

        if (!place.Value.TrailingSlash)
        {
            return place;
        }

        Result<InodeAttributes> there = files.Lookup(place.Value.Folder, place.Value.Name);
        return there.IsOk ? Errno.EEXIST : there.Error;
    }

    private Result<InodeAttributes> Resolve(string path, bool follow)
    {
        int links = 0;
        Result<Place> place = Walk(path, files.Root, ref links);
        return place.IsOk ? Resolve(place.Value, follow, ref links) : place.Error;
    }

    /// <summary>What is at a place. Of a name with a slash behind it, what it leads to in the end, and that is a directory.</summary>
    private Result<InodeAttributes> Resolve(Place place, bool follow, ref int links)
    {
        Result<InodeAttributes> found = place.Kind switch
        {
            Last.Name => files.Lookup(place.Folder, place.Name),
            Last.DotDot => files.Lookup(place.Folder, new FileName("..")),
            _ => files.GetAttributes(place.Folder),
        };
        if (follow || place.TrailingSlash)
        {
            found = Follow(found, place.Folder, ref links);
        }

        return found.IsOk && place.TrailingSlash && found.Value.Type != FileType.Directory ? Errno.ENOTDIR : found;
    }

    /// <summary>What a symbolic link in a folder stands for; anything else stands for itself.</summary>
    private Result<InodeAttributes> Follow(Result<InodeAttributes> found, InodeNumber folder, ref int links)
    {
        if (!found.IsOk || found.Value.Type != FileType.SymbolicLink)
        {
            return found;
        }

        if (++links > MaxLinks)
        {
            return Errno.ELOOP;
        }

        string target = Encoding.UTF8.GetString(files.ReadSymbolicLink(found.Value.Inode).Value);
        Result<Place> place = Walk(target, folder, ref links);
        return place.IsOk ? Resolve(place.Value, follow: true, ref links) : place.Error;
    }

    private Result<Place> Walk(string path)
    {
        int links = 0;
        return Walk(path, files.Root, ref links);
    }

    /// <summary>Goes through every folder but the last name, which it only classifies.</summary>
    private Result<Place> Walk(string path, InodeNumber folder, ref int links)
    {
        if (Encoding.UTF8.GetByteCount(path) > MaxPathLength)
        {
            return Errno.ENAMETOOLONG;
        }

        if (path.Length == 0)
        {
            return Errno.ENOENT;
        }

        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        folder = path[0] == '/' ? files.Root : folder;
        if (names.Length == 0)
        {
            return new Place(folder, default, Last.Root, TrailingSlash: true);
        }

        foreach (string name in names[..^1])
        {
            Result<InodeAttributes> next = Follow(files.Lookup(folder, new FileName(name)), folder, ref links);
            if (!next.IsOk)
            {
                return next.Error;
            }

            if (next.Value.Type != FileType.Directory)
            {
                return Errno.ENOTDIR;
            }

            folder = next.Value.Inode;
        }

        Last kind = names[^1] switch
        {
            "." => Last.Dot,
            ".." => Last.DotDot,
            _ => Last.Name,
        };
        return new Place(folder, new FileName(names[^1]), kind, path.EndsWith('/'));
    }

    private readonly record struct Place(InodeNumber Folder, FileName Name, Last Kind, bool TrailingSlash);
}
