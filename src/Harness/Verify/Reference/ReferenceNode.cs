using System.Collections.Immutable;
using Raid5Fs.FileSystem;

namespace Raid5Verify.Reference;

/// <summary>One inode of the reference: a directory with entries, a file with bytes, a symbolic link with a target, or a node.</summary>
internal sealed class ReferenceNode(InodeNumber number, FileType type, SparseBytes content, byte[] target)
{
    public InodeNumber Number { get; } = number;

    public FileType Type { get; } = type;

    public bool IsDirectory => Type == FileType.Directory;

    /// <summary>Of a directory: the one that it is an entry of; the root is its own.</summary>
    public InodeNumber Parent { get; set; }

    /// <summary>A directory's entries, in byte order, without <c>.</c> and <c>..</c>.</summary>
    public ImmutableSortedDictionary<FileName, ReferenceEntry> Entries { get; private set; } =
        ImmutableSortedDictionary<FileName, ReferenceEntry>.Empty;

    /// <summary>Entries that there ever were.</summary>
    public long EverMade { get; private set; }

    /// <summary>Entries that are directories.</summary>
    public int Subdirectories { get; private set; }

    /// <summary>Of a directory.</summary>
    public DirectorySize Size { get; private set; }

    /// <summary>A file's bytes.</summary>
    public SparseBytes Content { get; } = content;

    /// <summary>A symbolic link's path, as bytes.</summary>
    public byte[] Target { get; } = target;

    /// <summary>Extended attributes: names and values, which are never changed but replaced.</summary>
    public ImmutableSortedDictionary<string, byte[]> Attached { get; set; } =
        ImmutableSortedDictionary.Create<string, byte[]>(StringComparer.Ordinal);

    public Ownership Owner { get; set; }

    public DeviceNumber Device { get; init; }

    public ReferenceTime Accessed { get; set; }

    public ReferenceTime Modified { get; set; }

    public ReferenceTime Changed { get; set; }

    /// <summary>Entries that lead to it, <c>.</c> and <c>..</c> not counted.</summary>
    public int Names { get; set; }

    /// <summary>How often it is open.</summary>
    public int Opens { get; set; }

    /// <summary>No entry leads to it any more: it is there because it is open.</summary>
    public bool IsRemoved { get; set; }

    public int LinkCount => IsRemoved ? 0 : IsDirectory ? 2 + Subdirectories : Names;

    public InodeAttributes Attributes => new(Number, Type, LinkCount, Type switch
    {
        FileType.Directory => Entries.Count,
        FileType.SymbolicLink => Target.Length,
        _ => Content.Length,
    })
    {
        Owner = Owner,
        Device = Device,
        Blocks = IsDirectory ? 0 : Content.Blocks,
    };

    /// <summary>Blocks that it takes.</summary>
    public Bounds Blocks(int blockSize, ReferenceSpace space)
    {
        Bounds own = Type switch
        {
            FileType.Directory => Size.Blocks(blockSize),
            FileType.SymbolicLink => Target.Length > space.InlineTarget ? 1 : 0,
            _ => Content.Blocks,
        };
        return own + (Attached.Count > 0 ? 1 : 0);
    }

    public void Enter(FileName name, ReferenceNode node)
    {
        Entries = Entries.Add(name, new ReferenceEntry(node.Number, node.Type, ++EverMade));
        Subdirectories += node.IsDirectory ? 1 : 0;
        Size = Size.With(name);
        node.Parent = node.IsDirectory ? Number : default;
    }

    /// <returns>What the entry led to.</returns>
    public InodeNumber Leave(FileName name)
    {
        ReferenceEntry gone = Entries[name];
        Entries = Entries.Remove(name);
        Subdirectories -= gone.Type == FileType.Directory ? 1 : 0;
        Size = Size.Without(name);
        return gone.Inode;
    }

    /// <summary>The same, from now on changed apart.</summary>
    public ReferenceNode Copy() => new(Number, Type, Content.Copy(), Target)
    {
        Parent = Parent,
        Entries = Entries,
        EverMade = EverMade,
        Subdirectories = Subdirectories,
        Size = Size,
        Attached = Attached,
        Owner = Owner,
        Device = Device,
        Accessed = Accessed,
        Modified = Modified,
        Changed = Changed,
        Names = Names,
        Opens = Opens,
        IsRemoved = IsRemoved,
    };
}

/// <summary>Where an entry of a directory leads.</summary>
/// <param name="Inode">There.</param>
/// <param name="Type">What is there.</param>
/// <param name="Place">How many entries there ever were when it was made: it stays as long as the entry does.</param>
internal readonly record struct ReferenceEntry(InodeNumber Inode, FileType Type, long Place);
