/*
 * The on-disk format, version 6: all of it is in this file.
 *
 *   block 0            superblock
 *   then               inode bitmap    1 bit an inode: bit i is inode number i + 1; 1 is in use
 *   then               block bitmap    1 bit a block of the volume, the metadata's own included; 1 is in use
 *   then               inode table     128 bytes an inode
 *   then, to the end   data            file blocks, directory blocks, blocks of pointers and of attributes
 *
 *   superblock (the rest of block 0 is zero)          inode
 *     0  magic "Raid5Fs\n"        8 bytes               0  type: 1 file, 2 directory,     u8
 *     8  version                  u32                      3 symbolic link, 4 fifo, 5 socket,
 *    12  block size, bytes        u32                      6 character device, 7 block device
 *    16  blocks in the volume     u32                   1  zero                          u8
 *    20  inodes                   u32                   2  permissions                   u16: 12 bits
 *    24  longest name, bytes      u32                   4  link count                    u32
 *    28  most links of an inode   u32                   8  generation                    u32
 *    32  label, UTF-8             32 bytes             12  owner                         u32
 *    64  first orphan             u32                  16  size, bytes                   u64
 *    68  zero                     u32                  24  group                         u32
 *    72  seed of names' places    u64                  28  blocks, all that it has       u32
 *    80  XxHash3 of bytes 0..79   u64                  32  access time                   i64
 *                                                      40  modify time                   i64
 *   record of a leaf                                   48  change time                   i64
 *     0  inode, 0: free space     u32                  56  of an orphan the next one     u32
 *     4  length of the record     u32: a multiple      60  and the one before it         u32
 *        of 4, the next record starts there            64  12 direct block pointers      u32 each
 *     8  length of the name       u8                  112  single, double, triple indirect   u32 each
 *     9  type, as in the inode    u8                  124  block of attributes, 0: none  u32
 *    10  the name, then up to the length
 *        of the record: free space                     of a directory, instead of pointers
 *                                                      64  its parent                    u32
 *   index                                              68  the root of its tree: an index of 52 bytes
 *     0  entries                  u16                 120  zero                          u32
 *     2  levels of blocks below   u16
 *     4  entries: the first key below it   u32
 *        and the block it leads to         u32
 *
 * Numbers are little-endian. A pointer is a block number; 0 is a hole, which reads as zeros. Times are nanoseconds since
 * the beginning of 1970. Bits of a bitmap past its last inode or block are 1. Bytes of a file's last block past its size
 * are zero, and so are the label's past its end. The slot of a free inode holds its last generation and otherwise anything:
 * the bitmap decides. Inode 1 is the root directory.
 *
 * Where the pointers of files are, the rest of them zero: the target of a symbolic link of up to 60 bytes (a longer one is
 * the content of its one block); the major number (u32), then the minor (u32) of a device. A fifo or a socket has nothing there.
 *
 * An orphan is an inode in use with a link count of 0: no entry leads to it, but it was open still. Orphans are chained both ways
 * by their numbers, from the superblock on; 0 ends the chain. Who mounts frees them.
 *
 * The extended attributes of an inode are in one block, in the order of their names' bytes, then zeros: each is the length of the
 * name (u8, not 0), the length of the value (u16), the name, the value. The block counts as one of the inode's.
 *
 * The entries of a directory are in a tree. The place of a name is the XxHash3 of its bytes with the seed, shifted right by one bit,
 * and at least 3; its key are the highest 32 bits of that hash. Each entry of an index leads to the names whose keys are at least its
 * own and less than the next one's; the first one's key is 0, and it leads to all before the second's. Where an index has one level
 * below it, those are leaves: their records fill each block exactly and never cross into the next, in no order, and there is one
 * at least. What is in a block behind the last entry of an index is zero. A directory without entries has no blocks. "." and ".."
 * are not stored: a directory knows its parent, the root is its own.
 *
 * There is no journal: the device commits atomically, and only states between operations are committed.
 */

using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Text;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>The constants of the on-disk format.</summary>
internal static class OnDiskFormat
{
    public const uint Version = 6;

