namespace Raid5Fs.Protocol;

/// <summary>What one call may carry.</summary>
internal static class CallLimits
{
    /// <summary>Bytes of block content in one message: far below gRPC's limit of 4 MiB.</summary>
    public const int MaxContentBytes = 256 * 1024;

    /// <summary>Rows in one answer to Scan.</summary>
    public const int MaxScannedRows = 8192;

    /// <summary>Rows that one Scan looks at, whether or not it reports them: it keeps its member from all else.</summary>
    public const int MaxVisitedRows = 1 << 18;

    private const int LeastRowsInEpoch = 1152;

    /// <summary>
    /// Rows of one member that one epoch may write: all of them on a small member, at least a thousand on a larger one.
    /// A member keeps twice as many spare blocks, for an epoch that is sealed and the one that is open behind it, and those of
    /// <see cref="RowsUnderWay"/>.
    /// </summary>
    public static long RowsInEpoch(long rows) => Math.Min(rows, Math.Max(rows / 16, LeastRowsInEpoch));

    /// <summary>
    /// Rows of one member that may be written at the same moment: all of them on a small member. On a larger one it is more
    /// than what a client with default options may have uncommitted, with its heals and refills.
    /// </summary>
    public static long RowsUnderWay(long rows) => Math.Min(rows, LeastRowsInEpoch);

    /// <summary>Blocks in one Read or Write: at least 1.</summary>
    public static int MaxBlocks(int blockSize) => Math.Max(1, MaxContentBytes / blockSize);
}
