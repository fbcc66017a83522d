using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Repairs a volume and demands of it what must hold of every repair.</summary>
internal static class RepairedVolume
{
    /// <summary>
    /// Repairs: a check then finds what the repair said is left, and no more; a second repair changes nothing; and what is clean can
    /// be mounted and used.
    /// </summary>
    public static async Task<FsckRepairReport> RepairAsync(MemoryDevice device)
    {
        FsckRepairReport report = await Fsck.RepairAsync(device, TimeProvider.System);
        Assert.Equal(Errno.OK, report.Error);
        FsckReport check = await Fsck.CheckAsync(device);
        Assert.Equal(check.Findings.Select(finding => finding.ToString()).Order(), report.Left.Select(left => left.Finding.ToString()).Order());
        Assert.DoesNotContain(report.Left, left => string.IsNullOrWhiteSpace(left.Outcome));

        int writes = device.Writes.Count;
        FsckRepairReport again = await Fsck.RepairAsync(device, TimeProvider.System);
        Assert.True(again.Repairs.Count == 0, $"{report}\nagain:\n{again}");
        Assert.Equal(report.Left.Count, again.Left.Count);
        Assert.Equal(writes, device.Writes.Count);
        return report;
    }

    /// <summary>Repairs, demands that all is mended, and uses the volume.</summary>
    public static async Task<FsckRepairReport> MendAsync(MemoryDevice device)
    {
        FsckRepairReport report = await RepairAsync(device);
        Assert.True(report.IsClean, report.ToString());
        await UseAsync(device);
        return report;
    }

    /// <summary>Mounts a copy of a device, makes, reads and removes something everywhere, and has it checked.</summary>
    public static async Task UseAsync(MemoryDevice device)
    {
        MemoryDevice copy = device.CopyOfCommitted();
        Mounted mounted = await Mounted.OnAsync(copy);
        FileSystemStatistics free = await mounted.StatisticsAsync();
        if (free.FreeInodes >= 2 && free.FreeBlocks >= 12)
        {
            await mounted.DirectoryAsync("/w");
            await mounted.FileAsync("/w/f", "text");
            Assert.Equal("text", await mounted.TextAsync("/w/f"));
            Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync("/w/f"));
            Assert.Equal(Errno.OK, await mounted.Paths.RemoveDirectoryAsync("/w"));
        }

        await mounted.AssertSoundAsync();
        Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
        FsckReport report = await Fsck.CheckAsync(copy);
        Assert.True(report.IsClean, report.ToString());
    }
}
