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
public sealed class ReferenceFileSystem : IFileSystem
{
    private static readonly FileName Dot = new(".");
    private static readonly FileName DotDot = new("..");

    private readonly ReferenceLimits _limits;
    private readonly Dictionary<InodeNumber, ReferenceNode> _nodes = [];
    private readonly ReferenceNode _root;
    private uint _lastNumber;

    public ReferenceFileSystem(ReferenceLimits limits)
    {
        _limits = limits;
        _root = Add(FileType.Directory, []);
        _root.Parent = _root;
    }

    private ReferenceFileSystem(ReferenceFileSystem original)
    {
        _limits = original._limits;
        _lastNumber = original._lastNumber;
        _root = Copy(original._root);
        _root.Parent = _root;
    }

    public InodeNumber Root => _root.Number;

    public Result<InodeAttributes> Lookup(InodeNumber directory, FileName name)
    {
        Result<ReferenceNode> found = Find(directory, name);
        return found.IsOk ? found.Value.Attributes : found.Error;
    }

    public Result<InodeAttributes> GetAttributes(InodeNumber inode) =>
        _nodes.TryGetValue(inode, out ReferenceNode? node) ? node.Attributes : Errno.ESTALE;

    public Result<InodeAttributes> Create(InodeNumber directory, FileName name) =>
        Make(directory, name, FileType.Regular, []);

    public Result<InodeAttributes> MakeDirectory(InodeNumber directory, FileName name) =>
        Make(directory, name, FileType.Directory, []);

    public Result<InodeAttributes> MakeSymbolicLink(InodeNumber directory, FileName name, ReadOnlySpan<byte> target) =>
        target.Contains((byte)0) ? Errno.EINVAL
        : target.IsEmpty ? Errno.ENOENT
        : Make(directory, name, FileType.SymbolicLink, target.ToArray());

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

        if (node.Names >= _limits.MaxLinks)
        {
            return Errno.EMLINK;
        }