    public const int MinBlockSize = 128;
    public const int MaxBlockSize = 65_536;

    public const int InodeSize = 128;
    public const int DirectPointers = 12;

    /// <summary>Direct pointers, then single, double and triple indirect.</summary>
    public const int InodePointers = DirectPointers + 3;

    public const int PointerSize = sizeof(uint);

    /// <summary>Bytes of the root of a directory's tree, in its inode.</summary>
    public const int DirectoryRootSize = 52;

    /// <summary>Bytes of a directory record before its name.</summary>
    public const int RecordHeader = 10;

    /// <summary>Records begin at multiples of this many bytes.</summary>
    public const int RecordAlignment = 4;

    /// <summary>The longest name in any format: <c>NAME_MAX</c>.</summary>
    public const int NameLimit = 255;

    public const int LinkLimit = 65_000;

    /// <summary>The longest target of a symbolic link in any format: a path without the zero at its end.</summary>
    public const int TargetLimit = 4095;

    /// <summary>The longest name of an extended attribute, in bytes.</summary>
    public const int AttributeNameLimit = 255;

    /// <summary>The longest value of an extended attribute in any format, in bytes; all those of an inode fit one block.</summary>
    public const int AttributeValueLimit = 65_535;

    /// <summary>The longest label of a volume, in bytes.</summary>
    public const int LabelLimit = 32;

    /// <summary>The longest target that an inode holds itself.</summary>
    public const int InlineTargetLimit = InodePointers * PointerSize;

    public static readonly InodeNumber RootInode = new(1);

    public static ReadOnlySpan<byte> Magic => "Raid5Fs\n"u8;

    public static ReadOnlySpan<byte> Dot => "."u8;

    public static ReadOnlySpan<byte> DotDot => ".."u8;

    /// <summary>The longest name where a block must hold two records of it.</summary>
    public static int NameLimitFor(int blockSize) => Math.Min(NameLimit, (blockSize / 2) - RecordHeader);

    /// <summary>Whether an inode in use may be of this type.</summary>
    public static bool IsType(FileType type) => type is >= FileType.Regular and <= FileType.BlockDevice;

    /// <summary>Levels of pointers below a slot of an inode: 0 where it leads to a block of the file itself.</summary>
    public static int DepthOf(int slot) => Math.Max(0, slot - DirectPointers + 1);

    /// <summary>Whether an inode of this type has a device number.</summary>
    public static bool IsDevice(FileType type) => type is FileType.CharacterDevice or FileType.BlockDevice;

    /// <summary>Bytes that a record needs for a name of <paramref name="nameLength"/> bytes.</summary>
    public static int RecordSize(int nameLength) =>
        (RecordHeader + nameLength + RecordAlignment - 1) & ~(RecordAlignment - 1);
}

/// <summary>
/// What the superblock says, and where it puts everything. Immutable.
/// </summary>
internal sealed class VolumeLayout
{
    private const int MagicAt = 0;
    private const int VersionAt = 8;
    private const int BlockSizeAt = 12;
    private const int BlockCountAt = 16;
    private const int InodeCountAt = 20;
    private const int NameLimitAt = 24;
    private const int LinkLimitAt = 28;
    private const int LabelAt = 32;
    private const int FirstOrphanAt = LabelAt + OnDiskFormat.LabelLimit;
    private const int NameSeedAt = FirstOrphanAt + (2 * sizeof(uint));
    private const int ChecksumAt = NameSeedAt + sizeof(ulong);

    /// <summary>Bytes of a superblock, its checksum included.</summary>
    public const int SuperblockSize = ChecksumAt + sizeof(ulong);

