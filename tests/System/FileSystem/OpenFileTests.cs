using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Open files: what they are opened for, and that they outlive their names.</summary>
public sealed class OpenFileTests
{
    private const OpenFlags ReadWrite = OpenFlags.Read | OpenFlags.Write;

    [Fact]
    public async Task A_file_lives_on_without_a_name_until_it_is_closed()
    {
        Mounted mounted = await Mounted.NewAsync();
        FileSystemStatistics before = await mounted.StatisticsAsync();
        await mounted.FileAsync("/f", "hello");
        OpenFile file = await OpenAsync(mounted, "/f", ReadWrite);
        Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync("/f"));
        await mounted.FileAsync("/f", "another");

        Assert.Equal(5, (await file.WriteAsync(5, Encoding.UTF8.GetBytes(", you"))).Value);
        Assert.Equal("hello, you", await TextAsync(file));
        Assert.Equal((0, 10L), Told((await file.GetAttributesAsync()).Value));
        Assert.Equal("another", await mounted.TextAsync("/f"));
        await mounted.SyncAsync();
        Assert.Equal("clean: 1 files, 1 directories, 3 blocks, 1 orphans", (await Fsck.CheckAsync(mounted.Device)).ToString());

        await file.CloseAsync();
        Assert.Equal(Errno.ESTALE, (await mounted.Files.GetAttributesAsync(file.Inode)).Error);
        await mounted.Paths.UnlinkAsync("/f");
        Assert.Equal(before, await mounted.StatisticsAsync());
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task It_goes_with_the_last_of_those_who_have_it_open()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f", "hello");
        OpenFile one = await OpenAsync(mounted, "/f", OpenFlags.Read);
        OpenFile other = await OpenAsync(mounted, "/f", OpenFlags.Read);
        await mounted.Paths.UnlinkAsync("/f");
        await one.CloseAsync();
        Assert.Equal("hello", await TextAsync(other));

        await other.CloseAsync();
        Assert.Equal(Errno.ESTALE, (await mounted.Files.GetAttributesAsync(other.Inode)).Error);
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task A_file_that_was_replaced_while_it_was_open_lives_on_too()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/old", "old");
        await mounted.FileAsync("/new", "new");
        OpenFile old = await OpenAsync(mounted, "/old", OpenFlags.Read);
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/new", "/old"));

        Assert.Equal(("old", "new"), (await TextAsync(old), await mounted.TextAsync("/old")));
        await old.CloseAsync();
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task In_a_directory_that_was_removed_there_is_nothing_and_nothing_can_be_made()
    {
        Mounted mounted = await Mounted.NewAsync();
        InodeNumber number = await mounted.DirectoryAsync("/d");
        OpenFile directory = await OpenAsync(mounted, "/d", OpenFlags.Read | OpenFlags.Directory);
        Assert.Equal(Errno.OK, await mounted.Paths.RemoveDirectoryAsync("/d"));

        Assert.Equal(0, (await directory.GetAttributesAsync()).Value.LinkCount);
        Assert.Equal(Errno.ENOENT, (await directory.ReadDirectoryAsync()).Error);
        Assert.Equal(Errno.ENOENT, (await mounted.Files.LookupAsync(number, new FileName("x"))).Error);
        Assert.Equal(Errno.ENOENT, (await mounted.Files.CreateAsync(number, new FileName("x"))).Error);
        await mounted.FileAsync("/f");
        Assert.Equal(
            Errno.ENOENT,
            await mounted.Files.RenameAsync(mounted.Files.Root, new FileName("f"), number, new FileName("x")));
        await directory.CloseAsync();
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task What_has_no_name_any_more_gets_none()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f");
        OpenFile file = await OpenAsync(mounted, "/f", OpenFlags.Read);
        await mounted.Paths.UnlinkAsync("/f");
        Assert.Equal(Errno.ENOENT, (await mounted.Files.LinkAsync(file.Inode, mounted.Files.Root, new FileName("g"))).Error);
    }

