using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Verify.Reference;

/*
 * Paths over the reference: what the system calls of the same names answer.
 *
 * Written apart from the system's path walk, and from the other end: a path is first taken apart into the folders
 * to go through and the last name, as the kernel's filename_parentat does, and every call then looks at the kind of
 * the last name (a name, ".", "..", or nothing but slashes) in the kernel's order.
 */

/// <summary>File operations by absolute path on the reference. Answers, errors included, are those of Linux.</summary>
public sealed class ReferencePaths(ReferenceFileSystem files)
{
    /// <summary>Bytes in the longest path; Linux counts the NUL at the end into its 4096.</summary>
    public const int MaxPathLength = 4095;

    private enum Last
    {
        Name,
        Dot,
        DotDot,
        Root,
    }

    /// <summary>open(O_CREAT | O_EXCL).</summary>
    public Errno Create(string path)
    {
        Result<Place> place = Walk(path);
        return place switch
        {
            { IsOk: false } => place.Error,
            { Value.Kind: not Last.Name } => Errno.EEXIST,
            { Value.TrailingSlash: true } => Errno.EISDIR,
            _ => files.Create(place.Value.Folder, place.Value.Name).Error,
        };
    }

    public Errno MakeDirectory(string path)
    {
        Result<Place> place = Walk(path);
        return place switch
        {
            { IsOk: false } => place.Error,
            { Value.Kind: not Last.Name } => Errno.EEXIST,
            _ => files.MakeDirectory(place.Value.Folder, place.Value.Name).Error,
        };
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

    public Errno Rename(string from, string to)
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
            return Errno.EBUSY;
        }

        Result<InodeAttributes> moved = files.Lookup(source.Value.Folder, source.Value.Name);
        if (moved.IsOk && moved.Value.Type != FileType.Directory
            && (source.Value.TrailingSlash || target.Value.TrailingSlash))
        {
            Errno there = files.Lookup(target.Value.Folder, target.Value.Name).Error;
            return there == Errno.ENAMETOOLONG ? there : Errno.ENOTDIR;
        }

        return files.Rename(source.Value.Folder, source.Value.Name, target.Value.Folder, target.Value.Name);
    }

    public Result<InodeAttributes> Stat(string path)
    {
        Result<Place> place = Walk(path);
        if (!place.IsOk)
        {
            return place.Error;
        }

        Result<InodeAttributes> found = place.Value.Kind switch
        {
            Last.Name => files.Lookup(place.Value.Folder, place.Value.Name),
            Last.DotDot => files.Lookup(place.Value.Folder, new FileName("..")),
            _ => files.GetAttributes(place.Value.Folder),
        };
        return found.IsOk && place.Value.TrailingSlash && found.Value.Type != FileType.Directory
            ? Errno.ENOTDIR
            : found;
    }

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

    /// <summary>Goes through every folder but the last name, which it only classifies.</summary>
    private Result<Place> Walk(string path)
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
        InodeNumber folder = files.Root;
        if (names.Length == 0)
        {
            return new Place(folder, default, Last.Root, TrailingSlash: true);
        }

        foreach (string name in names[..^1])
        {
            Result<InodeAttributes> next = files.Lookup(folder, new FileName(name));
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