    /// <summary>The values are those that <see cref="Objection"/> and <see cref="LabelObjection"/> find nothing wrong with.</summary>
    public VolumeLayout(
        int blockSize, uint blockCount, uint inodeCount, int nameLimit, int linkLimit, string label, ulong nameSeed)
    {
        Label = label;
        NameSeed = nameSeed;
        BlockSize = blockSize;
        BlockCount = blockCount;
        InodeCount = inodeCount;
        NameLimit = nameLimit;
        LinkLimit = linkLimit;

        InodeBitmapBlocks = BitmapBlocks(blockSize, inodeCount);
        BlockBitmapStart = InodeBitmapStart + InodeBitmapBlocks;
        BlockBitmapBlocks = BitmapBlocks(blockSize, blockCount);
        InodeTableStart = BlockBitmapStart + BlockBitmapBlocks;
        InodesPerBlock = (uint)(blockSize / OnDiskFormat.InodeSize);
        DataStart = InodeTableStart + ((inodeCount + InodesPerBlock - 1) / InodesPerBlock);

        long pointers = blockSize / OnDiskFormat.PointerSize;
        PointersPerBlock = (int)pointers;
        MaxFileBlocks = OnDiskFormat.DirectPointers + pointers + (pointers * pointers) + (pointers * pointers * pointers);
        MaxFileSize = MaxFileBlocks * blockSize;
        MaxDirectoryHeight = MaxDirectoryHeightOn(blockSize, blockCount);
    }

    /// <summary>What people call the volume.</summary>
    public string Label { get; }

    /// <summary>Bytes.</summary>
    public int BlockSize { get; }

    public uint BlockCount { get; }

    public uint InodeCount { get; }

    /// <summary>The longest name, in bytes.</summary>
    public int NameLimit { get; }

    /// <summary>The most links that lead to one inode.</summary>
    public int LinkLimit { get; }

    /// <summary>The longest target of a symbolic link, in bytes: it takes one block at most.</summary>
    public int TargetLimit => Math.Min(OnDiskFormat.TargetLimit, BlockSize);

    /// <summary>Of <see cref="PlaceOf"/>.</summary>
    public ulong NameSeed { get; }

    /// <summary>The most levels of blocks below the root of a directory's tree.</summary>
    public int MaxDirectoryHeight { get; }

    public uint InodeBitmapStart => 1;

    public uint InodeBitmapBlocks { get; }

    public uint BlockBitmapStart { get; }

    public uint BlockBitmapBlocks { get; }

    public uint InodeTableStart { get; }

    public uint InodesPerBlock { get; }

    /// <summary>The first block that files may use.</summary>
    public uint DataStart { get; }

    public uint DataBlocks => BlockCount - DataStart;

    public int PointersPerBlock { get; }

    /// <summary>Blocks that an inode's pointers can address.</summary>
    public long MaxFileBlocks { get; }

    /// <summary>Bytes. Holes count: a file may be larger than the volume.</summary>
    public long MaxFileSize { get; }

    /// <summary>
    /// An upper bound of the blocks that one indivisible operation makes dirty: for a rename an entry removed (a leaf, an index, an inode) and one
    /// added where every level is full (two blocks of each, a new one below the root, an inode), the moved and the replaced inode,
    /// the inode bitmap, the superblock and two orphans; and each block of the block bitmap, where a scattered file is freed.
    /// </summary>
    public long LargestOperation => LargestOperationOn(BlockSize, BlockCount);

    /// <summary>The most blocks that writing into one block of a file makes dirty.</summary>
    public long LargestBlockWrite => 5 + Math.Min(4, (long)BlockBitmapBlocks);

    /// <summary>What <see cref="LargestOperation"/> is on a device of this size.</summary>
    public static long LargestOperationOn(int blockSize, long blockCount) =>
        11 + (2 * MaxDirectoryHeightOn(blockSize, blockCount)) + (long)BitmapBlocks(blockSize, blockCount);

