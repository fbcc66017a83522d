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
public sealed partial class ReferencePaths(ReferenceFileSystem files)
{
    /// <summary>Bytes in the longest path; Linux counts the NUL at the end into its 4096.</summary>
    public const int MaxPathLength = 4095;

    /// <summary>Symbolic links that Linux follows in one path.</summary>
    public const int MaxLinks = 40;

    /// <summary>Who must be let through each folder on the way; null for anybody.</summary>
    private (uint User, uint Group)? Walker { get; init; }

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
            owner = asked with { Permissions = asked.Permissions.Without(Permissions.SetIds) };
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
        Result<InodeAttributes> found = Find(path);
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

    /// <summary>
    /// open. If it answers OK, what was open by that name is closed, as by dup2.
    /// </summary>
    /// <param name="name">What it is to be called as long as it is open.</param>
    /// <param name="path">The path.</param>
    /// <param name="flags">How.</param>
    /// <param name="owner">Whose it is if it is created.</param>
    public Errno Open(string name, string path, OpenFlags flags, Ownership? owner)
    {
        Result<InodeAttributes> found = FindToOpen(path, flags, owner, out bool isNew);
        if (!found.IsOk)
        {
            return found.Error;
        }

        files.Open(found.Value.Inode);
        Close(name);
        files.OpenFiles[name] = new ReferenceOpenFile(found.Value.Inode, flags);
        if (flags.HasFlag(OpenFlags.Truncate) && !isNew)
        {
            files.Truncate(found.Value.Inode, 0, setsTimes: true);
        }

        return Errno.OK;
    }

    public Errno Close(string name)
    {
        if (!files.OpenFiles.Remove(name, out ReferenceOpenFile? file))
        {
            return Errno.EBADF;
        }

        files.Close(file.Inode);
        return Errno.OK;
    }

    /// <summary>fallocate of a file that is open.</summary>
    /// <param name="name">Of the open file.</param>
    /// <param name="offset">Where the range begins.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="filledTo">Where it ended, if that is before the end of the range.</param>
    public Errno Allocate(string name, long offset, long length, long filledTo = long.MaxValue) =>
        ObjectionToRange(name, offset, length) is var objection && objection != Errno.OK ? objection
        : files.Allocate(files.OpenFiles[name].Inode, offset, length, filledTo);

    /// <summary>fallocate(FALLOC_FL_PUNCH_HOLE) of a file that is open.</summary>
    public Errno PunchHole(string name, long offset, long length) =>
        ObjectionToRange(name, offset, length) is var objection && objection != Errno.OK ? objection
        : files.PunchHole(files.OpenFiles[name].Inode, offset, length);

    /// <summary>lseek(SEEK_DATA or SEEK_HOLE) of a file that is open.</summary>
    public Result<long> Seek(string name, long offset, SeekTarget target) =>
        files.OpenFiles.TryGetValue(name, out ReferenceOpenFile? file) ? files.Seek(file.Inode, offset, target) : Errno.EBADF;

    /// <summary>open, lseek(SEEK_DATA) and lseek(SEEK_HOLE) in turn, close.</summary>
    public Result<IReadOnlyList<Extent>> Extents(string path)
    {
        Result<InodeAttributes> found = Stat(path);
        if (found is not { IsOk: true, Value.Type: FileType.Regular })
        {
            return !found.IsOk ? found.Error : found.Value.Type == FileType.Directory ? Errno.EINVAL : Errno.ENXIO;
        }

        List<Extent> extents = [];
        InodeNumber file = found.Value.Inode;
        for (Result<long> data = files.Seek(file, 0, SeekTarget.Data); data.IsOk; data = files.Seek(file, extents[^1].End, SeekTarget.Data))
        {
            extents.Add(new Extent(data.Value, files.Seek(file, data.Value, SeekTarget.Hole).Value));
        }

        return extents;
    }

    /// <summary>faccessat(AT_EACCESS), of somebody in no other group.</summary>
    public Errno Access(string path, uint user, uint group, AccessModes wanted)
    {
        Result<InodeAttributes> found = new ReferencePaths(files) { Walker = (user, group) }.Stat(path);
        return !found.IsOk ? found.Error : MayBe(found.Value, user, [group], wanted) ? Errno.OK : Errno.EACCES;
    }

    public Result<InodeAttributes> Stat(string path) => Resolve(path, follow: true);

