using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Verify.Reference;

/// <content>What an inode has beside its content.</content>
public sealed partial class ReferenceFileSystem
{
    public Result<InodeAttributes> SetAttributes(InodeNumber inode, AttributeChange change)
    {
        if (!_nodes.TryGetValue(inode, out ReferenceNode? node))
        {
            return Errno.ESTALE;
        }

        if (change.Permissions is not null && node.Type == FileType.SymbolicLink)
        {
            return Errno.EOPNOTSUPP;
        }

        if (change.Owner is { } owner)
        {
            node.Owner = new Ownership(
                AfterChown(node), owner.User ?? node.Owner.User, owner.Group ?? node.Owner.Group);
        }

        if (change.Permissions is { } permissions)
        {
            node.Owner = node.Owner with { Permissions = permissions };
        }

        node.Accessed = change.AccessTime is { } access ? Set(access) : node.Accessed;
        node.Modified = change.ModifyTime is { } modify ? Set(modify) : node.Modified;
        node.Changed = Now;
        return node.Attributes;
    }

    public Result<byte[]> GetExtendedAttribute(InodeNumber inode, string name) =>
        !_nodes.TryGetValue(inode, out ReferenceNode? node) ? Errno.ESTALE
        : node.Attached.TryGetValue(name, out byte[]? value) ? value
        : Errno.ENODATA;

    public Result<IReadOnlyList<string>> ListExtendedAttributes(InodeNumber inode) =>
        _nodes.TryGetValue(inode, out ReferenceNode? node) ? node.Attached.Keys.ToList() : Errno.ESTALE;

    public Errno SetExtendedAttribute(InodeNumber inode, string name, byte[] value, AttributeMode mode)
    {
        if (!_nodes.TryGetValue(inode, out ReferenceNode? node))
        {
            return Errno.ESTALE;
        }

        if (mode == AttributeMode.Create && node.Attached.ContainsKey(name))
        {
            return Errno.EEXIST;
        }

        if (mode == AttributeMode.Replace && !node.Attached.ContainsKey(name))
        {
            return Errno.ENODATA;
        }

        long others = node.Attached.Where(pair => pair.Key != name).Sum(pair => RoomFor(pair.Key, pair.Value));
        if (others + RoomFor(name, value) > _limits.MaxAttributeBytes)
        {
            return Errno.ENOSPC;
        }

        if (node.Attached.Count == 0 && Free < 1)
        {
            return Errno.ENOSPC;
        }

        node.Attached = node.Attached.SetItem(name, value);
        node.Changed = Now;
        return Errno.OK;
    }

    public Errno RemoveExtendedAttribute(InodeNumber inode, string name)
    {
        if (!_nodes.TryGetValue(inode, out ReferenceNode? node))
        {
            return Errno.ESTALE;
        }

        if (!node.Attached.ContainsKey(name))
        {
            return Errno.ENODATA;
        }

        node.Attached = node.Attached.Remove(name);
        node.Changed = Now;
        return Errno.OK;
    }

    /// <summary>Nobody gets another's rights by giving him a file: what that leaves of its permissions. A directory gives none.</summary>
    private static Permissions AfterChown(ReferenceNode node)
    {
        Permissions left = node.Owner.Permissions;
        if (!node.IsDirectory)
        {
            left = left.Without(Permissions.SetUser);
            left = left.Has(Permissions.GroupExecute) ? left.Without(Permissions.SetGroup) : left;
        }

        return left;
    }

    private static long RoomFor(string name, byte[] value) => 3 + Encoding.UTF8.GetByteCount(name) + value.Length;

    private ReferenceTime Set(TimeSetting setting) => setting.IsNow ? Now : ReferenceTime.Given(setting.Resolve(default));
}