    /// <summary>Why no volume can have these values; null where one can.</summary>
    public static string? Objection(int blockSize, long blockCount, long inodeCount, int nameLimit, int linkLimit)
    {
        if (blockSize is < OnDiskFormat.MinBlockSize or > OnDiskFormat.MaxBlockSize || !BitOperations.IsPow2(blockSize))
            return $"the block size is {blockSize} bytes; it must be a power of two from {OnDiskFormat.MinBlockSize} to {OnDiskFormat.MaxBlockSize}";
        if (blockCount is < 1 or > uint.MaxValue)
            return $"the device has {blockCount} blocks; block numbers have 32 bits, so it must be 1 to {uint.MaxValue}";
        if (inodeCount is < 1 or >= uint.MaxValue)
            return $"{inodeCount} inodes were asked for; it must be 1 to {uint.MaxValue - 1}";
        if (nameLimit < 1 || nameLimit > OnDiskFormat.NameLimitFor(blockSize))
            return $"names of up to {nameLimit} bytes do not fit blocks of {blockSize} bytes; the limit must be 1 to {OnDiskFormat.NameLimitFor(blockSize)}";
        if (linkLimit is < 2 or > OnDiskFormat.LinkLimit)
            return $"the link limit is {linkLimit}; it must be 2 to {OnDiskFormat.LinkLimit}";

        long inodesPerBlock = blockSize / OnDiskFormat.InodeSize;
        long metadata = 1 + (long)BitmapBlocks(blockSize, inodeCount) + BitmapBlocks(blockSize, blockCount)
            + ((inodeCount + inodesPerBlock - 1) / inodesPerBlock);
        if (blockCount <= metadata)
            return $"a device of {blockCount} blocks of {blockSize} bytes is too small for {inodeCount} inodes: the superblock, bitmaps and inode table take {metadata}, and nothing is left for files";

        return null;
    }

    /// <summary>Why no volume can have this label; null where one can.</summary>
    public static string? LabelObjection(string label) =>
        Encoding.UTF8.GetByteCount(label) > OnDiskFormat.LabelLimit
            ? $"the label '{label}' has {Encoding.UTF8.GetByteCount(label)} bytes; the limit is {OnDiskFormat.LabelLimit}"
        : label.Any(char.IsControl) ? "the label has a character that cannot be printed"
        : null;

    /// <summary>
    /// Reads a superblock: EINVAL if there is none of this format and version, EUCLEAN if it is damaged or contradicts
    /// itself or the device.
    /// </summary>
    public static Result<VolumeLayout> Decode(ReadOnlySpan<byte> block, int deviceBlockSize, long deviceBlocks)
    {
        if (!block[MagicAt..].StartsWith(OnDiskFormat.Magic))
            return Errno.EINVAL;
        if (!IsSealed(block))
            return Errno.EUCLEAN;
        if (ReadUInt32(block, VersionAt) != OnDiskFormat.Version)
            return Errno.EINVAL;

        uint blockSize = ReadUInt32(block, BlockSizeAt);
        uint blockCount = ReadUInt32(block, BlockCountAt);
        uint inodeCount = ReadUInt32(block, InodeCountAt);
        uint nameLimit = ReadUInt32(block, NameLimitAt);
        uint linkLimit = ReadUInt32(block, LinkLimitAt);
        bool fits = blockSize == deviceBlockSize && blockCount <= deviceBlocks
            && nameLimit <= OnDiskFormat.NameLimit && linkLimit <= OnDiskFormat.LinkLimit;
        bool isZero = !block[(FirstOrphanAt + sizeof(uint))..NameSeedAt].ContainsAnyExcept((byte)0)
            && !block[SuperblockSize..].ContainsAnyExcept((byte)0);
        if (!fits || !isZero || Objection((int)blockSize, blockCount, inodeCount, (int)nameLimit, (int)linkLimit) is not null)
            return Errno.EUCLEAN;

        string label = Encoding.UTF8.GetString(block.Slice(LabelAt, OnDiskFormat.LabelLimit).TrimEnd((byte)0));
        return new VolumeLayout(
            (int)blockSize,
            blockCount,
            inodeCount,
            (int)nameLimit,
            (int)linkLimit,
            label,
            BinaryPrimitives.ReadUInt64LittleEndian(block[NameSeedAt..]));
    }

