namespace Raid5Fs.FileSystem;

/// <summary>What may be wanted of an inode: the bits of <c>access(2)</c>.</summary>
[Flags]
public enum AccessModes
{
    /// <summary>Nothing but that it is there.</summary>
    None = 0,

    /// <summary>To execute a file, to look names up in a directory.</summary>
    Execute = 1,

    /// <summary>To write a file, to change the names in a directory.</summary>
    Write = 2,

    /// <summary>To read a file, to list a directory.</summary>
    Read = 4,
}

/// <summary>Somebody by whom permissions are judged.</summary>
/// <param name="User">0 is the superuser.</param>
/// <param name="Group">The group that he is in first of all.</param>
public sealed record Credentials(uint User, uint Group)
{
    private const int PerClass = 3;
    private const ushort AnyExecute = 0b001_001_001;

    /// <summary>Others that he is in.</summary>
    public IReadOnlyCollection<uint> OtherGroups { get; init; } = [];

    /// <summary>Whether it is made of what can be wanted, and nothing else.</summary>
    internal static bool CanBeWanted(AccessModes wanted) =>
        (wanted & ~(AccessModes.Read | AccessModes.Write | AccessModes.Execute)) == AccessModes.None;

    /// <summary>
    /// Whether the permissions of an inode give him all of this. Only one class of them counts: the owner's for its owner, else the
    /// group's for who is in it, else that of all others. The superuser may do anything, but for executing what nobody may
    /// (path_resolution(7)).
    /// </summary>
    public bool May(AccessModes wanted, InodeAttributes inode)
    {
        (Permissions permissions, uint user, uint group) = inode.Owner;
        if (User == 0)
            return inode.Type == FileType.Directory || !wanted.HasFlag(AccessModes.Execute) || permissions.Has(AnyExecute);
        int place = User == user ? 2 : Group == group || OtherGroups.Contains(group) ? 1 : 0;
        var given = (AccessModes)(permissions.Bits >> (place * PerClass));
        return given.HasFlag(wanted);
    }
}