        Enter(parent.Value, name, node);
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
        file.Value.Content.Write(offset, source[..count]);
        return count;
    }

    public Errno Truncate(InodeNumber inode, long size)
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

        file.Value.Content.SetLength(size);
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

    public Errno Rename(
        InodeNumber fromDirectory, FileName from, InodeNumber toDirectory, FileName to, RenameMode mode = RenameMode.Replace)
    {
        Result<ReferenceNode> fromParent = GetDirectory(fromDirectory);
        if (!fromParent.IsOk)
        {
            return fromParent.Error;
        }

        Result<ReferenceNode> toParent = GetDirectory(toDirectory);
        if (!toParent.IsOk)
        {
            return toParent.Error;
        }

        if (from == Dot || from == DotDot)
        {
            return Errno.EBUSY;
        }

        if (to == Dot || to == DotDot)
        {
            return mode == RenameMode.NoReplace ? Errno.EEXIST : Errno.EBUSY;
        }

        Result<ReferenceNode> source = Find(fromDirectory, from);
        if (!source.IsOk)
        {
            return source.Error;
        }

        Result<ReferenceNode> target = Find(toDirectory, to);
        if (!target.IsOk && (target.Error != Errno.ENOENT || to.Length == 0))
        {
            return target.Error;
        }

        Errno refusal = target.IsOk
            ? RefusalToTakePlace(source.Value, fromParent.Value, target.Value, toParent.Value, mode)
            : RefusalToMove(source.Value, fromParent.Value, toParent.Value, mode);
        if (refusal != Errno.OK || (target.IsOk && target.Value == source.Value))
        {
            return refusal;
        }

        fromParent.Value.Entries.Remove(from);
        if (mode == RenameMode.Exchange)
        {
            toParent.Value.Entries.Remove(to);
            Place(fromParent.Value, from, target.Value);
        }
        else if (target.IsOk)
        {
            Remove(toParent.Value, to);
        }

        Place(toParent.Value, to, source.Value);
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
            new(Dot, node.Number, FileType.Directory),
            new(DotDot, node.Parent.Number, FileType.Directory),
        ];
        foreach ((FileName name, ReferenceNode child) in node.Entries)
        {
            entries.Add(new DirectoryEntry(name, child.Number, child.Type));
        }

        return entries;
    }

    public Errno Sync(InodeNumber inode) => _nodes.ContainsKey(inode) ? Errno.OK : Errno.ESTALE;

    /// <summary>
    /// The same files, from now on changed apart. Costs what the tree has nodes; bytes are shared until they are written.
    /// </summary>
    public ReferenceFileSystem Copy() => new(this);

    /// <summary>Every path and what is there, the root first, each directory before what is in it.</summary>
    public IEnumerable<(string Path, InodeAttributes Attributes)> Walk() => Walk("/", _root);

    Task<Result<InodeAttributes>> IFileSystem.LookupAsync(InodeNumber directory, FileName name) =>
        Task.FromResult(Lookup(directory, name));

    Task<Result<InodeAttributes>> IFileSystem.GetAttributesAsync(InodeNumber inode) =>
        Task.FromResult(GetAttributes(inode));

    Task<Result<InodeAttributes>> IFileSystem.CreateAsync(InodeNumber directory, FileName name) =>
        Task.FromResult(Create(directory, name));

    Task<Result<InodeAttributes>> IFileSystem.MakeDirectoryAsync(InodeNumber directory, FileName name) =>
        Task.FromResult(MakeDirectory(directory, name));

    Task<Result<InodeAttributes>> IFileSystem.MakeSymbolicLinkAsync(
        InodeNumber directory, FileName name, ReadOnlyMemory<byte> target) =>
        Task.FromResult(MakeSymbolicLink(directory, name, target.Span));

    Task<Result<byte[]>> IFileSystem.ReadSymbolicLinkAsync(InodeNumber inode) => Task.FromResult(ReadSymbolicLink(inode));

    Task<Result<InodeAttributes>> IFileSystem.LinkAsync(InodeNumber inode, InodeNumber directory, FileName name) =>
        Task.FromResult(Link(inode, directory, name));

    Task<Result<int>> IFileSystem.ReadAsync(InodeNumber inode, long offset, Memory<byte> destination) =>
        Task.FromResult(Read(inode, offset, destination.Span));

    Task<Result<int>> IFileSystem.WriteAsync(InodeNumber inode, long offset, ReadOnlyMemory<byte> source) =>
        Task.FromResult(Write(inode, offset, source.Span));

    Task<Errno> IFileSystem.TruncateAsync(InodeNumber inode, long size) => Task.FromResult(Truncate(inode, size));

    Task<Errno> IFileSystem.UnlinkAsync(InodeNumber directory, FileName name) =>
        Task.FromResult(Unlink(directory, name));

    Task<Errno> IFileSystem.RemoveDirectoryAsync(InodeNumber directory, FileName name) =>
        Task.FromResult(RemoveDirectory(directory, name));

    Task<Errno> IFileSystem.RenameAsync(
        InodeNumber fromDirectory, FileName from, InodeNumber toDirectory, FileName to, RenameMode mode) =>
        Task.FromResult(Rename(fromDirectory, from, toDirectory, to, mode));

    Task<Result<IReadOnlyList<DirectoryEntry>>> IFileSystem.ReadDirectoryAsync(InodeNumber directory) =>
        Task.FromResult(ReadDirectory(directory));

    Task<Errno> IFileSystem.SyncAsync(InodeNumber inode) => Task.FromResult(Sync(inode));

    /// <summary>Only the limit on names means anything here: the reference has no blocks to count.</summary>
    Task<Result<FileSystemStatistics>> IFileSystem.GetStatisticsAsync() =>
        Task.FromResult<Result<FileSystemStatistics>>(
            new FileSystemStatistics(1, long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue, _limits.MaxNameLength));

    private static IEnumerable<(string Path, InodeAttributes Attributes)> Walk(string path, ReferenceNode node)
    {
        yield return (path, node.Attributes);
        foreach ((FileName name, ReferenceNode child) in node.Entries)
        {
            foreach (var below in Walk(path == "/" ? $"/{name}" : $"{path}/{name}", child))
            {
                yield return below;
            }
        }
    }

    /// <summary>Why an entry cannot go where there is none.</summary>
    private Errno RefusalToMove(ReferenceNode source, ReferenceNode from, ReferenceNode to, RenameMode mode) =>
        mode == RenameMode.Exchange ? Errno.ENOENT
        : source.IsDirectory && source.Contains(to) ? Errno.EINVAL
        : source.IsDirectory && from != to && to.LinkCount >= _limits.MaxLinks ? Errno.EMLINK
        : Errno.OK;

    /// <summary>Why an entry cannot go where there is another. That one is above the other is seen before what they are.</summary>
    private Errno RefusalToTakePlace(
        ReferenceNode source, ReferenceNode from, ReferenceNode target, ReferenceNode to, RenameMode mode)
    {
        if (mode == RenameMode.NoReplace)
        {
            return Errno.EEXIST;
        }

        if (source.IsDirectory && source.Contains(to))
        {
            return Errno.EINVAL;
        }

        if (target == source)
        {
            return Errno.OK;
        }

        if (target.IsDirectory && target.Contains(from))
        {
            return mode == RenameMode.Exchange ? Errno.EINVAL : Errno.ENOTEMPTY;
        }

        if (mode == RenameMode.Exchange)
        {
            ReferenceNode? gaining = source.IsDirectory == target.IsDirectory || from == to ? null : source.IsDirectory ? to : from;
            return gaining?.LinkCount >= _limits.MaxLinks ? Errno.EMLINK : Errno.OK;
        }

        if (source.IsDirectory != target.IsDirectory)
        {
            return source.IsDirectory ? Errno.ENOTDIR : Errno.EISDIR;
        }

        return target.Entries.Count > 0 ? Errno.ENOTEMPTY : Errno.OK;
    }

    private static void Place(ReferenceNode parent, FileName name, ReferenceNode node)
    {
        parent.Entries.Add(name, node);
        if (node.IsDirectory)
        {
            node.Parent = parent;
        }
    }

    private Result<InodeAttributes> Make(InodeNumber directory, FileName name, FileType type, byte[] target)
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

        if (target.Length > _limits.MaxTargetLength)
        {
            return Errno.ENAMETOOLONG;
        }

        ReferenceNode made = Add(type, target);
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

    private ReferenceNode Add(FileType type, byte[] target)
    {
        var node = new ReferenceNode(new InodeNumber(++_lastNumber), type, new SparseBytes(), target);
        _nodes.Add(node.Number, node);
        return node;
    }

    private static void Enter(ReferenceNode parent, FileName name, ReferenceNode node)
    {
        Place(parent, name, node);
        node.Names++;
    }

    private ReferenceNode Copy(ReferenceNode original)
    {
        // What has more than one name is met again.
        if (_nodes.TryGetValue(original.Number, out ReferenceNode? copy))
        {
            return copy;
        }

        copy = new ReferenceNode(original.Number, original.Type, original.Content.Copy(), original.Target) { Names = original.Names };
        _nodes.Add(copy.Number, copy);
        foreach ((FileName name, ReferenceNode child) in original.Entries)
        {
            Place(copy, name, Copy(child));
        }

        return copy;
    }

    private void Remove(ReferenceNode parent, FileName name)
    {
        parent.Entries.Remove(name, out ReferenceNode? gone);
        if (--gone!.Names == 0)
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
            return parent.Value.Parent;
        }

        return parent.Value.Entries.TryGetValue(name, out ReferenceNode? child) ? child : Errno.ENOENT;
    }

    private Result<ReferenceNode> GetDirectory(InodeNumber inode) =>
        !_nodes.TryGetValue(inode, out ReferenceNode? node) ? Errno.ESTALE
        : node.IsDirectory ? node
        : Errno.ENOTDIR;

    private Result<ReferenceNode> GetFile(InodeNumber inode) =>
        !_nodes.TryGetValue(inode, out ReferenceNode? node) ? Errno.ESTALE
        : node.Type == FileType.Regular ? node
        : node.IsDirectory ? Errno.EISDIR
        : Errno.EINVAL;
}