    /// <summary>stat, or fstat of a file that is open by that name.</summary>
    public Result<InodeAttributes> Find(string path) =>
        !OpenName.Is(path) ? Stat(path)
        : files.OpenFiles.TryGetValue(path, out ReferenceOpenFile? file) ? files.GetAttributes(file.Inode)
        : Errno.EBADF;

    public Result<FileSystemStatistics> GetStatistics(string path)
    {
        Result<InodeAttributes> found = Stat(path);
        return found.IsOk ? files.Statistics : found.Error;
    }

    /// <summary>What is free.</summary>
    public FreeSpace Free => new(files.FreeBlocks, files.FreeInodes);

    /// <summary>As <see cref="Stat"/>, but of a symbolic link itself if the path ends there.</summary>
    public Result<InodeAttributes> Lstat(string path) => Resolve(path, follow: false);

    /// <summary>Whether what is written there goes to the end.</summary>
    public bool Appends(string path) => OpenName.Is(path) && files.OpenFiles.ContainsKey(path) && !IsClosedFor(OpenFlags.Append, path);

    /// <summary>The times of what was found.</summary>
    public InodeTimes TimesOf(InodeAttributes found) => files.TimesOf(found.Inode);

    /// <summary>open, pread, close.</summary>
    public Result<byte[]> Read(string path, long offset, int length)
    {
        Result<InodeAttributes> file = Find(path);
        if (!file.IsOk || IsClosedFor(OpenFlags.Read, path))
        {
            return file.IsOk ? Errno.EBADF : file.Error;
        }

        byte[] bytes = new byte[Math.Clamp(file.Value.Size - offset, 0, length)];
        Result<int> count = files.Read(file.Value.Inode, offset, bytes);
        return count.IsOk ? bytes : count.Error;
    }

    /// <summary>open(O_WRONLY), pwrite, close.</summary>
    public Result<int> Write(string path, long offset, ReadOnlySpan<byte> source)
    {
        Result<InodeAttributes> file = Find(path);
        return !file.IsOk ? file.Error
            : IsClosedFor(OpenFlags.Write, path) ? Errno.EBADF
            : Appends(path) ? files.Append(file.Value.Inode, source)
            : files.Write(file.Value.Inode, offset, source);
    }

    public Errno Truncate(string path, long size)
    {
        if (size < 0)
        {
            return Errno.EINVAL;
        }

        Result<InodeAttributes> file = Find(path);
        return !file.IsOk ? file.Error
            : IsClosedFor(OpenFlags.Write, path) ? Errno.EINVAL
            : files.Truncate(file.Value.Inode, size, setsTimes: OpenName.Is(path));
    }

    public Result<IReadOnlyList<DirectoryEntry>> ReadDirectory(string path)
    {
        Result<InodeAttributes> directory = Find(path);
        return directory.IsOk ? files.ReadDirectory(directory.Value.Inode) : directory.Error;
    }

    /// <summary>open, fsync, close.</summary>
    public Errno Sync(string path)
    {
        Result<InodeAttributes> found = Find(path);
        return found.IsOk ? files.Sync(found.Value.Inode) : found.Error;
    }

    /// <summary>Whether a file that is open is so for something else only. Of what is named by a path nothing is.</summary>
    private bool IsClosedFor(OpenFlags flag, string path) => OpenName.Is(path) && !files.OpenFiles[path].Flags.HasFlag(flag);

    private Errno ObjectionToRange(string name, long offset, long length) =>
        !files.OpenFiles.ContainsKey(name) ? Errno.EBADF
        : offset < 0 || length <= 0 ? Errno.EINVAL
        : IsClosedFor(OpenFlags.Write, name) ? Errno.EBADF
        : Errno.OK;

