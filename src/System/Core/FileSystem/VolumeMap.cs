namespace Raid5Fs.FileSystem;

/// <summary>Where the parts of a file system lie on its device, by block number, in this order.</summary>
/// <param name="BlockSize">Bytes.</param>
/// <param name="Blocks">Of the volume.</param>
/// <param name="Inodes">That there can be, the root included.</param>
/// <param name="InodeSize">Bytes.</param>
/// <param name="InodeBitmap">Its first block; block 0 is the superblock.</param>
/// <param name="BlockBitmap">Its first block.</param>
/// <param name="InodeTable">Its first block.</param>
/// <param name="Data">The first block that files may use.</param>
/// <param name="MaxNameLength">Bytes.</param>
/// <param name="MaxFileSize">Bytes.</param>
public sealed record VolumeMap(
    int BlockSize,
    long Blocks,
    long Inodes,
    int InodeSize,
    long InodeBitmap,
    long BlockBitmap,
    long InodeTable,
    long Data,
    int MaxNameLength,
    long MaxFileSize);