    /// <summary>Writes the superblock over the whole of <paramref name="block"/>.</summary>
    public void Encode(Span<byte> block)
    {
        block.Clear();
        OnDiskFormat.Magic.CopyTo(block[MagicAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(block[VersionAt..], OnDiskFormat.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(block[BlockSizeAt..], (uint)BlockSize);
        BinaryPrimitives.WriteUInt32LittleEndian(block[BlockCountAt..], BlockCount);
        BinaryPrimitives.WriteUInt32LittleEndian(block[InodeCountAt..], InodeCount);
        BinaryPrimitives.WriteUInt32LittleEndian(block[NameLimitAt..], (uint)NameLimit);
        BinaryPrimitives.WriteUInt32LittleEndian(block[LinkLimitAt..], (uint)LinkLimit);
        Encoding.UTF8.GetBytes(Label, block.Slice(LabelAt, OnDiskFormat.LabelLimit));
        BinaryPrimitives.WriteUInt64LittleEndian(block[NameSeedAt..], NameSeed);
        WriteChecksum(block);
    }

    /// <summary>The first orphan, from the bytes of a superblock.</summary>
    public static InodeNumber FirstOrphan(ReadOnlySpan<byte> block) => new(ReadUInt32(block, FirstOrphanAt));

    /// <summary>Changes a superblock's first orphan.</summary>
    public static void SetFirstOrphan(Span<byte> block, InodeNumber orphan)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block[FirstOrphanAt..], orphan.Value);
        WriteChecksum(block);
    }

    public bool Contains(InodeNumber inode) => inode.Value >= 1 && inode.Value <= InodeCount;

    /// <summary>The block of the inode table that holds <paramref name="inode"/>.</summary>
    public uint BlockOf(InodeNumber inode) => InodeTableStart + ((inode.Value - 1) / InodesPerBlock);

    /// <summary>Bytes from the start of that block.</summary>
    public int OffsetOf(InodeNumber inode) => (int)((inode.Value - 1) % InodesPerBlock) * OnDiskFormat.InodeSize;

    /// <summary>Whether a pointer that is not a hole may have this value.</summary>
    public bool IsDataBlock(uint pointer) => pointer >= DataStart && pointer < BlockCount;

    /// <summary>Blocks that hold <paramref name="bytes"/> bytes of a file.</summary>
    public long BlocksFor(long bytes) => (bytes + BlockSize - 1) / BlockSize;

    /// <summary>The place of a name among the entries of any directory.</summary>
    public EntryPosition PlaceOf(ReadOnlySpan<byte> name) =>
        new(Math.Max(EntryPosition.OfDotDot.Value + 1, (long)(XxHash3.HashToUInt64(name, (long)NameSeed) >> 1)));

    /// <summary>
    /// As many levels as a tree of all blocks has whose indexes are half full, which is what splitting leaves, and one more.
    /// </summary>
    private static int MaxDirectoryHeightOn(int blockSize, long blockCount)
    {
        int height = 2;
        for (long leaves = DirectoryIndex.CapacityOf(OnDiskFormat.DirectoryRootSize); leaves < blockCount; height++)
            leaves *= DirectoryIndex.CapacityOf(blockSize) / 2;
        return height;
    }

    private static uint BitmapBlocks(int blockSize, long bits) => (uint)((bits + (8L * blockSize) - 1) / (8L * blockSize));

    /// <summary>Whether a superblock's checksum is that of its bytes.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> block) =>
        BinaryPrimitives.ReadUInt64LittleEndian(block[ChecksumAt..]) == XxHash3.HashToUInt64(block[..ChecksumAt]);

    /// <summary>Zeroes what must be zero in the block of a superblock. One that was sealed stays so.</summary>
    public static void ClearUnused(Span<byte> block)
    {
        bool isSealed = IsSealed(block);
        block[SuperblockSize..].Clear();
        block[(FirstOrphanAt + sizeof(uint))..NameSeedAt].Clear();
        if (isSealed)
            WriteChecksum(block);
    }

    private static void WriteChecksum(Span<byte> block) =>
        BinaryPrimitives.WriteUInt64LittleEndian(block[ChecksumAt..], XxHash3.HashToUInt64(block[..ChecksumAt]));

    private static uint ReadUInt32(ReadOnlySpan<byte> block, int at) => BinaryPrimitives.ReadUInt32LittleEndian(block[at..]);
}
