using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>What survives a crash of the client, and when.</summary>
public sealed class CommitTests
{
    [Fact]
    public async Task What_was_synced_survives_a_crash_and_what_was_not_is_gone()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/kept", "kept");
        Assert.Equal(Errno.OK, await mounted.Paths.SyncAsync("/kept"));
        await mounted.FileAsync("/lost", "lost");
        await mounted.WriteAsync("/kept", 0, "LOST"u8.ToArray());

        mounted = await mounted.CrashAndMountAsync();
        Assert.Equal(["kept"], await mounted.NamesAsync("/"));
        Assert.Equal("kept", await mounted.TextAsync("/kept"));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task Unmount_commits_and_a_call_after_it_is_a_bug()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f", "text");
        Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
        Mounted again = await mounted.CrashAndMountAsync();
        Assert.Equal("text", await again.TextAsync("/f"));
        await Assert.ThrowsAsync<InvariantException>(() => mounted.Files.SyncAsync(mounted.Files.Root));
        await Assert.ThrowsAsync<InvariantException>(() => mounted.Files.UnmountAsync());
    }

    [Fact]
    public async Task A_sync_with_nothing_to_write_does_not_bother_the_device()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f", "text");
        await mounted.SyncAsync();
        int commits = mounted.Device.Commits;
        await mounted.TextAsync("/f");
        Assert.Equal(Errno.EEXIST, (await mounted.Paths.CreateAsync("/f")).Error);
        await mounted.SyncAsync();
        Assert.Equal(commits, mounted.Device.Commits);
    }

    [Fact]
    public async Task Consecutive_dirty_blocks_are_written_in_ascending_runs()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f");
        await mounted.WriteAsync("/f", 0, Mounted.Pattern(300 * 4096));
        mounted.Device.Writes.Clear();
        await mounted.SyncAsync();
        List<(long First, int Count)> writes = mounted.Device.Writes;
        Assert.True(writes.Count <= 3, string.Join(' ', writes));
        Assert.Equal(writes.Select(write => write.First).Order(), writes.Select(write => write.First));
        Assert.Contains(writes, write => write.Count >= 300);
    }

    [Fact]
    public async Task Blocks_of_a_file_that_is_deleted_before_the_commit_are_never_written()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f");
        await mounted.WriteAsync("/f", 0, Mounted.Pattern(300 * 4096));
        Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync("/f"));
        mounted.Device.Writes.Clear();
        await mounted.SyncAsync();
        Assert.True(mounted.Device.Writes.Sum(write => write.Count) <= 4);
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task A_change_is_committed_when_it_is_as_old_as_the_interval_though_nobody_calls()
    {
        var clock = ManualClock.OnThisThread();
        MemoryDevice device = (await Mounted.NewAsync()).Device;
        int commits = device.Commits;
        Mounted mounted = await Mounted.OnAsync(device, new MountOptions { CommitInterval = TimeSpan.FromSeconds(5) }, clock);
        Assert.Equal(0, clock.Sleeping);

        await mounted.FileAsync("/f", "text");
        clock.Advance(TimeSpan.FromSeconds(4));
        await mounted.FileAsync("/g", "text");
        clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal(commits, device.Commits);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(commits + 1, device.Commits);
        Assert.Equal(0, clock.Sleeping);
        Assert.Equal(["f", "g"], await (await mounted.CrashAndMountAsync()).NamesAsync("/"));
    }

    [Fact]
    public async Task The_age_counts_from_the_first_change_after_the_last_commit()
    {
        var clock = ManualClock.OnThisThread();
        MemoryDevice device = (await Mounted.NewAsync()).Device;
        Mounted mounted = await Mounted.OnAsync(device, new MountOptions(), clock);
        await mounted.FileAsync("/f");
        clock.Advance(TimeSpan.FromSeconds(3));
        await mounted.SyncAsync();
        await mounted.FileAsync("/g");
        int commits = device.Commits;
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(commits, device.Commits);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(commits + 1, device.Commits);

        await mounted.FileAsync("/h");
        Assert.Equal(1, clock.Sleeping);
        Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
        Assert.Equal(0, clock.Sleeping);
    }

    [Theory]
    [InlineData(22)]
    [InlineData(24)]
    [InlineData(40)]
    public async Task A_device_with_a_small_limit_is_committed_between_operations_and_every_commit_is_sound(int limit)
    {
        var device = new MemoryDevice(128, 600, limit);
        Mounted mounted = await Mounted.NewAsync(device, new MkfsOptions { NameSeed = 1, Inodes = 40 });
        int unsound = 0;
        device.Committed = () =>
        {
            Task<FsckReport> check = Fsck.CheckAsync(device.CopyOfCommitted());
            Assert.True(check.IsCompletedSuccessfully);
            unsound += check.GetAwaiter().GetResult().IsClean ? 0 : 1;
        };
        for (int i = 0; i < 18; i++)
        {
            await mounted.DirectoryAsync($"/{i}");
            await mounted.FileAsync($"/{i}/file", "text");
            Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync($"/{i}/file", $"/moved-{i}"));
        }

        Assert.True(device.Commits > 2);
        Assert.Equal(0, unsound);
    }

    [Fact]
    public async Task A_write_too_large_for_one_commit_is_split_and_a_crash_leaves_a_beginning_of_it()
    {
        var device = new MemoryDevice(128, 1000, maxUncommittedBlocks: 40);
        Mounted mounted = await Mounted.NewAsync(device, new MkfsOptions { NameSeed = 1, Inodes = 16 });
        await mounted.FileAsync("/f");
        await mounted.SyncAsync();
        int commits = device.Commits;
        byte[] content = Mounted.Pattern(300 * 128);
        await mounted.WriteAsync("/f", 0, content);
        Assert.True(device.Commits >= commits + 300 / 40);
        Assert.Equal(content, await mounted.ReadAsync("/f"));

        mounted = await mounted.CrashAndMountAsync();
        byte[] left = await mounted.ReadAsync("/f");
        Assert.InRange(left.Length, 200 * 128, content.Length);
        Assert.Equal(content[..left.Length], left);
        await mounted.AssertSoundAsync();
    }
}
