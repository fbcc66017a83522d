namespace Raid5Fs.Protocol;

/// <summary>What one call may carry, and one epoch hold.</summary>
public static class CallLimits
{
    /// <summary>Bytes of block content in one message: far below gRPC's limit of 4 MiB.</summary>
    public const int MaxContentBytes = 256 * 1024;

    /// <summary>Rows in one answer to Scan.</summary>
    public const int MaxScannedRows = 8192;

    /// <summary>Rows that one Scan looks at, whether or not it reports them: it keeps its member from all else.</summary>
    public const int MaxVisitedRows = 1 << 18;

    private const int LeastRowsInEpoch = 1152;

    /// <summary>Bytes of a block in a message besides its content: row, sequence, checksum, and what marks the fields.</summary>
    private const int MaxBlockOverhead = 48;

    /// <summary>Bytes of a message besides its blocks.</summary>
    private const int MaxMessageOverhead = 1024;

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

    /// <summary>
    /// Rows that a member keeps in an open epoch: all that a client may have in it, and what of it is under way twice. A client
    /// that writes more, by mistake or on purpose, must not fill its memory.
    /// </summary>
    public static long RowsInOpenEpoch(long rows) => RowsInEpoch(rows) + RowsUnderWay(rows);

    /// <summary>Bytes that a request can have at most, a Write of <see cref="MaxBlocks"/> blocks: more is not of this protocol.</summary>
    public static int MaxRequestBytes(int blockSize) =>
        MaxMessageOverhead + (MaxBlocks(blockSize) * (blockSize + MaxBlockOverhead));

    /// <summary>Blocks in one Read or Write: at least 1.</summary>
    public static int MaxBlocks(int blockSize) => Math.Max(1, MaxContentBytes / blockSize);
}
