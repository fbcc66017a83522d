using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

public sealed class MkfsTests
{
    [Theory]
    [InlineData(128, 256, 16)]
    [InlineData(128, 20_000, 1000)]
    [InlineData(512, 64, 5)]
    [InlineData(4096, 1000, null)]
    [InlineData(65_536, 40, null)]
    public async Task A_new_file_system_mounts_holds_only_its_root_and_is_clean(int blockSize, long blocks, int? inodes)
    {
        var device = new MemoryDevice(blockSize, blocks);
        Mounted mounted = await Mounted.NewAsync(device, new MkfsOptions { NameSeed = 1, Inodes = inodes });

        Assert.Empty(await mounted.NamesAsync("/"));
        InodeAttributes root = await mounted.StatAsync("/");
        Assert.Equal(new InodeAttributes(mounted.Files.Root, FileType.Directory, 2, 0), new(root.Inode, root.Type, root.LinkCount, root.Size));
        Assert.Equal(new Ownership(Permissions.OfDirectory), root.Owner);
        FileSystemStatistics statistics = await mounted.StatisticsAsync();
        Assert.Equal(statistics.Blocks, statistics.FreeBlocks);
        Assert.Equal(statistics.Inodes - 1, statistics.FreeInodes);
        Assert.Equal(inodes ?? statistics.Inodes, statistics.Inodes);
        Assert.Equal("clean: 0 files, 1 directories, 0 blocks", (await Fsck.CheckAsync(device)).ToString());
    }

    [Fact]
    public async Task The_label_is_kept_and_the_root_is_as_old_as_the_file_system()
    {
        var clock = ManualClock.OnThisThread();
        var device = new MemoryDevice(512, 64);
        Assert.Equal(Errno.OK, await Mkfs.FormatAsync(device, new MkfsOptions { NameSeed = 1, Label = "Büro, dritter Stock" }, clock));
        var made = Timestamp.Now(clock);
        clock.Advance(TimeSpan.FromDays(1));

        Mounted mounted = await Mounted.OnAsync(device, clock: clock);
        Assert.Equal("Büro, dritter Stock", mounted.Files.Label);
        InodeAttributes root = await mounted.StatAsync("/");
        Assert.Equal((made, made, made), (root.AccessTime, root.ModifyTime, root.ChangeTime));
    }

    [Theory]
    [InlineData("a label that is a good deal too long", "the label 'a label that is a good deal too long' has 36 bytes; the limit is 32")]
    [InlineData("a\nb", "the label has a character that cannot be printed")]
    public void A_label_that_cannot_be_had_is_refused(string label, string objection) =>
        Assert.Equal(objection, Mkfs.Objection(new MemoryDevice(512, 64), new MkfsOptions { NameSeed = 1, Label = label }));

    [Fact]
    public async Task The_course_projects_smallest_geometry_holds_fifteen_files_beside_the_root()
    {
        Mounted tiny = await Mounted.TinyAsync();
        Assert.Equal(54, (await tiny.StatisticsAsync()).MaxNameLength);
        for (int i = 0; i < 15; i++)
            await tiny.FileAsync($"/file-{i}", $"content {i}");
        Assert.Equal(Errno.ENOSPC, (await tiny.Paths.CreateAsync("/one-more")).Error);
        Assert.Equal("content 14", await tiny.TextAsync("/file-14"));
        await tiny.AssertSoundAsync();
    }

    [Fact]
    public async Task It_writes_the_metadata_only_in_one_commit()
    {
        var device = new MemoryDevice(4096, 1000);
        Assert.Equal(Errno.OK, await Mkfs.FormatAsync(device, new MkfsOptions { NameSeed = 1 }, TimeProvider.System));
        Assert.Equal(1, device.Commits);
        Assert.Equal(4, device.Touched.Count());
    }

    [Fact]
    public async Task Where_the_metadata_needs_several_commits_the_superblock_comes_last()
    {
        var device = new MemoryDevice(128, 60_000, maxUncommittedBlocks: 100);
        Assert.Equal(Errno.OK, await Mkfs.FormatAsync(device, new MkfsOptions { NameSeed = 1, Inodes = 50_000 }, TimeProvider.System));
        Assert.True(device.Commits > 1);
        Assert.Equal((0, 1), device.Writes[^1]);
        await Mounted.OnAsync(device);
    }

