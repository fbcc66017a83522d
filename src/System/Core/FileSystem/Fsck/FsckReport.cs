using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>What <see cref="Fsck.CheckAsync"/> found.</summary>
/// <param name="Findings">In the order in which they were found: the same for the same content.</param>
/// <param name="Files">Inodes other than directories, reached from the root.</param>
/// <param name="Directories">Directories reached from the root, itself included.</param>
/// <param name="UsedBlocks">Blocks of files, directories and their pointers.</param>
public sealed record FsckReport(IReadOnlyList<FsckFinding> Findings, long Files, long Directories, long UsedBlocks)
{
    /// <summary>Inodes without a name that were open when the mount ended, if it did not end well: the next mount frees them.</summary>
    public int Orphans { get; init; }

    public bool IsClean => Findings.Count == 0;

    public override string ToString() => IsClean
        ? $"clean: {Files} files, {Directories} directories, {UsedBlocks} blocks{(Orphans > 0 ? $", {Orphans} orphans" : string.Empty)}"
        : string.Join('\n', Findings);
}

/// <summary>One inconsistency.</summary>
/// <param name="Problem">Of which kind.</param>
/// <param name="Text">A plain sentence that names what is concerned.</param>
/// <param name="Inode">The inode concerned, or none.</param>
/// <param name="Block">The block concerned, or null.</param>
public sealed record FsckFinding(
    FsckProblem Problem, string Text, InodeNumber Inode = default, BlockAddress? Block = null)
{
    /// <summary>What a repair must know beside the inode and the block; null if nothing.</summary>
    internal FsckEvidence? Evidence { get; init; }

    public override string ToString() => $"{Problem}: {Text}";
}

/// <summary>What the check saw where it made a finding, for the repair. What does not belong to the problem is default.</summary>
internal sealed record FsckEvidence
{
    /// <summary>The pointer that is wrong.</summary>
    public FsckPointer Pointer { get; init; }

    /// <summary>The directory that has the entry, and the entry.</summary>
    public InodeNumber Directory { get; init; }

    public DirectoryEntry Entry { get; init; }

    /// <summary>What the wrong number should be.</summary>
    public long Expected { get; init; }

    /// <summary>Whether an inode that is free in the bitmap is all that the entry says; null if that cannot be read.</summary>
    public bool? IsAlive { get; init; }
}

/// <summary>Where a pointer stands.</summary>
/// <param name="Block">Of the device: of the inode table, of pointers, or of an index.</param>
/// <param name="Offset">Bytes from its start.</param>
/// <param name="Use">What it leads to.</param>
/// <param name="IsPastEnd">Whether that is behind the end of the file.</param>
internal readonly record struct FsckPointer(uint Block, int Offset, FsckPointerUse Use, bool IsPastEnd = false);

/// <summary>What a pointer leads to.</summary>
internal enum FsckPointerUse
{
    /// <summary>A block of a file.</summary>
    Content,

    /// <summary>More pointers.</summary>
    Pointers,

    /// <summary>Extended attributes.</summary>
    Attributes,

    /// <summary>An index or a leaf of a directory.</summary>
    Directory,
}

/// <summary>The kinds of inconsistency.</summary>
public enum FsckProblem
{
    /// <summary>The superblock is not one of this format, is damaged, or contradicts the device.</summary>
    BadSuperblock,

    /// <summary>A block that had to be read answers EIO. What depends on it is not judged. A file's content is not read.</summary>
    Unreadable,

    /// <summary>A bit of a bitmap that stands for nothing, or for the metadata, is clear.</summary>
    BadBitmap,

    /// <summary>An inode in use contradicts the format.</summary>
    BadInode,

    /// <summary>A pointer leads out of the data blocks.</summary>
    BadPointer,

    /// <summary>Two pointers lead to one block.</summary>
    BlockUsedTwice,

    /// <summary>A block in use is free in the bitmap.</summary>
    BlockNotMarked,

    /// <summary>A block that nothing uses is in use in the bitmap.</summary>
    BlockLeaked,

    /// <summary>A file has a block past its size.</summary>
    BlockPastEnd,

    /// <summary>Bytes of a file's last block past its size are not zero.</summary>
    TailNotZero,

    /// <summary>An index of a directory's tree contradicts the format, or does not fit the one above it.</summary>
    BadIndex,

    /// <summary>An entry is in a leaf where its name is not looked for.</summary>
    MisplacedEntry,

    /// <summary>A leaf of a directory's tree has no entries: it should have been freed.</summary>
    EmptyLeaf,

    /// <summary>A directory's records do not fill a block as they must, or one has a bad name, inode or type.</summary>
    BadRecord,

    /// <summary>A directory does not know in which one it is.</summary>
    WrongParent,

    /// <summary>Two entries of a directory have one name.</summary>
    DuplicateName,

    /// <summary>An entry leads to an inode that is free in the bitmap.</summary>
    EntryToFreeInode,

    /// <summary>An entry's type is not its inode's.</summary>
    WrongEntryType,

    /// <summary>Two entries lead to one directory.</summary>
    DirectoryLinkedTwice,

    /// <summary>An inode's link count is not the number of entries that lead to it.</summary>
    WrongLinkCount,

    /// <summary>An inode has more blocks, or fewer, than it says.</summary>
    WrongBlockCount,

    /// <summary>The block of an inode's extended attributes contradicts the format.</summary>
    BadAttributes,

    /// <summary>The chain of orphans leads to what is no orphan, or does not lead back as it leads there.</summary>
    BadOrphanChain,

    /// <summary>An inode is in use in the bitmap, but no entry leads to it, and it is no orphan.</summary>
    LostInode,
}
