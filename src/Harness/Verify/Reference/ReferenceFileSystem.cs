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
        _root = Add(FileType.Directory);
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
        Make(directory, name, FileType.Regular);

    public Result<InodeAttributes> MakeDirectory(InodeNumber directory, FileName name) =>
        Make(directory, name, FileType.Directory);

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

    public Errno Rename(InodeNumber fromDirectory, FileName from, InodeNumber toDirectory, FileName to)
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

        if (from == Dot || from == DotDot || to == Dot || to == DotDot)
        {
            return Errno.EBUSY;
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

        if (source.Value.IsDirectory && source.Value.Contains(toParent.Value))
        {
            return Errno.EINVAL;
        }

        if (target.IsOk)
        {
            if (target.Value == source.Value)
            {
                return Errno.OK;
            }

            // Linux finds that the target is an ancestor of the source before it looks at their types.
            if (target.Value.IsDirectory && target.Value.Contains(fromParent.Value))
            {
                return Errno.ENOTEMPTY;
            }

            if (source.Value.IsDirectory != target.Value.IsDirectory)
            {
                return source.Value.IsDirectory ? Errno.ENOTDIR : Errno.EISDIR;
            }

            if (target.Value.Entries.Count > 0)
            {
                return Errno.ENOTEMPTY;
            }
        }
        else if (source.Value.IsDirectory && fromParent.Value != toParent.Value
            && toParent.Value.LinkCount >= _limits.MaxLinks)
        {
            return Errno.EMLINK;
        }

        if (target.IsOk)
        {
            Remove(toParent.Value, to);
        }

        fromParent.Value.Entries.Remove(from);
        toParent.Value.Entries.Add(to, source.Value);
        source.Value.Parent = toParent.Value;
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
        InodeNumber fromDirectory, FileName from, InodeNumber toDirectory, FileName to) =>
        Task.FromResult(Rename(fromDirectory, from, toDirectory, to));

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

    private Result<InodeAttributes> Make(InodeNumber directory, FileName name, FileType type)
    {
        Result<ReferenceNode> existing = Find(directory, name);
        if (existing.IsOk)
        {
            return Errno.EEXIST;
        }

        if (existing.Error != Errno.ENOENT || name.Length == 0)
        {
            return existing.Error;
        }

        ReferenceNode parent = _nodes[directory];
        if (type == FileType.Directory && parent.LinkCount >= _limits.MaxLinks)
        {
            return Errno.EMLINK;
        }

        ReferenceNode made = Add(type);
        made.Parent = parent;
        parent.Entries.Add(name, made);
        return made.Attributes;
    }

    private ReferenceNode Add(FileType type)
    {
        var node = new ReferenceNode(new InodeNumber(++_lastNumber), type, new SparseBytes());
        _nodes.Add(node.Number, node);
        return node;
    }

    private ReferenceNode Copy(ReferenceNode original)
    {
        var copy = new ReferenceNode(original.Number, original.Type, original.Content.Copy());
        _nodes.Add(copy.Number, copy);
        foreach ((FileName name, ReferenceNode child) in original.Entries)
        {
            ReferenceNode below = Copy(child);
            below.Parent = copy;
            copy.Entries.Add(name, below);
        }

        return copy;
    }

    private void Remove(ReferenceNode parent, FileName name)
    {
        parent.Entries.Remove(name, out ReferenceNode? gone);
        _nodes.Remove(gone!.Number);
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
        : node.IsDirectory ? Errno.EISDIR
        : node;
}
