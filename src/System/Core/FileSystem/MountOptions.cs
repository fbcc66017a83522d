using Raid5Fs.BlockDevice;

namespace Raid5Fs.FileSystem;

/// <summary>How <see cref="UnixFileSystem.MountAsync"/> uses memory and when it commits.</summary>
public sealed record MountOptions
{
    /// <summary>
    /// Blocks that the cache holds, the bitmaps not counted. Default 4096. At least
    /// <see cref="UnixFileSystem.LargestOperation"/>. Three quarters of them may be dirty, if
    /// <see cref="IBlockDevice.MaxUncommittedBlocks"/> allows it.
    /// </summary>
    public int CacheBlocks { get; init; } = 4096;

    /// <summary>
    /// How old a change may get before it is committed without being asked to: more than zero, or
    /// <see cref="Timeout.InfiniteTimeSpan"/> for never. Default 5 s.
    /// </summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromSeconds(5);
}
