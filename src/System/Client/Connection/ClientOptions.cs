using Raid5Fs.FileSystem;
using Raid5Fs.Raid;

namespace Raid5Fs.Client.Connection;

/// <summary>What a client program is told about its array. Immutable; safe to share.</summary>
internal sealed record ClientOptions
{
    private const int MinBlockSize = 128;

    private static readonly TimeSpan LeastAttempt = TimeSpan.FromSeconds(2);

    /// <summary>The servers, in the order of their places in the array: 3 to 32.</summary>
    public required IReadOnlyList<ServerAddress> Servers { get; init; }

    /// <summary>What the client calls itself, in the claims that servers remember. Null: drawn at random.</summary>
    public ulong? ClientId { get; init; }

    /// <summary>Bytes of the cache of blocks, 64 MiB by default; what the file system needs at least is taken in any case.</summary>
    public long CacheBytes { get; init; } = 64L << 20;

    /// <summary>Null: the connections are not encrypted.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>Connections to each server, over which calls are spread: 1 to 16. Default 1.</summary>
    public int ConnectionsPerServer { get; init; } = 1;

    /// <summary>How long a server may answer nothing before it is away: <see cref="ArrayOptions.RetryBudget"/>. Default 3 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// <see cref="ArrayOptions.Lease"/>: all clients of an array must use the same. Default 2 s, as a tool that takes over while a
    /// server is away must wait for that long.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How old a change may get before it is committed: <see cref="MountOptions.CommitInterval"/>. Default 5 s.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Rows a second that a refill does at most; null for no limit.</summary>
    public double? RefillRate { get; init; }

    /// <summary>Rows a second that a scrub looks at, at most; null for no limit.</summary>
    public double? ScrubRate { get; init; }

    /// <summary>How the array is used.</summary>
    public ArrayOptions ToArrayOptions()
    {
        TimeSpan pause = Patience < TimeSpan.FromMilliseconds(500) ? Patience / 4 : TimeSpan.FromMilliseconds(500);
        return new ArrayOptions
        {
            // A connection that is refused says so at once; only a server that is busy with its disk answers late.
            AttemptTimeout = Patience > LeastAttempt ? Patience : LeastAttempt,
            RetryBudget = Patience,
            RetryDelay = TimeSpan.FromMilliseconds(10),
            MaxRetryDelay = pause < TimeSpan.FromMilliseconds(10) ? TimeSpan.FromMilliseconds(10) : pause,
            Lease = Lease,
            RefillRate = RefillRate,
            ScrubRate = ScrubRate,

            // The cache decides how much stays uncommitted: it never holds more blocks than this.
            MaxUncommittedBlocks = (int)Math.Clamp(CacheBytes / MinBlockSize, 1000, 1 << 20),
        };
    }

    /// <summary>How a file system on this array is mounted.</summary>
    /// <param name="blockSize">Bytes.</param>
    /// <param name="blockCount">Blocks of the array.</param>
    public MountOptions ToMountOptions(int blockSize, long blockCount) => new()
    {
        CacheBlocks = (int)Math.Min(
            int.MaxValue, Math.Max(CacheBytes / blockSize, 4 * UnixFileSystem.LargestOperation(blockSize, blockCount))),
        CommitInterval = CommitInterval,
    };
}