    [Fact]
    public async Task A_used_device_is_as_good_as_a_new_one()
    {
        var device = new MemoryDevice(512, 400);
        for (long block = 0; block < 400; block++)
            device.Damage(block, bytes => Mounted.Pattern(512, (int)block).CopyTo(bytes, 0));
        Mounted mounted = await Mounted.NewAsync(device);
        await mounted.DirectoryAsync("/d");
        await mounted.FileAsync("/d/f", "text");
        Assert.Equal(Errno.OK, await mounted.Paths.TruncateAsync("/d/f", 3000));
        Assert.Equal("text" + new string('\0', 2996), await mounted.TextAsync("/d/f"));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task A_write_that_fails_is_answered()
    {
        var device = new MemoryDevice(4096, 100);
        device.Unwritable.Add(1);
        Assert.Equal(Errno.EIO, await Mkfs.FormatAsync(device, new MkfsOptions { NameSeed = 1 }, TimeProvider.System));
        device.Crash();
        Assert.Equal(Errno.EINVAL, (await UnixFileSystem.MountAsync(device, new MountOptions(), TimeProvider.System)).Error);
    }

    [Theory]
    [InlineData(100, 1000, 16, "the block size is 100 bytes; it must be a power of two from 128 to 65536")]
    [InlineData(4096, 4, 16, "a device of 4 blocks of 4096 bytes is too small for 16 inodes: the superblock, bitmaps and inode table take 4, and nothing is left for files")]
    [InlineData(4096, 1000, 0, "0 inodes were asked for; it must be 1 to 4294967294")]
    [InlineData(4096, 5_000_000_000, 16, "the device has 5000000000 blocks; block numbers have 32 bits, so it must be 1 to 4294967295")]
    public async Task Impossible_geometries_are_told_in_a_sentence(int blockSize, long blocks, int inodes, string expected)
    {
        var device = new MemoryDevice(blockSize, blocks);
        var options = new MkfsOptions { NameSeed = 1, Inodes = inodes };
        Assert.Equal(expected, Mkfs.Objection(device, options));
        ArgumentException thrown = await Assert.ThrowsAsync<ArgumentException>(() => Mkfs.FormatAsync(device, options, TimeProvider.System));
        Assert.StartsWith(expected, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_limits_are_told_in_a_sentence()
    {
        var device = new MemoryDevice(128, 256, maxUncommittedBlocks: 16);
        Assert.Equal(
            "names of up to 55 bytes do not fit blocks of 128 bytes; the limit must be 1 to 54",
            Mkfs.Objection(device, new MkfsOptions { NameSeed = 1, MaxNameLength = 55 }));
        Assert.Equal(
            "the link limit is 1; it must be 2 to 65000", Mkfs.Objection(device, new MkfsOptions { NameSeed = 1, MaxLinkCount = 1 }));
        Assert.Equal(
            "the device takes 16 uncommitted blocks; a file system of 256 blocks needs 20",
            Mkfs.Objection(device, new MkfsOptions { NameSeed = 1 }));
    }

    [Fact]
    public async Task Mount_refuses_what_is_not_there_or_damaged_or_too_small()
    {
        static async Task<Errno> MountAsync(MemoryDevice device, MountOptions? options = null) =>
            (await UnixFileSystem.MountAsync(device, options ?? new MountOptions(), TimeProvider.System)).Error;

        Assert.Equal(Errno.EINVAL, await MountAsync(new MemoryDevice(4096, 100)));

        MemoryDevice good = (await Mounted.NewAsync()).Device;
        Assert.Equal(Errno.EINVAL, await MountAsync(good, new MountOptions { CacheBlocks = 16 }));
        Assert.Equal(Errno.EINVAL, await MountAsync(good, new MountOptions { CommitInterval = TimeSpan.Zero }));

        MemoryDevice flipped = good.CopyOfCommitted();
        flipped.Damage(0, block => block[20] ^= 1);
        Assert.Equal(Errno.EUCLEAN, await MountAsync(flipped));

        MemoryDevice unmarked = good.CopyOfCommitted();
        unmarked.Damage(2, block => block[0] = 0xFE);
        Assert.Equal(Errno.EUCLEAN, await MountAsync(unmarked));

        MemoryDevice unreadable = good.CopyOfCommitted();
        unreadable.Unreadable.Add(1);
        Assert.Equal(Errno.EIO, await MountAsync(unreadable));
    }
}
