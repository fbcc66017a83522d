using System.Globalization;
using System.Numerics;
using Raid5Fs.BlockDevice;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios;

/// <summary>The array under test: its servers, their geometry, and the client's cache.</summary>
public sealed record ClusterShape
{
    internal const int MostServers = 32;

    private const int BytesOfInode = 128;

    /// <summary>Block servers, one a member of the array.</summary>
    [Between(3, MostServers)]
    public int Servers { get; init; } = 5;

    /// <summary>Bytes a block: a power of two.</summary>
    [Between(128, 65_536)]
    public ByteSize Block { get; init; } = ByteSize.OfKiB(4);

    /// <summary>Consecutive blocks that lie on one server before the next one's turn.</summary>
    [Between(1, 1024)]
    public int Chunk { get; init; } = 4;

    /// <summary>Blocks a server: a multiple of the chunk. The array holds rows × (servers − 1) blocks of data.</summary>
    [Between(1, 1 << 20)]
    public int Rows { get; init; } = 128;

    /// <summary>Blocks that the file system's cache may hold.</summary>
    [Between(1, 1 << 20)]
    public int Cache { get; init; } = 64;

    /// <summary>Bytes of data that the array holds.</summary>
    internal long Capacity => Blocks * Block.Bytes;

    /// <summary>What the on-disk format, as it is documented, can hold with blocks of this size.</summary>
    internal ReferenceLimits Limits
    {
        get
        {
            long pointers = Block.Bytes / sizeof(uint);
            long blocksOfFile = 12 + pointers + (pointers * pointers) + (pointers * pointers * pointers);
            return new ReferenceLimits(
                MaxNameLength: (int)Math.Min(255, (Block.Bytes / 2) - 10),
                MaxFileSize: blocksOfFile * Block.Bytes,
                MaxLinks: 65_000,
                MaxTargetLength: (int)Math.Min(4095, Block.Bytes),
                MaxAttributeBytes: Block.Bytes,
                BlockSize: (int)Block.Bytes)
            {
                Space = new ReferenceSpace(DataBlocks, Inodes, PointersPerBlock: (int)pointers, InlineTarget: 60),
            };
        }
    }

    private long Blocks => (long)Rows * (Servers - 1);

    /// <summary>One for four blocks, 16 at least, and what fills the last block of them.</summary>
    private long Inodes => DivideUp(Math.Max(16, Blocks / 4), Block.Bytes / BytesOfInode) * (Block.Bytes / BytesOfInode);

    /// <summary>All but the superblock, the two bitmaps, and the inodes.</summary>
    private long DataBlocks =>
        Blocks - 1 - DivideUp(Inodes, 8 * Block.Bytes) - DivideUp(Blocks, 8 * Block.Bytes) - DivideUp(Inodes * BytesOfInode, Block.Bytes);

    private static long DivideUp(long number, long by) => (number + by - 1) / by;

    /// <summary>That no server has this place, in one line.</summary>
    internal string Lacks(long server) => string.Create(
        CultureInfo.InvariantCulture, $"there is no server {server}: the cluster has servers 0 to {Servers - 1}");

    /// <summary>The first thing that is impossible about this shape beyond the ranges of its fields.</summary>
    internal FieldProblem? FindProblem()
    {
        if (!BitOperations.IsPow2(Block.Bytes))
        {
            return new FieldProblem(nameof(Block), $"a block of {Block} is impossible: the size must be a power of two");
        }

        if (Rows % Chunk != 0)
        {
            return new FieldProblem(
                nameof(Rows), $"{Rows} rows are impossible: they must be a multiple of the chunk of {Chunk} blocks");
        }

        long least = UnixFileSystem.LargestOperation((int)Block.Bytes, Blocks);
        if (Cache < least)
        {
            return new FieldProblem(nameof(Cache), $"a cache of {Cache} blocks is impossible: one operation may need {least}");
        }

        return Mkfs.Objection(new PaperDevice(this), new MkfsOptions { NameSeed = 1 }) is { } objection
            ? new FieldProblem(nameof(Rows), objection)
            : null;
    }

    /// <summary>A device of this shape, on paper: there is nothing to read or write.</summary>
    private sealed class PaperDevice(ClusterShape shape) : IBlockDevice
    {
        public int BlockSize => (int)shape.Block.Bytes;

        public long BlockCount => (long)shape.Rows * (shape.Servers - 1);

        public int MaxUncommittedBlocks => new ArrayOptions().MaxUncommittedBlocks;

        public Task<Errno> ReadAsync(BlockAddress first, Memory<byte> destination, CancellationToken cancellation = default) =>
            Task.FromResult(Errno.EIO);

        public Task<Errno> WriteAsync(BlockAddress first, ReadOnlyMemory<byte> source, CancellationToken cancellation = default) =>
            Task.FromResult(Errno.EIO);

        public Task<Errno> CommitAsync(CancellationToken cancellation = default) => Task.FromResult(Errno.EIO);
    }
}

/// <summary>A field whose value is impossible, and why.</summary>
/// <param name="Field">The property's name.</param>
/// <param name="Message">One line.</param>
internal sealed record FieldProblem(string Field, string Message);
