/*
 * What the kernel knows. Each answer that leads it to an inode counts as one lookup, and it says when it forgets: until then, and as
 * long as it has a file open, it may ask for the inode, whatever has become of its names. So the file system is told that it is open:
 *
 *     unknown → known (lookups or handles > 0: open in the file system, once) → all forgotten and released: closed
 *
 * An inode that is open keeps its number: a number that the kernel still knows never means another inode.
 */

using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Fuse;

/// <summary>The inodes that the kernel knows or has open. Called from one executor.</summary>
internal sealed class FuseNodes(IFileSystem files)
{
    private const ulong RootNode = 1;

    private readonly Dictionary<InodeNumber, FuseNode> _nodes = [];
    private readonly Dictionary<ulong, InodeNumber> _handles = [];
    private ulong _lastHandle;

    /// <summary>How many inodes the kernel knows or has open, but for the root.</summary>
    public int Count => _nodes.Count;

    /// <summary>The inode of a node: the kernel calls the root 1, whatever its number is. None if there can be none.</summary>
    public InodeNumber InodeOf(ulong node) =>
        node == RootNode ? files.Root
        : node == files.Root.Value ? new InodeNumber((uint)RootNode)
        : node <= uint.MaxValue ? new InodeNumber((uint)node)
        : InodeNumber.None;

    /// <summary>The node of an inode.</summary>
    public ulong NodeOf(InodeNumber inode) =>
        inode == files.Root ? RootNode : inode.Value == RootNode ? files.Root.Value : inode.Value;

    /// <summary>What is known of an inode; null if it is not known to the kernel.</summary>
    public FuseNode? Find(InodeNumber inode) => _nodes.GetValueOrDefault(inode);

    /// <summary>The kernel is led to an inode once more: ESTALE if that is gone by now.</summary>
    public ValueTask<Errno> LearnAsync(InodeNumber inode) =>
        inode == files.Root ? new(Errno.OK) : KeepAsync(inode, lookups: 1, handles: 0);

    /// <summary>The kernel has forgotten what it was led to this many times; more than that are as many as there were.</summary>
    public ValueTask ForgetAsync(InodeNumber inode, ulong lookups)
    {
        if (Find(inode) is not { } node)
            return default;
        node.Lookups -= Math.Min(lookups, node.Lookups);
        return CloseIfUnknownAsync(inode, node);
    }

    /// <summary>A new handle of an inode: ESTALE.</summary>
    public async ValueTask<Result<ulong>> OpenAsync(InodeNumber inode)
    {
        Errno error = await KeepAsync(inode, lookups: 0, handles: 1);
        if (error != Errno.OK)
            return error;
        _handles.Add(++_lastHandle, inode);
        return _lastHandle;
    }

    /// <summary>A handle is closed: EBADF if there is none.</summary>
    public async ValueTask<Errno> ReleaseAsync(ulong handle)
    {
        if (!_handles.Remove(handle, out InodeNumber inode))
            return Errno.EBADF;
        FuseNode node = _nodes[inode];
        node.Handles--;
        await CloseIfUnknownAsync(inode, node);
        return Errno.OK;
    }

    /// <summary>The kernel will ask no more.</summary>
    public async ValueTask ForgetAllAsync()
    {
        InodeNumber[] all = [.. _nodes.Keys.OrderBy(static inode => inode.Value)];
        _nodes.Clear();
        _handles.Clear();
        foreach (InodeNumber inode in all)
            await files.CloseAsync(inode);
    }

    /// <summary>Counts, on an inode that is open from then on: ESTALE.</summary>
    private async ValueTask<Errno> KeepAsync(InodeNumber inode, uint lookups, int handles)
    {
        bool isOpen = _nodes.ContainsKey(inode);
        Errno error = isOpen ? Errno.OK : await files.OpenAsync(inode);
        if (error != Errno.OK)
            return error;
        bool isNew = _nodes.TryAdd(inode, new FuseNode());
        FuseNode node = _nodes[inode];
        node.Lookups += lookups;
        node.Handles += handles;

        // Where another request was led here meanwhile, one open is enough.
        if (!isOpen && !isNew)
            await files.CloseAsync(inode);
        return Errno.OK;
    }

    private async ValueTask CloseIfUnknownAsync(InodeNumber inode, FuseNode node)
    {
        if (node.IsKnown)
            return;
        _nodes.Remove(inode);
        await files.CloseAsync(inode);
    }
}

/// <summary>An inode that the kernel knows or has open.</summary>
internal sealed class FuseNode
{
    /// <summary>How often it was led here, and has not forgotten it.</summary>
    public ulong Lookups { get; set; }

    public int Handles { get; set; }

    public bool IsKnown => Lookups > 0 || Handles > 0;

    /// <summary>Whether it is known that the file has no capabilities that a write would have to take away.</summary>
    public bool HasNoCapabilities { get; set; }
}
