using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>Consecutive blocks of the array; at least one.</summary>
internal readonly record struct BlockRange(BlockAddress First, int Count)
{
    /// <summary>
    /// Cuts the range into windows of whole stripes, so that a window needs one message a member and phase where
    /// chunks are not larger than a message.
    /// </summary>
    public WindowsOfRange Windows(Raid5Geometry geometry, int maxBlocksInCall)
    {
        long stripes = Math.Max(1, maxBlocksInCall / geometry.ChunkBlocks);
        return new WindowsOfRange(this, stripes * geometry.StripeBlocks);
    }

    /// <summary>Walks the windows without an allocation.</summary>
    public struct WindowsOfRange(BlockRange range, long windowBlocks)
    {
        private readonly long _end = range.First.Value + range.Count;
        private long _next = range.First.Value;

        public BlockRange Current { get; private set; }

        public readonly WindowsOfRange GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_next == _end)
            {
                return false;
            }

            long windowEnd = Math.Min(_end, ((_next / windowBlocks) + 1) * windowBlocks);
            Current = new BlockRange(new BlockAddress(_next), (int)(windowEnd - _next));
            _next = windowEnd;
            return true;
        }
    }
}
