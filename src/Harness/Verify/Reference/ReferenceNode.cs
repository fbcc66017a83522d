using Raid5Fs.FileSystem;

namespace Raid5Verify.Reference;

/// <summary>One inode of the reference: a directory with entries, a file with bytes, a symbolic link with a target, or a node.</summary>
internal sealed class ReferenceNode(InodeNumber number, FileType type, SparseBytes content, byte[] target)
{
    public InodeNumber Number { get; } = number;

    public FileType Type { get; } = type;

    public bool IsDirectory => Type == FileType.Directory;

    /// <summary>Of a directory: the one that it is an entry of; the root is its own.</summary>
    public ReferenceNode Parent { get; set; } = null!;

    /// <summary>A directory's entries, in byte order, without <c>.</c> and <c>..</c>.</summary>
    public SortedDictionary<FileName, ReferenceNode> Entries { get; } = [];

    /// <summary>Of each entry, how many there ever were when it was made: it stays as long as the entry does.</summary>
    public SortedDictionary<FileName, long> Places { get; } = [];

    /// <summary>Entries that there ever were.</summary>
    public long EverMade { get; private set; }

    /// <summary>Of a directory.</summary>
    public DirectorySize Size { get; private set; }

    /// <summary>A file's bytes.</summary>
    public SparseBytes Content { get; } = content;

    /// <summary>A symbolic link's path, as bytes.</summary>
    public byte[] Target { get; } = target;

    /// <summary>Extended attributes: names and values, which are never changed but replaced.</summary>
    public SortedDictionary<string, byte[]> Attached { get; init; } = new(StringComparer.Ordinal);

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

    public int LinkCount => IsRemoved ? 0 : IsDirectory ? 2 + Entries.Values.Count(child => child.IsDirectory) : Names;

    public InodeAttributes Attributes => new(Number, Type, LinkCount, Type switch
    {
        FileType.Directory => Entries.Count,
        FileType.SymbolicLink => Target.Length,
        _ => Content.Length,
    })
    {
        Owner = Owner,
        Device = Device,
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

    /// <summary>Has the same entries as another node: the caller enters them one by one, and no tree is divided by that.</summary>
    public void TakeSize(ReferenceNode original) => Size = original.Size;

    public void Enter(FileName name, ReferenceNode node)
    {
        Entries.Add(name, node);
        Places.Add(name, ++EverMade);
        Size = Size.With(name);
    }

    public ReferenceNode Leave(FileName name)
    {
        Places.Remove(name);
        Size = Size.Without(name);
        Entries.Remove(name, out ReferenceNode? gone);
        return gone!;
    }

    /// <summary>True for this node itself and for everything below it.</summary>
    public bool Contains(ReferenceNode other)
    {
        for (ReferenceNode node = other; ; node = node.Parent)
        {
            if (node == this)
            {
                return true;
            }

            if (node.Parent == node)
            {
                return false;
            }
        }
    }
}
