using Raid5Fs.BlockDevice;

namespace Raid5Fs.FileSystem;

/// <summary>
/// Mends a superblock as far as it proves itself: everything on the volume is read by what it says, so nothing in it is guessed.
/// </summary>
internal static class FsckSuperblockRepair
{
    /// <summary>
    /// The superblock as it must have been: with zeros where there is nothing, and where the checksum does not fit, with the one byte
    /// changed that makes it fit. By chance that happens once in 10^14 times.
    /// </summary>
    /// <returns>Null if that is not the way to a superblock of this device.</returns>
    public static byte[]? TryMend(ReadOnlySpan<byte> block, IBlockDevice device)
    {
        byte[] mended = block.ToArray();
        VolumeLayout.ClearUnused(mended);
        if (!VolumeLayout.IsSealed(mended) && !TryMendByte(mended))
            return null;
        return VolumeLayout.Decode(mended, device.BlockSize, device.BlockCount).IsOk ? mended : null;
    }

    private static bool TryMendByte(Span<byte> block)
    {
        for (int at = 0; at < VolumeLayout.SuperblockSize; at++)
        {
            byte damaged = block[at];
            for (int value = 0; value < 256; value++)
            {
                block[at] = (byte)value;
                if (VolumeLayout.IsSealed(block))
                    return true;
            }

            block[at] = damaged;
        }

        return false;
    }
}