    /// <summary>What open finds, or makes: looked at in the order of the kernel's do_open and may_open.</summary>
    private Result<InodeAttributes> FindToOpen(string path, OpenFlags flags, Ownership? owner, out bool isNew)
    {
        isNew = false;
        bool creates = flags.HasFlag(OpenFlags.Create);
        if (creates && flags.HasFlag(OpenFlags.Directory))
        {
            return Errno.EINVAL;
        }

        Result<InodeAttributes> found = creates
            ? FindOrMake(path, flags, owner, out isNew)
            : Resolve(path, follow: !flags.HasFlag(OpenFlags.NoFollow));
        if (!found.IsOk)
        {
            return found.Error;
        }

        bool isDirectory = found.Value.Type == FileType.Directory;
        bool changes = flags.HasFlag(OpenFlags.Write) || flags.HasFlag(OpenFlags.Truncate);
        return isDirectory && creates ? Errno.EISDIR
            : !isDirectory && flags.HasFlag(OpenFlags.Directory) ? Errno.ENOTDIR
            : found.Value.Type == FileType.SymbolicLink ? Errno.ELOOP
            : isDirectory && changes ? Errno.EISDIR
            : !isDirectory && found.Value.Type != FileType.Regular ? Errno.ENXIO
            : found;
    }

    private Result<InodeAttributes> FindOrMake(string path, OpenFlags flags, Ownership? owner, out bool isNew)
    {
        isNew = false;
        int links = 0;
        Result<Place> place = Walk(path, files.Root, ref links);
        while (true)
        {
            if (!place.IsOk)
            {
                return place.Error;
            }

            if (place.Value.Kind != Last.Name)
            {
                return flags.HasFlag(OpenFlags.Exclusive) ? Errno.EEXIST : Errno.EISDIR;
            }

            if (place.Value.TrailingSlash)
            {
                return Errno.EISDIR;
            }

            Result<InodeAttributes> found = files.Lookup(place.Value.Folder, place.Value.Name);
            if (found.Error == Errno.ENOENT)
            {
                found = files.Create(place.Value.Folder, place.Value.Name, owner);
                isNew = found.IsOk;
                return found;
            }

            if (found.IsOk && flags.HasFlag(OpenFlags.Exclusive))
            {
                return Errno.EEXIST;
            }

            if (!found.IsOk || found.Value.Type != FileType.SymbolicLink || flags.HasFlag(OpenFlags.NoFollow))
            {
                return found;
            }

            // What the link stands for need not be there: it is made there then.
            place = WalkLink(found.Value.Inode, place.Value.Folder, ref links);
        }
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

        Result<Place> place = WalkLink(found.Value.Inode, folder, ref links);
        return place.IsOk ? Resolve(place.Value, follow: true, ref links) : place.Error;
    }

    /// <summary>Where the path leads that a symbolic link in a folder stands for.</summary>
    private Result<Place> WalkLink(InodeNumber link, InodeNumber folder, ref int links) =>
        ++links > MaxLinks
            ? Errno.ELOOP
            : Walk(Encoding.UTF8.GetString(files.ReadSymbolicLink(link).Value), folder, ref links);

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
            if (IsShut(folder))
            {
                return Errno.EACCES;
            }

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

        if (IsShut(folder))
        {
            return Errno.EACCES;
        }

        Last kind = names[^1] switch
        {
            "." => Last.Dot,
            ".." => Last.DotDot,
            _ => Last.Name,
        };
        return new Place(folder, new FileName(names[^1]), kind, path.EndsWith('/'));
    }

    private bool IsShut(InodeNumber folder) =>
        Walker is (var user, var group) && !MayBe(files.GetAttributes(folder).Value, user, [group], AccessModes.Execute);

    /// <summary>As the kernel's generic_permission and acl_permission_check: bit by bit.</summary>
    internal static bool MayBe(InodeAttributes inode, uint user, IEnumerable<uint> groups, AccessModes wanted)
    {
        string bits = Convert.ToString(inode.Owner.Permissions.Bits & 0b111_111_111, 2).PadLeft(9, '0');
        string triple = user == inode.Owner.User ? bits[..3] : groups.Contains(inode.Owner.Group) ? bits[3..6] : bits[6..];
        bool isSuperuser = user == 0;
        bool reads = triple[0] == '1' || isSuperuser;
        bool writes = triple[1] == '1' || isSuperuser;
        bool executes = isSuperuser
            ? inode.Type == FileType.Directory || bits[2] == '1' || bits[5] == '1' || bits[8] == '1'
            : triple[2] == '1';
        return (reads || !wanted.HasFlag(AccessModes.Read))
            && (writes || !wanted.HasFlag(AccessModes.Write))
            && (executes || !wanted.HasFlag(AccessModes.Execute));
    }

    private readonly record struct Place(InodeNumber Folder, FileName Name, Last Kind, bool TrailingSlash);
}
