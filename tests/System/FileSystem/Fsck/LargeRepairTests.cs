using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Repairs that one commit of the device does not hold.</summary>
public sealed class LargeRepairTests
{
    private const int BlockSize = 128;
    private const int Blocks = 1200;
    private const int Inodes = 300;
    private const int TableStart = 1 + 1 + 2;

    private static int AtOnce => (int)UnixFileSystem.LargestOperation(BlockSize, Blocks) + 2;

    /// <summary>A device that takes little at once, with two hundred files in one directory, and some in another.</summary>
    private static async Task<MemoryDevice> MakeAsync()
    {
        Mounted mounted = await Mounted.NewAsync(
            new MemoryDevice(BlockSize, Blocks, AtOnce),
            new MkfsOptions { NameSeed = 1, Inodes = Inodes },
            new MountOptions { CommitInterval = Timeout.InfiniteTimeSpan, CacheBlocks = 256 });
        await mounted.DirectoryAsync("/large");
        await mounted.DirectoryAsync("/small");
        for (int i = 0; i < 200; i++)
            await mounted.FileAsync($"/large/a file named {i}", $"content {i}");
        for (int i = 0; i < 20; i++)
            await mounted.FileAsync($"/small/{i}", $"content {i}");
        Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
        return mounted.Device;
    }

    public static TheoryData<string, Action<MemoryDevice>> Damage() => new()
    {
        { "the root of a large tree", device => OnInode(device, 2, inode => inode[70] ^= 0x10) },
        { "the bitmaps", device => Range(1, TableStart - 1, block => device.Damage(block, bytes => bytes.AsSpan().Clear())) },
        { "the root directory", device => OnInode(device, 1, inode => inode.AsSpan(64).Clear()) },
        { "a large directory, wholly", device => OnInode(device, 2, inode => inode.AsSpan().Clear()) },
        { "all link counts", device => Range(1, 222, number => OnInode(device, number, inode => inode[4] += 3)) },
        { "all to orphans", device => Range(4, 200, number => OnInode(device, number, inode => inode[4] = 0)) },
    };

    [Theory]
    [MemberData(nameof(Damage), DisableDiscoveryEnumeration = true)]
    public async Task A_repair_cut_off_after_any_commit_is_ended_by_the_next_with_the_same_result(string what, Action<MemoryDevice> damage)
    {
        MemoryDevice device = await MakeAsync();
        TreeSnapshot before = await TreeSnapshot.OfAsync(device);
        damage(device);
        var parts = new List<MemoryDevice>();
        device.Committed = () => parts.Add(device.CopyOfCommitted());
        FsckRepairReport report = await Fsck.RepairAsync(device, TimeProvider.System);
        Assert.True(report.IsClean, $"{what}: {report}");
        device.Committed = null;
        await RepairedVolume.MendAsync(device);
        TreeSnapshot whole = await TreeSnapshot.OfAsync(device);
        if (what != "a large directory, wholly")
            Assert.Null(before.DifferenceTo(whole, out _, out _));

        foreach (MemoryDevice part in parts)
        {
            await RepairedVolume.MendAsync(part);
            Assert.Equal(whole.Items, (await TreeSnapshot.OfAsync(part)).Items);
        }

        Assert.InRange(parts.Count, 2, 400);
    }

    private static void Range(int first, int count, Action<int> action)
    {
        for (int i = first; i < first + count; i++)
            action(i);
    }

    private static void OnInode(MemoryDevice device, int number, Action<byte[]> change) => device.Damage(TableStart + number - 1, change);
}