    [Fact]
    public async Task The_mount_after_a_crash_frees_what_was_open()
    {
        Mounted mounted = await Mounted.NewAsync();
        FileSystemStatistics before = await mounted.StatisticsAsync();
        foreach (string name in (string[])["/a", "/b", "/c"])
        {
            await mounted.FileAsync(name, "content");
            await OpenAsync(mounted, name, OpenFlags.Read);
            await mounted.Paths.UnlinkAsync(name);
        }

        await mounted.SyncAsync();
        Assert.Equal(3, (await Fsck.CheckAsync(mounted.Device.CopyOfCommitted())).Orphans);

        Mounted next = await mounted.CrashAndMountAsync();
        Assert.Equal(before, await next.StatisticsAsync());
        await next.AssertSoundAsync();
        Assert.Equal(0, (await Fsck.CheckAsync(next.Device)).Orphans);
    }

    [Fact]
    public async Task An_unmount_frees_what_is_open()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f", "content");
        await OpenAsync(mounted, "/f", OpenFlags.Read);
        await mounted.Paths.UnlinkAsync("/f");
        Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
        Assert.Equal("clean: 0 files, 1 directories, 0 blocks", (await Fsck.CheckAsync(mounted.Device)).ToString());
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("acb")]
    [InlineData("bac")]
    [InlineData("bca")]
    [InlineData("cab")]
    [InlineData("cba")]
    public async Task Orphans_go_in_any_order(string order)
    {
        Mounted mounted = await Mounted.NewAsync();
        Dictionary<char, OpenFile> files = [];
        foreach (char name in "abc")
        {
            await mounted.FileAsync($"/{name}", "content");
            files[name] = await OpenAsync(mounted, $"/{name}", OpenFlags.Read);
            await mounted.Paths.UnlinkAsync($"/{name}");
        }

        foreach (char name in order)
        {
            await files[name].CloseAsync();
            await mounted.AssertSoundAsync();
        }

        Assert.Equal(0, (await Fsck.CheckAsync(mounted.Device)).Orphans);
    }

    [Fact]
    public async Task An_orphan_that_cannot_be_read_keeps_nobody_from_mounting()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(512, 300), new MkfsOptions { NameSeed = 1, Inodes = 32 });
        foreach (string name in (string[])["/1", "/2", "/3", "/4", "/5", "/6", "/7"])
            await mounted.FileAsync(name, "content");
        OpenFile file = await OpenAsync(mounted, "/7", OpenFlags.Read);
        await mounted.Paths.UnlinkAsync("/7");
        await mounted.SyncAsync();

        MemoryDevice device = mounted.Device.CopyOfCommitted();
        long itsBlock = 3 + ((file.Inode.Value - 1) / 4);
        device.Unreadable.Add(itsBlock);
        Mounted next = await Mounted.OnAsync(device);
        Assert.Equal("content", await next.TextAsync("/1"));
        await next.FileAsync("/new", "more");
        await next.SyncAsync();

        // It is readable again, and freed.
        device.Unreadable.Clear();
        next = await next.CrashAndMountAsync();
        await next.AssertSoundAsync();
        Assert.Equal(0, (await Fsck.CheckAsync(next.Device)).Orphans);
    }

    [Fact]
    public async Task A_file_is_used_only_for_what_it_was_opened_for()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f", "hello");
        OpenFile reader = await OpenAsync(mounted, "/f", OpenFlags.Read);
        OpenFile writer = await OpenAsync(mounted, "/f", OpenFlags.Write);
        Assert.Equal(Errno.EBADF, (await reader.WriteAsync(0, new byte[1])).Error);
        Assert.Equal(Errno.EINVAL, await reader.TruncateAsync(1));
        Assert.Equal(Errno.EBADF, (await writer.ReadAsync(0, new byte[1])).Error);
        Assert.Equal(Errno.OK, await writer.TruncateAsync(1));
        Assert.Equal("h", await TextAsync(reader));
        await reader.CloseAsync();
        await Assert.ThrowsAsync<InvariantException>(reader.CloseAsync);
    }

    [Fact]
    public async Task What_is_appended_goes_to_the_end_wherever_it_was_meant_for()
    {
        Mounted mounted = await Mounted.NewAsync();
        OpenFile log = await OpenAsync(mounted, "/log", ReadWrite | OpenFlags.Append | OpenFlags.Create);
        for (int i = 0; i < 3; i++)
            Assert.Equal(2, (await log.WriteAsync(0, Encoding.UTF8.GetBytes($"{i};"))).Value);
        Assert.Equal("0;1;2;", await TextAsync(log));
    }

    [Theory]
    [InlineData("/new", OpenFlags.Create, "OK")]
    [InlineData("/new", OpenFlags.None, "ENOENT")]
    [InlineData("/new/", OpenFlags.Create, "EISDIR")]
    [InlineData("/f", OpenFlags.Create, "OK")]
    [InlineData("/f", OpenFlags.Create | OpenFlags.Exclusive, "EEXIST")]
    [InlineData("/f", OpenFlags.Exclusive, "OK")]
    [InlineData("/f", OpenFlags.Directory, "ENOTDIR")]
    [InlineData("/f/", OpenFlags.None, "ENOTDIR")]
    [InlineData("/d", OpenFlags.None, "OK")]
    [InlineData("/d", OpenFlags.Write, "EISDIR")]
    [InlineData("/d", OpenFlags.Truncate, "EISDIR")]
    [InlineData("/d", OpenFlags.Create, "EISDIR")]
    [InlineData("/d", OpenFlags.Create | OpenFlags.Exclusive, "EEXIST")]
    [InlineData("/d", OpenFlags.Create | OpenFlags.Directory, "EINVAL")]
    [InlineData("/..", OpenFlags.Create, "EISDIR")]
    [InlineData("/", OpenFlags.Create | OpenFlags.Exclusive, "EEXIST")]
    [InlineData("/link", OpenFlags.None, "OK")]
    [InlineData("/link", OpenFlags.NoFollow, "ELOOP")]
    [InlineData("/link", OpenFlags.NoFollow | OpenFlags.Directory, "ENOTDIR")]
    [InlineData("/link", OpenFlags.Create | OpenFlags.NoFollow, "ELOOP")]
    [InlineData("/link", OpenFlags.Create | OpenFlags.Exclusive, "EEXIST")]
    [InlineData("/dangling", OpenFlags.Create, "OK")]
    [InlineData("/dangling", OpenFlags.None, "ENOENT")]
    [InlineData("/dangling", OpenFlags.Create | OpenFlags.Exclusive, "EEXIST")]
    [InlineData("/loop", OpenFlags.Create, "ELOOP")]
    [InlineData("/fifo", OpenFlags.None, "ENXIO")]
    public async Task Each_flag_asks_for_what_Linux_asks_for(string path, OpenFlags flags, string expected)
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f", "content");
        await mounted.DirectoryAsync("/d");
        await mounted.Paths.MakeSymbolicLinkAsync("f", "/link");
        await mounted.Paths.MakeSymbolicLinkAsync("d/made", "/dangling");
        await mounted.Paths.MakeSymbolicLinkAsync("loop", "/loop");
        await mounted.Paths.MakeNodeAsync("/fifo", FileType.Fifo);

        Result<OpenFile> opened = await mounted.Paths.OpenAsync(path, OpenFlags.Read | flags);
        Assert.Equal(Enum.Parse<Errno>(expected), opened.Error);
        if (opened.IsOk)
            Assert.Equal(opened.Value.Inode, (await mounted.StatAsync(path)).Inode);
        if (path == "/dangling" && opened.IsOk)
            Assert.Equal(opened.Value.Inode, (await mounted.StatAsync("/d/made")).Inode);
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task A_truncation_at_the_open_empties_the_file_and_sets_its_times_even_if_it_was_empty()
    {
        var clock = ManualClock.OnThisThread();
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(512, 300), clock: clock);
        await mounted.FileAsync("/f", "content");
        clock.Advance(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 2; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await OpenAsync(mounted, "/f", OpenFlags.Read | OpenFlags.Truncate);
            InodeAttributes found = await mounted.StatAsync("/f");
            Assert.Equal((0L, Timestamp.Now(clock), Timestamp.Now(clock)), (found.Size, found.ModifyTime, found.ChangeTime));
        }
    }

    private static async Task<OpenFile> OpenAsync(Mounted mounted, string path, OpenFlags flags)
    {
        Result<OpenFile> opened = await mounted.Paths.OpenAsync(path, flags);
        Assert.Equal(Errno.OK, opened.Error);
        return opened.Value;
    }

    private static async Task<string> TextAsync(OpenFile file)
    {
        byte[] bytes = new byte[100];
        Result<int> count = await file.ReadAsync(0, bytes);
        Assert.Equal(Errno.OK, count.Error);
        return Encoding.UTF8.GetString(bytes, 0, count.Value);
    }

    private static (int Links, long Size) Told(InodeAttributes attributes) => (attributes.LinkCount, attributes.Size);
}
