namespace Raid5Fs.FileSystem;

/// <summary>What a new file system is like. <see cref="Mkfs.Objection"/> says what is wrong with a set of them.</summary>
public sealed record MkfsOptions
{
    /// <summary>
    /// Files and directories that there can be, the root included: at least 1. Default null: one for every four blocks,
    /// at least 16, rounded up to fill the inode table's blocks.
    /// </summary>
    public long? Inodes { get; init; }

    /// <summary>
    /// The longest name in bytes: at least 1. Default null: the most that fits, which is half a block less 10 bytes, or
    /// 255 from blocks of 1024 bytes on.
    /// </summary>
    public int? MaxNameLength { get; init; }

    /// <summary>The most links of an inode, so the most subdirectories of a directory + 2: 2 to 65,000. Default 65,000.</summary>
    public int MaxLinkCount { get; init; } = OnDiskFormat.LinkLimit;

    /// <summary>
    /// Orders the entries of directories. To be drawn at random by whoever makes the volume, so that nobody who does not know it can
    /// choose names that are all in one place. It is no secret from those who may read a directory's places.
    /// </summary>
    public required ulong NameSeed { get; init; }

    /// <summary>What people call the volume: at most 32 bytes of UTF-8. Default none.</summary>
    public string Label { get; init; } = string.Empty;
}
