using Raid5Fs.FileSystem;

namespace Raid5Verify.Reference;

/// <summary>
/// What a file system's format takes of its space for what, so that the reference knows when it is full.
/// </summary>
/// <param name="Blocks">Blocks for files, directories and what leads to them.</param>
/// <param name="Inodes">Inodes that there can be, the root's included.</param>
/// <param name="PointersPerBlock">Of a file's blocks behind the first <see cref="DirectPointers"/>: see <see cref="PointerBlocks"/>.</param>
/// <param name="InlineTarget">Bytes of a symbolic link's target that take no block.</param>
public sealed record ReferenceSpace(long Blocks, long Inodes, int PointersPerBlock, int InlineTarget)
{
    /// <summary>Blocks of a file to which its inode leads itself.</summary>
    public const int DirectPointers = 12;

    /// <summary>Bytes of an entry of a directory beside its name, at least.</summary>
    public const int EntryOverhead = 10;

    /// <summary>Bytes that an entry may take more than that, so that the next one is where it should be.</summary>
    public const int EntryPadding = 3;

    /// <summary>Blocks one above the other, at most, where the entries of a directory are not in one block.</summary>
    public const int DirectoryLevels = 8;
}

/// <summary>A number that is known only so well.</summary>
/// <param name="Least">It is not less.</param>
/// <param name="Most">It is not more.</param>
public readonly record struct Bounds(long Least, long Most)
{
    public bool IsExact => Least == Most;

    public bool Overlap(Bounds other) => Least <= other.Most && other.Least <= Most;

    public static Bounds operator +(Bounds one, Bounds other) => new(one.Least + other.Least, one.Most + other.Most);

    public static Bounds operator -(Bounds one, Bounds other) => new(one.Least - other.Most, one.Most - other.Least);

    public static implicit operator Bounds(long exact) => new(exact, exact);

    public override string ToString() => IsExact ? $"{Least}" : $"{Least} to {Most}";
}

/// <summary>What of a file system is free.</summary>
/// <param name="Blocks">Blocks.</param>
/// <param name="Inodes">Inodes.</param>
public readonly record struct FreeSpace(Bounds Blocks, long Inodes)
{
    public static FreeSpace Of(FileSystemStatistics statistics) => new(statistics.FreeBlocks, statistics.FreeInodes);

    public bool MayBe(FreeSpace other) => Blocks.Overlap(other.Blocks) && Inodes == other.Inodes;

    public override string ToString() => $"{Blocks} blocks and {Inodes} inodes free";
}

/// <summary>A part of a file in which there is data.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="End">Behind its last.</param>
public readonly record struct Extent(long Start, long End)
{
    public override string ToString() => $"{Start}-{End}";
}
