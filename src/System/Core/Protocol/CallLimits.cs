namespace Raid5Fs.Protocol;

/// <summary>What one call may carry.</summary>
internal static class CallLimits
{
    /// <summary>Bytes of block content in one message: far below gRPC's limit of 4 MiB.</summary>
    public const int MaxContentBytes = 256 * 1024;

    /// <summary>Blocks in one Read or Write: at least 1.</summary>
    public static int MaxBlocks(int blockSize) => Math.Max(1, MaxContentBytes / blockSize);
}
