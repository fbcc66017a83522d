using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>Consecutive blocks of the array; at least one.</summary>
internal readonly record struct BlockRange(BlockAddress First, int Count)
{
    /// <summary>
    /// Cuts the range into windows of whole stripes, so that a window needs one message a member and phase where
    /// chunks are not larger than a message.
    /// </summary>
    public IEnumerable<BlockRange> Windows(Raid5Geometry geometry, int maxBlocksInCall)
    {
        long stripes = Math.Max(1, maxBlocksInCall / geometry.ChunkBlocks);
        long windowBlocks = stripes * geometry.StripeBlocks;
        long next = First.Value;
        long end = First.Value + Count;
        while (next < end)
        {
            long windowEnd = Math.Min(end, ((next / windowBlocks) + 1) * windowBlocks);
            yield return new BlockRange(new BlockAddress(next), (int)(windowEnd - next));
            next = windowEnd;
        }
    }
}
