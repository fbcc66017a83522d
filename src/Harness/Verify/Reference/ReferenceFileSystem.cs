using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Verify.Reference;

/*
 * The judge of promise 12: the file system in memory whose answers are right by being obvious.
 *
 * It shares with the system only the types of the question (IFileSystem, FileName, Errno). There are no blocks,
 * no bitmap, no cache: a directory is a sorted dictionary, a file is bytes. Where more than one error is due, the
 * order of the checks is that of the Linux kernel's fs/namei.c, tried out against a kernel.
 *
 * Every call takes effect at once; the synchronous methods are what the harness uses, IFileSystem is there so that
 * the same contract tests can drive it and the system.
 */

/// <summary>The reference file system, in memory.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed partial class ReferenceFileSystem
{
    private static readonly FileName Dot = new(".");
    private static readonly FileName DotDot = new("..");

    private readonly ReferenceLimits _limits;
    private readonly ReferenceClock _clock;
    private readonly Dictionary<InodeNumber, ReferenceNode> _nodes = [];
    private readonly ReferenceNode _root;
    private uint _lastNumber;

    /// <param name="limits">What it may refuse.</param>
    /// <param name="clock">Says when each operation was; null: nobody does.</param>
    public ReferenceFileSystem(ReferenceLimits limits, ReferenceClock? clock = null)
    {
        _limits = limits;
        _clock = clock ?? new ReferenceClock();
        _root = Add(FileType.Directory, new Ownership(Permissions.OfDirectory));
        _root.Parent = _root.Number;
    }

    private ReferenceFileSystem(ReferenceFileSystem original)
    {
        _limits = original._limits;
        _clock = original._clock;
        Operation = original.Operation;
        _lastNumber = original._lastNumber;
        foreach ((InodeNumber number, ReferenceNode node) in original._nodes)
        {
            _nodes.Add(number, node.Copy());
        }

        _root = _nodes[original._root.Number];
        OpenFiles = new(original.OpenFiles);
    }

    public InodeNumber Root => _root.Number;

    /// <summary>The number of the operation that is being done: what is changed now was changed by it.</summary>
    public int Operation { get; set; } = ReferenceClock.Mkfs;

    /// <summary>What a client has open, by the names that it gave them.</summary>
    public SortedDictionary<string, ReferenceOpenFile> OpenFiles { get; } = new(StringComparer.Ordinal);

    private ReferenceTime Now => ReferenceTime.Of(Operation);

    public Result<InodeAttributes> Lookup(InodeNumber directory, FileName name)
    {
        Result<ReferenceNode> found = Find(directory, name);
        return found.IsOk ? found.Value.Attributes : found.Error;
    }

    public Result<InodeAttributes> GetAttributes(InodeNumber inode) =>
        _nodes.TryGetValue(inode, out ReferenceNode? node) ? node.Attributes : Errno.ESTALE;

    /// <summary>The times of an inode that there is.</summary>
    public InodeTimes TimesOf(InodeNumber inode)
    {
        ReferenceNode node = _nodes[inode];
        return new InodeTimes(node.Accessed.In(_clock), node.Modified.In(_clock), node.Changed.In(_clock));
    }

    /// <summary>The operations that an inode's times are those of, or the times that they were set to, in words.</summary>
    public string DescribeTimesOf(InodeNumber inode)
    {
        ReferenceNode node = _nodes[inode];
        return $"{node.Accessed}, {node.Modified}, {node.Changed}";
    }

    public Result<InodeAttributes> Create(InodeNumber directory, FileName name, Ownership? owner = null) =>
        MakeNode(directory, name, FileType.Regular, default, owner);

    public Result<InodeAttributes> MakeNode(
        InodeNumber directory, FileName name, FileType type, DeviceNumber device = default, Ownership? owner = null) =>
        type == FileType.Directory ? Errno.EPERM
        : type is FileType.None or FileType.SymbolicLink ? Errno.EINVAL
        : Make(directory, name, type, owner ?? new Ownership(Permissions.OfFile), device: device);

    public Result<InodeAttributes> MakeDirectory(InodeNumber directory, FileName name, Ownership? owner = null) =>
        Make(directory, name, FileType.Directory, owner ?? new Ownership(Permissions.OfDirectory));

    public Result<InodeAttributes> MakeSymbolicLink(
        InodeNumber directory, FileName name, ReadOnlySpan<byte> target, Ownership? owner = null) =>
        target.Contains((byte)0) ? Errno.EINVAL
        : target.IsEmpty ? Errno.ENOENT
        : Make(
            directory,
            name,
            FileType.SymbolicLink,
            (owner ?? default) with { Permissions = Permissions.OfSymbolicLink },
            target.ToArray());

    public Result<byte[]> ReadSymbolicLink(InodeNumber inode) =>
        !_nodes.TryGetValue(inode, out ReferenceNode? node) ? Errno.ESTALE
        : node.Type == FileType.SymbolicLink ? node.Target
        : Errno.EINVAL;

    public Result<InodeAttributes> Link(InodeNumber inode, InodeNumber directory, FileName name)
    {
        if (!_nodes.TryGetValue(inode, out ReferenceNode? node))
        {
            return Errno.ESTALE;
        }

        Result<ReferenceNode> parent = FindRoomFor(directory, name);
        if (!parent.IsOk)
        {
            return parent.Error;
        }

        if (node.IsDirectory)
        {
            return Errno.EPERM;
        }

        if (node.IsRemoved)
        {
            return Errno.ENOENT;
        }

        if (node.Names >= _limits.MaxLinks)
        {
            return Errno.EMLINK;
        }

        if (!HasRoomFor(parent.Value, name))
        {
            return Errno.ENOSPC;
        }

        Enter(parent.Value, name, node);
        node.Changed = Now;
        return node.Attributes;
    }

    public Result<int> Read(InodeNumber inode, long offset, Span<byte> destination)
    {
        Result<ReferenceNode> file = GetFile(inode);
        return file.IsOk ? file.Value.Content.Read(offset, destination) : file.Error;
    }

    public Result<int> Write(InodeNumber inode, long offset, ReadOnlySpan<byte> source)
    {
        Result<ReferenceNode> file = GetFile(inode);
        if (!file.IsOk)
        {
            return file.Error;
        }

        if (source.IsEmpty)
        {
            return 0;
        }

        if (offset >= _limits.MaxFileSize)
        {
            return Errno.EFBIG;
        }

        int count = (int)Math.Min(source.Length, _limits.MaxFileSize - offset);
        if (Free is { } free && (count = (int)file.Value.Content.Fit(offset, count, free)) == 0)
        {
            return Errno.ENOSPC;
        }

        file.Value.Content.Write(offset, source[..count]);
        NoteModified(file.Value);
        return count;
    }

    public Result<int> Append(InodeNumber inode, ReadOnlySpan<byte> source)
    {
        Result<ReferenceNode> file = GetFile(inode);
        return file.IsOk ? Write(inode, file.Value.Content.Length, source) : file.Error;
    }

    /// <param name="inode">The file.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="setsTimes">Even if that is its size already.</param>
    public Errno Truncate(InodeNumber inode, long size, bool setsTimes = false)
    {
        if (size < 0)
        {
            return Errno.EINVAL;
        }

        Result<ReferenceNode> file = GetFile(inode);
        if (!file.IsOk)
        {
            return file.Error;
        }

        if (size > _limits.MaxFileSize)
        {
            return Errno.EFBIG;
        }

        if (size != file.Value.Content.Length || setsTimes)
        {
            file.Value.Content.SetLength(size);
            NoteModified(file.Value);
        }

        return Errno.OK;
    }

    public Errno Unlink(InodeNumber directory, FileName name)
    {
        Result<ReferenceNode> parent = GetDirectory(directory);
        if (!parent.IsOk)
        {
            return parent.Error;
        }

        if (name == Dot || name == DotDot)
        {
            return Errno.EISDIR;
        }

        Result<ReferenceNode> victim = Find(directory, name);
        if (!victim.IsOk)
        {
            return victim.Error;
        }

        if (victim.Value.IsDirectory)
        {
            return Errno.EISDIR;
        }

        Remove(parent.Value, name);
        return Errno.OK;
    }

    public Errno RemoveDirectory(InodeNumber directory, FileName name)
    {
        Result<ReferenceNode> parent = GetDirectory(directory);
        if (!parent.IsOk)
        {
            return parent.Error;
        }

        if (name == Dot)
        {
            return Errno.EINVAL;
        }

        if (name == DotDot)
        {
            return Errno.ENOTEMPTY;
        }

        Result<ReferenceNode> victim = Find(directory, name);
        if (!victim.IsOk)
        {
            return victim.Error;
        }

        if (!victim.Value.IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        if (victim.Value.Entries.Count > 0)
        {
            return Errno.ENOTEMPTY;
        }

        Remove(parent.Value, name);
        return Errno.OK;
    }

    public Result<IReadOnlyList<DirectoryEntry>> ReadDirectory(InodeNumber directory)
    {
        Result<ReferenceNode> found = GetDirectory(directory);
        if (!found.IsOk)
        {
            return found.Error;
        }

        ReferenceNode node = found.Value;
        List<DirectoryEntry> entries =
        [
            new(Dot, node.Number, FileType.Directory) { Position = EntryPosition.OfDot },
            new(DotDot, node.Parent, FileType.Directory) { Position = EntryPosition.OfDotDot },
        ];
        foreach ((FileName name, ReferenceEntry entry) in node.Entries)
        {
            var position = new EntryPosition(EntryPosition.OfDotDot.Value + entry.Place);
            entries.Add(new DirectoryEntry(name, entry.Inode, entry.Type) { Position = position });
        }

        return entries;
    }

    public Errno Allocate(InodeNumber inode, long offset, long length, long filledTo = long.MaxValue)
    {
        Result<ReferenceNode> file = GetRange(inode, offset, length);
        if (!file.IsOk)
        {
            return file.Error;
        }

        if (Free is { } free && file.Value.Content.Fit(offset, length, free) < length)
        {
            return Errno.ENOSPC;
        }

        file.Value.Content.Allocate(offset, length, filledTo);
        NoteModified(file.Value);
        return Errno.OK;
    }

    public Errno PunchHole(InodeNumber inode, long offset, long length)
    {
        Result<ReferenceNode> file = GetRange(inode, offset, length);
        if (file.IsOk)
        {
            file.Value.Content.Punch(offset, length);
            NoteModified(file.Value);
        }

        return file.Error;
    }

    public Result<long> Seek(InodeNumber inode, long offset, SeekTarget target)
    {
        if (!_nodes.TryGetValue(inode, out ReferenceNode? node))
        {
            return Errno.ESTALE;
        }

        if (node.Type != FileType.Regular)
        {
            return Errno.EINVAL;
        }

        long found = offset < 0 ? node.Content.Length : node.Content.Find(offset, isThere: target == SeekTarget.Data);
        bool isNothing = offset < 0 || offset >= node.Content.Length || (target == SeekTarget.Data && found == node.Content.Length);
        return isNothing ? Errno.ENXIO : found;
    }

    /// <summary>The blocks of a file, by their numbers in it, but its holes: not to be changed.</summary>
    public IEnumerable<(long Page, byte[] Bytes)> PagesOf(InodeNumber inode) => _nodes[inode].Content.Pages;

    public Errno Open(InodeNumber inode)
    {
        if (!_nodes.TryGetValue(inode, out ReferenceNode? node))
        {
            return Errno.ESTALE;
        }

        node.Opens++;
        return Errno.OK;
    }

    public void Close(InodeNumber inode)
    {
        ReferenceNode node = _nodes[inode];
        if (--node.Opens == 0 && node.IsRemoved)
        {
            _nodes.Remove(inode);
        }
    }

    /// <summary>Whoever had files open is gone.</summary>
    public void CloseAll()
    {
        foreach (ReferenceOpenFile file in OpenFiles.Values)
        {
            Close(file.Inode);
        }

        OpenFiles.Clear();
    }

    /// <summary>Inodes that are there only because they are open.</summary>
    public IEnumerable<InodeAttributes> Removed() =>
        _nodes.Values.Where(static node => node.IsRemoved).Select(static node => node.Attributes);

    public Errno Sync(InodeNumber inode) => _nodes.ContainsKey(inode) ? Errno.OK : Errno.ESTALE;

    /// <summary>
    /// The same files, from now on changed apart. Costs what the tree has nodes; bytes are shared until they are written.
    /// </summary>
    public ReferenceFileSystem Copy() => new(this);

    /// <summary>Every path and what is there, the root first, each directory before what is in it.</summary>
    public IEnumerable<(string Path, InodeAttributes Attributes)> Walk()
    {
        Stack<(string Path, ReferenceNode Node)> pending = new([("/", _root)]);
        while (pending.TryPop(out (string Path, ReferenceNode Node) next))
        {
            yield return (next.Path, next.Node.Attributes);
            foreach ((FileName name, ReferenceEntry entry) in next.Node.Entries.Reverse())
            {
                pending.Push((next.Path == "/" ? $"/{name}" : $"{next.Path}/{name}", _nodes[entry.Inode]));
            }
        }
    }

    private Result<InodeAttributes> Make(
        InodeNumber directory, FileName name, FileType type, Ownership owner, byte[]? target = null, DeviceNumber device = default)
    {
        Result<ReferenceNode> parent = FindRoomFor(directory, name);
        if (!parent.IsOk)
        {
            return parent.Error;
        }

        if (type == FileType.Directory && parent.Value.LinkCount >= _limits.MaxLinks)
        {
            return Errno.EMLINK;
        }

        if (target?.Length > _limits.MaxTargetLength)
        {
            return Errno.ENAMETOOLONG;
        }

        if (_limits.Space is { } space
            && (_nodes.Count >= space.Inodes || !HasRoomFor(parent.Value, name, besides: target?.Length > space.InlineTarget ? 1 : 0)))
        {
            return Errno.ENOSPC;
        }

        if (parent.Value.Owner.Permissions.Has(Permissions.SetGroup))
        {
            Permissions own = owner.Permissions;
            owner = new Ownership(
                type == FileType.Directory ? own.With(Permissions.SetGroup) : own, owner.User, parent.Value.Owner.Group);
        }

        ReferenceNode made = Add(type, owner, target, device);
        Enter(parent.Value, name, made);
        return made.Attributes;
    }

    /// <summary>The directory, if a new entry of this name may be made there.</summary>
    private Result<ReferenceNode> FindRoomFor(InodeNumber directory, FileName name)
    {
        Result<ReferenceNode> existing = Find(directory, name);
        return existing.IsOk ? Errno.EEXIST
            : existing.Error != Errno.ENOENT || name.Length == 0 ? existing.Error
            : _nodes[directory];
    }

    private ReferenceNode Add(FileType type, Ownership owner, byte[]? target = null, DeviceNumber device = default)
    {
        var node = new ReferenceNode(new InodeNumber(++_lastNumber), type, NewContent(), target ?? [])
        {
            Owner = owner,
            Device = type is FileType.CharacterDevice or FileType.BlockDevice ? device : default,
            Accessed = Now,
            Modified = Now,
            Changed = Now,
        };
        _nodes.Add(node.Number, node);
        return node;
    }

    private void NoteModified(ReferenceNode node) => node.Modified = node.Changed = Now;

    private void Enter(ReferenceNode parent, FileName name, ReferenceNode node)
    {
        parent.Enter(name, node);
        node.Names++;
        NoteModified(parent);
    }

    private void Remove(ReferenceNode parent, FileName name)
    {
        ReferenceNode gone = _nodes[parent.Leave(name)];
        NoteModified(parent);
        gone.Changed = Now;
        if (--gone.Names > 0)
        {
            return;
        }

        gone.IsRemoved = true;
        if (gone.Opens == 0)
        {
            _nodes.Remove(gone.Number);
        }
    }

    private Result<ReferenceNode> Find(InodeNumber directory, FileName name)
    {
        Result<ReferenceNode> parent = GetDirectory(directory);
        if (!parent.IsOk)
        {
            return parent.Error;
        }

        if (name.Length > _limits.MaxNameLength)
        {
            return Errno.ENAMETOOLONG;
        }

        if (name == Dot)
        {
            return parent;
        }

        if (name == DotDot)
        {
            return _nodes[parent.Value.Parent];
        }

        return parent.Value.Entries.TryGetValue(name, out ReferenceEntry entry) ? _nodes[entry.Inode] : Errno.ENOENT;
    }

    /// <summary>Whether a directory is another one, or above it.</summary>
    private bool IsAtOrAbove(ReferenceNode directory, ReferenceNode other)
    {
        ReferenceNode node = other;
        while (node != directory && node != _root)
        {
            node = _nodes[node.Parent];
        }

        return node == directory;
    }

    private Result<ReferenceNode> GetDirectory(InodeNumber inode) =>
        !_nodes.TryGetValue(inode, out ReferenceNode? node) ? Errno.ESTALE
        : !node.IsDirectory ? Errno.ENOTDIR
        : node.IsRemoved ? Errno.ENOENT
        : node;

    /// <summary>The file, if there may be such a range in it.</summary>
    private Result<ReferenceNode> GetRange(InodeNumber inode, long offset, long length)
    {
        Result<ReferenceNode> file = GetFile(inode);
        return !file.IsOk ? file
            : offset < 0 || length <= 0 ? Errno.EINVAL
            : offset > _limits.MaxFileSize - length ? Errno.EFBIG
            : file;
    }

    private Result<ReferenceNode> GetFile(InodeNumber inode) =>
        !_nodes.TryGetValue(inode, out ReferenceNode? node) ? Errno.ESTALE
        : node.Type == FileType.Regular ? node
        : node.IsDirectory ? Errno.EISDIR
        : Errno.EINVAL;
}

/// <summary>A file that is open.</summary>
/// <param name="Inode">Which.</param>
/// <param name="Flags">What for.</param>
public sealed record ReferenceOpenFile(InodeNumber Inode, OpenFlags Flags);
