using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Sets the bits of the bitmaps that stand for the metadata or for nothing.</summary>
internal sealed class FsckBitmapRepair(VolumeLayout layout, BufferCache cache)
{
    /// <returns>Whether both could be read: they are changed as far as that.</returns>
    public async ValueTask<bool> SetReservedAsync() =>
        await SetReservedAsync(layout.InodeBitmapStart, layout.InodeBitmapBlocks, reserved: 1, layout.InodeCount)
        && await SetReservedAsync(layout.BlockBitmapStart, layout.BlockBitmapBlocks, layout.DataStart, layout.BlockCount);

    private async ValueTask<bool> SetReservedAsync(uint first, uint blocks, uint reserved, uint count)
    {
        for (uint i = 0; i < blocks; i++)
        {
            Result<CachedBlock> block = await cache.GetAsync(first + i);
            if (!block.IsOk)
                return false;
            long start = i * 8L * layout.BlockSize;
            for (int bit = 0; bit < 8 * layout.BlockSize; bit++)
            {
                byte mask = (byte)(1 << (bit % 8));
                bool mustBeSet = start + bit < reserved || start + bit >= count;
                if (mustBeSet && (block.Value.Bytes[bit / 8] & mask) == 0)
                    block.Value.Change()[bit / 8] |= mask;
            }
        }

        return true;
    }
}
