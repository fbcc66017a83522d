using Raid5Fs.FileSystem;

namespace Raid5Verify.Reference;

/// <summary>One inode of the reference: a directory with entries, or a file with bytes.</summary>
internal sealed class ReferenceNode(InodeNumber number, FileType type, SparseBytes content)
{
    public InodeNumber Number { get; } = number;

    public FileType Type { get; } = type;

    public bool IsDirectory => Type == FileType.Directory;

    /// <summary>The directory that this one is an entry of; the root is its own.</summary>
    public ReferenceNode Parent { get; set; } = null!;

    /// <summary>A directory's entries, in byte order, without <c>.</c> and <c>..</c>.</summary>
    public SortedDictionary<FileName, ReferenceNode> Entries { get; } = [];

    /// <summary>A file's bytes.</summary>
    public SparseBytes Content { get; } = content;

    public int LinkCount => IsDirectory ? 2 + Entries.Values.Count(child => child.IsDirectory) : 1;

    public InodeAttributes Attributes => new(Number, Type, LinkCount, IsDirectory ? Entries.Count : Content.Length);

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
