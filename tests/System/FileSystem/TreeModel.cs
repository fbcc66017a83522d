using System.IO.Hashing;
using static Raid5Fs.Tests.FileSystem.ModelTests;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>A tree as a dictionary from path to content; null is a directory. It knows success, not errors' names.</summary>
internal sealed class TreeModel
{
    private readonly SortedDictionary<string, byte[]?> _nodes = new(StringComparer.Ordinal);

    public void Add(string path, byte[]? content) => _nodes.Add(path, content);

    /// <summary>Does an operation; false if it cannot be done.</summary>
    public bool Apply(Operation operation) => operation.Kind switch
    {
        OperationKind.Create => Make(operation.Path, []),
        OperationKind.MakeDirectory => Make(operation.Path, null),
        OperationKind.Write => IsFile(operation.Path) && Write(operation.Path, operation.Offset, operation.Content),
        OperationKind.Truncate => IsFile(operation.Path) && Resize(operation.Path, operation.Offset),
        OperationKind.Unlink => IsFile(operation.Path) && _nodes.Remove(operation.Path),
        OperationKind.RemoveDirectory => IsDirectory(operation.Path) && IsEmpty(operation.Path) && _nodes.Remove(operation.Path),
        OperationKind.Rename => Rename(operation.Path, operation.To),
        _ => true,
    };

    public override string ToString() => string.Join('\n', _nodes.Select(node => node.Value is null
        ? node.Key
        : $"{node.Key} {node.Value.Length} {XxHash3.HashToUInt64(node.Value):x16}"));

    private bool IsFile(string path) => _nodes.TryGetValue(path, out byte[]? content) && content is not null;

    private bool IsDirectory(string path) => path.Length == 0 || (_nodes.TryGetValue(path, out byte[]? content) && content is null);

    private bool IsEmpty(string path) => !_nodes.Keys.Any(other => other.StartsWith(path + "/", StringComparison.Ordinal));

    private bool CanHold(string path) => IsDirectory(path[..path.LastIndexOf('/')]);

    private bool Make(string path, byte[]? content) => CanHold(path) && _nodes.TryAdd(path, content);

    private bool Write(string path, int offset, byte[] content)
    {
        if (_nodes[path]!.Length < offset + content.Length)
            Resize(path, offset + content.Length);
        content.CopyTo(_nodes[path]!, offset);
        return true;
    }

    private bool Resize(string path, int size)
    {
        byte[] content = _nodes[path]!;
        Array.Resize(ref content, size);
        _nodes[path] = content;
        return true;
    }

    private bool Rename(string from, string to)
    {
        if (!_nodes.TryGetValue(from, out byte[]? moved) || !CanHold(to) || to.StartsWith(from + "/", StringComparison.Ordinal))
            return false;
        if (from == to)
            return true;
        if (_nodes.TryGetValue(to, out byte[]? replaced)
            && ((moved is null) != (replaced is null) || (replaced is null && !IsEmpty(to))))
            return false;

        _nodes.Remove(to);
        foreach (string path in _nodes.Keys.Where(path => path == from || path.StartsWith(from + "/", StringComparison.Ordinal)).ToArray())
        {
            _nodes.Remove(path, out byte[]? content);
            _nodes.Add(to + path[from.Length..], content);
        }

        return true;
    }
}
