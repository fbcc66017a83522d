using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Sets the bits of the bitmaps that stand for the metadata or for nothing.</summary>
internal sealed class FsckBitmapRepair(VolumeLayout layout, BufferCache cache)
{
    /// <summary>In every block that can be read: a bitmap of which one cannot be is not judged.</summary>
    public async ValueTask SetReservedAsync()
    {
        await SetReservedAsync(layout.InodeBitmapStart, layout.InodeBitmapBlocks, reserved: 1, layout.InodeCount);
        await SetReservedAsync(layout.BlockBitmapStart, layout.BlockBitmapBlocks, layout.DataStart, layout.BlockCount);
    }

    private async ValueTask SetReservedAsync(uint first, uint blocks, uint reserved, uint count)
    {
        for (uint i = 0; i < blocks; i++)
        {
            Result<CachedBlock> block = await cache.GetAsync(first + i);
            long start = i * 8L * layout.BlockSize;
            for (int bit = 0; block.IsOk && bit < 8 * layout.BlockSize; bit++)
            {
                byte mask = (byte)(1 << (bit % 8));
                bool mustBeSet = start + bit < reserved || start + bit >= count;
                if (mustBeSet && (block.Value.Bytes[bit / 8] & mask) == 0)
                    block.Value.Change()[bit / 8] |= mask;
            }
        }
    }
}
