using Raid5Fs.BlockDevice;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Makes a new, empty file system.</summary>
public static class Mkfs
{
    /// <summary>Blocks written together.</summary>
    private const int LongestRun = 256;

    /// <summary>Why these options cannot be had on this device, in one plain sentence; null where they can.</summary>
    public static string? Objection(IBlockDevice device, MkfsOptions options)
    {
        if (VolumeLayout.Objection(
            device.BlockSize, device.BlockCount, InodesOf(device, options), NamesOf(device, options), options.MaxLinkCount) is { } objection)
            return objection;
        if (VolumeLayout.LabelObjection(options.Label) is { } labelObjection)
            return labelObjection;
        long largest = VolumeLayout.LargestOperationOn(device.BlockSize, device.BlockCount);
        return device.MaxUncommittedBlocks < largest
            ? $"the device takes {device.MaxUncommittedBlocks} uncommitted blocks; a file system of {device.BlockCount} blocks needs {largest}"
            : null;
    }

    /// <summary>
    /// Writes the superblock, the bitmaps and the root's inode over whatever the device holds, and commits: EIO, after
    /// which the device holds what it did, or no file system. Blocks of inodes and data are not written before they are used.
    /// </summary>
    /// <param name="device">Nobody else uses it.</param>
    /// <param name="options">What it is to be like.</param>
    /// <param name="clock">Tells when the root directory was made.</param>
    /// <exception cref="ArgumentException">There is an <see cref="Objection"/>, which is its message.</exception>
    public static async Task<Errno> FormatAsync(IBlockDevice device, MkfsOptions options, TimeProvider clock)
    {
        if (Objection(device, options) is { } objection)
            throw new ArgumentException(objection, nameof(options));

        var layout = new VolumeLayout(
            device.BlockSize,
            (uint)device.BlockCount,
            (uint)InodesOf(device, options),
            NamesOf(device, options),
            options.MaxLinkCount,
            options.Label,
            options.NameSeed);
        var now = Timestamp.Now(clock);

        // Bitmaps, and the block of the inode table that holds the root, stand one after another.
        uint end = layout.InodeTableStart + 1;
        bool fitsOneCommit = end <= device.MaxUncommittedBlocks;
        byte[] superblock = new byte[layout.BlockSize];
        Errno error = Errno.OK;
        if (!fitsOneCommit)
            error = await WriteAsync(device, 0, superblock, commit: true);
        int longestRun = Math.Min(LongestRun, device.MaxUncommittedBlocks);
        for (uint first = layout.InodeBitmapStart; first < end && error == Errno.OK; first += (uint)longestRun)
        {
            byte[] run = new byte[Math.Min(longestRun, end - first) * layout.BlockSize];
            for (int at = 0; at < run.Length; at += layout.BlockSize)
                Fill(run.AsSpan(at, layout.BlockSize), first + (uint)(at / layout.BlockSize), layout, now);
            error = await WriteAsync(device, first, run, commit: !fitsOneCommit);
        }

        if (error != Errno.OK)
            return error;
        layout.Encode(superblock);
        return await WriteAsync(device, 0, superblock, commit: true);
    }

    private static async ValueTask<Errno> WriteAsync(IBlockDevice device, uint first, byte[] blocks, bool commit)
    {
        Errno error = await device.WriteAsync(new BlockAddress(first), blocks);
        return error == Errno.OK && commit ? await device.CommitAsync() : error;
    }

    /// <summary>What block <paramref name="number"/> of the metadata is in an empty file system.</summary>
    private static void Fill(Span<byte> block, uint number, VolumeLayout layout, Timestamp now)
    {
        if (number >= layout.InodeTableStart)
            InodeView.WriteRoot(block, now);
        else if (number >= layout.BlockBitmapStart)
            FillBitmap(block, number - layout.BlockBitmapStart, used: layout.DataStart, layout.BlockCount);
        else
            FillBitmap(block, number - layout.InodeBitmapStart, used: 1, layout.InodeCount);
    }

    /// <summary>Sets the bits below <paramref name="used"/> and those that stand for nothing.</summary>
    private static void FillBitmap(Span<byte> block, uint index, uint used, uint count)
    {
        long first = index * 8L * block.Length;
        for (int bit = 0; bit < 8 * block.Length; bit++)
        {
            if (first + bit < used || first + bit >= count)
                block[bit / 8] |= (byte)(1 << (bit % 8));
        }
    }

    private static long InodesOf(IBlockDevice device, MkfsOptions options)
    {
        if (options.Inodes is { } inodes)
            return inodes;
        long perBlock = Math.Max(1, device.BlockSize / OnDiskFormat.InodeSize);
        long wanted = Math.Clamp(device.BlockCount / 4, 16, uint.MaxValue / 2);
        return (wanted + perBlock - 1) / perBlock * perBlock;
    }

    private static int NamesOf(IBlockDevice device, MkfsOptions options) =>
        options.MaxNameLength ?? OnDiskFormat.NameLimitFor(device.BlockSize);
}
