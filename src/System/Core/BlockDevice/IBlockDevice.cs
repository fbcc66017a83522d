using Raid5Fs.Primitives;

namespace Raid5Fs.BlockDevice;

/// <summary>
/// A flat space of blocks with atomic commits: the seam between the file system above and the array below.
/// </summary>
/// <remarks>
/// <para>Reads see the caller's own uncommitted writes. After a crash the device is at the last acknowledged
/// commit, or at the one in flight, nothing between.</para>
/// <para>Blocks that were never written read as zeros.</para>
/// <para>Called from one executor. Reads and writes of different blocks may overlap in time; overlapping writes
/// of one block are ordered by the caller.</para>
/// </remarks>
public interface IBlockDevice
{
    /// <summary>Bytes a block: a power of two, 128 to 65,536.</summary>
    int BlockSize { get; }

    /// <summary>Blocks in the device.</summary>
    long BlockCount { get; }

    /// <summary>The most distinct blocks that may be written between two commits. At least 1.</summary>
    int MaxUncommittedBlocks { get; }

    /// <summary>
    /// Reads consecutive blocks; <paramref name="destination"/> holds a whole number of them.
    /// </summary>
    /// <returns><see cref="Errno.EIO"/> if any of the blocks cannot be rebuilt; the destination is then undefined.</returns>
    Task<Errno> ReadAsync(BlockAddress first, Memory<byte> destination, CancellationToken cancellation = default);

    /// <summary>
    /// Writes consecutive blocks; <paramref name="source"/> holds a whole number of them and stays unchanged until
    /// the call completes.
    /// </summary>
    /// <returns><see cref="Errno.EIO"/> if the blocks cannot be kept: what they hold afterwards is old, new or EIO.</returns>
    Task<Errno> WriteAsync(BlockAddress first, ReadOnlyMemory<byte> source, CancellationToken cancellation = default);

    /// <summary>Makes every write so far durable, all of them or none. Excludes concurrent writes.</summary>
    /// <param name="cancellation">May be ignored: a commit that was begun is better ended.</param>
    Task<Errno> CommitAsync(CancellationToken cancellation = default);
}
