using System.Buffers.Binary;
using System.IO.Hashing;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>A sound file system with something of everything, to be damaged.</summary>
/// <remarks>
/// Blocks of 512 bytes; block 1 the inode bitmap, 2 the block bitmap, 3 to 10 the inode table (4 inodes
/// a block), data from 11. Inode 1 is the root, 2 <c>/d</c>, 3 <c>/d/sub</c>, 4 <c>/f</c> (20 blocks and a bit), 5 <c>/g</c>
/// (with many links in <c>/d/sub</c>, whose tree has two levels), 6 and 7 symbolic links to a short and to a long path, 8 a fifo,
/// 9 a device, 10 and 11 orphans, the latter the first.
/// </remarks>
internal static class SoundVolume
{
    public const int Inodes = 32;
    public const int TableStart = 3;
    public const int DataStart = 11;

    public static async Task<MemoryDevice> MakeAsync()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(512, 300), new MkfsOptions { NameSeed = 1, Inodes = Inodes });
        await mounted.DirectoryAsync("/d");
        await mounted.DirectoryAsync("/d/sub");
        await mounted.FileAsync("/f");
        await mounted.WriteAsync("/f", 0, Mounted.Pattern((20 * 512) + 10));
        await mounted.FileAsync("/g", "text");
        for (int i = 0; i < 20; i++)
            Assert.Equal(Errno.OK, (await mounted.Paths.LinkAsync("/g", $"/d/sub/{new string('n', 200)}{i}")).Error);
        await mounted.Paths.MakeSymbolicLinkAsync("short", "/s");
        await mounted.Paths.MakeSymbolicLinkAsync(new string('l', 100), "/l");
        Assert.Equal(Errno.OK, await mounted.Paths.SetExtendedAttributeAsync("/g", "user.colour", "red"u8.ToArray()));
        await mounted.Paths.MakeNodeAsync("/p", FileType.Fifo);
        Assert.Equal(Errno.OK, await mounted.Paths.SetExtendedAttributeAsync("/p", "trusted.x", "1"u8.ToArray()));
        await mounted.Paths.MakeNodeAsync("/b", FileType.BlockDevice, new DeviceNumber(8, 1));
        foreach (string name in (string[])["/o1", "/o2"])
        {
            await mounted.FileAsync(name, "text");
            await mounted.Paths.OpenAsync(name, OpenFlags.Read);
            await mounted.Paths.UnlinkAsync(name);
        }

        await mounted.AssertSoundAsync();
        return mounted.Device;
    }

    /// <summary>Makes the checksum of a superblock right.</summary>
    public static void Seal(Span<byte> superblock) =>
        BinaryPrimitives.WriteUInt64LittleEndian(superblock[80..], XxHash3.HashToUInt64(superblock[..80]));
}
