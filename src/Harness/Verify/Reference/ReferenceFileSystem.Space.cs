using Raid5Fs.FileSystem;

namespace Raid5Verify.Reference;

/// <content>
/// What is left. How a directory divides its entries among blocks is the file system's own business, so where one does, it is known
/// only within bounds when the space ends.
/// </content>
public sealed partial class ReferenceFileSystem
{
    /// <summary>Whether what is not known of the space in use is taken for the most that it can be, not the least.</summary>
    public bool IsPessimistic { get; set; }

    /// <summary>What statfs(2) tells; of the blocks that are free, at least so many.</summary>
    public FileSystemStatistics Statistics => new(
        _limits.BlockSize,
        _limits.Space?.Blocks ?? long.MaxValue,
        Math.Max(0, FreeBlocks.Least),
        _limits.Space?.Inodes ?? long.MaxValue,
        FreeInodes,
        _limits.MaxNameLength);

    /// <summary>Bytes.</summary>
    public int BlockSize => _limits.BlockSize;

    /// <summary>Blocks that are free; as many as one likes where nothing limits them.</summary>
    public Bounds FreeBlocks => _limits.Space is { } space ? space.Blocks - Used(space) : long.MaxValue;

    /// <summary>Inodes that are free.</summary>
    public long FreeInodes => _limits.Space is { } space ? space.Inodes - _nodes.Count : long.MaxValue;

    /// <summary>Blocks to reckon with; null where nothing limits them.</summary>
    private long? Free => _limits.Space is null ? null : Likely(FreeBlocks.Most, FreeBlocks.Least);

    private SparseBytes NewContent() => new(_limits.BlockSize, _limits.Space?.PointersPerBlock ?? 0);

    private Bounds Used(ReferenceSpace space)
    {
        Bounds used = 0;
        foreach (ReferenceNode node in _nodes.Values)
        {
            used += node.Blocks(_limits.BlockSize, space);
        }

        return used;
    }

    /// <summary>Whether an entry more has room, and so many blocks besides.</summary>
    private bool HasRoomFor(ReferenceNode directory, FileName name, int besides = 0) =>
        Free is not { } free || Taken(directory.Size, directory.Size.With(name)) + besides <= free;

    /// <summary>Whether there is room for an entry somewhere else, where there is none of its name: it is taken away first.</summary>
    private bool HasRoomToMove(ReferenceNode from, FileName name, ReferenceNode to, FileName newName)
    {
        if (Free is not { } free)
        {
            return true;
        }

        DirectorySize left = from.Size.Without(name);
        DirectorySize before = from == to ? left : to.Size;
        return Taken(from.Size, left) + Taken(before, before.With(newName)) <= free;
    }

    /// <summary>Blocks that a directory takes more.</summary>
    private long Taken(DirectorySize before, DirectorySize after) =>
        Likely(after.Blocks(_limits.BlockSize).Least, after.Blocks(_limits.BlockSize).Most)
        - Likely(before.Blocks(_limits.BlockSize).Least, before.Blocks(_limits.BlockSize).Most);

    private long Likely(long atBest, long atWorst) => IsPessimistic ? atWorst : atBest;
}
