using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Hard links and symbolic links.</summary>
public sealed class LinkTests
{
    [Fact]
    public async Task A_hard_link_is_another_name_for_the_same_file()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f", "hi");
        await mounted.DirectoryAsync("/d");
        Assert.Equal(2, (await mounted.Paths.LinkAsync("/f", "/d/g")).Value.LinkCount);

        await mounted.WriteAsync("/d/g", 0, "ho"u8.ToArray());
        Assert.Equal("ho", await mounted.TextAsync("/f"));
        Assert.Equal(await mounted.StatAsync("/f"), await mounted.StatAsync("/d/g"));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task A_file_goes_with_its_last_name()
    {
        Mounted mounted = await Mounted.NewAsync();
        FileSystemStatistics before = await mounted.StatisticsAsync();
        await mounted.FileAsync("/f", "hi");
        await mounted.Paths.LinkAsync("/f", "/g");
        Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync("/f"));
        Assert.Equal("hi", await mounted.TextAsync("/g"));
        Assert.Equal(1, (await mounted.StatAsync("/g")).LinkCount);

        Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync("/g"));
        Assert.Equal(before, await mounted.StatisticsAsync());
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task A_rename_over_one_of_two_names_leaves_the_other()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f", "old");
        await mounted.Paths.LinkAsync("/f", "/g");
        await mounted.FileAsync("/n", "new");
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/n", "/g"));

        Assert.Equal("old", await mounted.TextAsync("/f"));
        Assert.Equal("new", await mounted.TextAsync("/g"));
        Assert.Equal(1, (await mounted.StatAsync("/f")).LinkCount);
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task A_rename_of_one_name_onto_another_of_the_same_file_does_nothing()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f", "hi");
        await mounted.Paths.LinkAsync("/f", "/g");
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/f", "/g"));
        Assert.Equal(["f", "g"], await mounted.NamesAsync("/"));
    }

    [Theory]
    [InlineData("/d", "/new", Errno.EPERM)]
    [InlineData("/d", "/f", Errno.EEXIST)]
    [InlineData("/f", "/d", Errno.EEXIST)]
    [InlineData("/f", "/d/.", Errno.EEXIST)]
    [InlineData("/f", "/", Errno.EEXIST)]
    [InlineData("/f", "/new/", Errno.ENOENT)]
    [InlineData("/f", "/d/", Errno.EEXIST)]
    [InlineData("/f/", "/new", Errno.ENOTDIR)]
    [InlineData("/nope", "/f", Errno.ENOENT)]
    [InlineData("/f", "/nope/new", Errno.ENOENT)]
    [InlineData("/f", "/f/new", Errno.ENOTDIR)]
    [InlineData("", "/new", Errno.ENOENT)]
    [InlineData("/f", "", Errno.ENOENT)]
    [InlineData("/dangling", "/new", Errno.OK)]
    [InlineData("/dangling/", "/new", Errno.ENOENT)]
    public async Task A_hard_link_is_made_or_refused_as_Linux_does(string existing, string path, Errno expected)
    {
        Mounted mounted = await TreeAsync();
        Assert.Equal(expected, (await mounted.Paths.LinkAsync(existing, path)).Error);
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task Links_have_a_limit()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(4096, 1000), new MkfsOptions { NameSeed = 1, MaxLinkCount = 3 });
        await mounted.FileAsync("/f");
        Assert.Equal(Errno.OK, (await mounted.Paths.LinkAsync("/f", "/2")).Error);
        Assert.Equal(Errno.OK, (await mounted.Paths.LinkAsync("/f", "/3")).Error);
        Assert.Equal(Errno.EMLINK, (await mounted.Paths.LinkAsync("/f", "/4")).Error);
        Assert.Equal(3, (await mounted.StatAsync("/f")).LinkCount);
        await mounted.AssertSoundAsync();
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(60, 0)]
    [InlineData(61, 1)]
    [InlineData(512, 1)]
    public async Task A_target_of_up_to_60_bytes_takes_no_block(int length, int blocks)
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(512, 400));
        long free = (await mounted.StatisticsAsync()).FreeBlocks;
        string target = new('t', length);
        Assert.Equal(Errno.OK, (await mounted.Paths.MakeSymbolicLinkAsync(target, "/l")).Error);

        // The entry is the first of its directory, which takes one.
        Assert.Equal(free - 1 - blocks, (await mounted.StatisticsAsync()).FreeBlocks);
        Assert.Equal(target, await TargetAsync(mounted, "/l"));
        InodeAttributes link = (await mounted.Paths.GetLinkAttributesAsync("/l")).Value;
        Assert.Equal((FileType.SymbolicLink, 1, length), (link.Type, link.LinkCount, (int)link.Size));
        mounted = await mounted.RemountAsync();
        Assert.Equal(target, await TargetAsync(mounted, "/l"));
        await mounted.AssertSoundAsync();

        Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync("/l"));
        Assert.Equal(free, (await mounted.StatisticsAsync()).FreeBlocks);
        await mounted.AssertSoundAsync();
    }

    [Theory]
    [InlineData("", "/new", Errno.ENOENT)]
    [InlineData("", "/nope/new", Errno.ENOENT)]
    [InlineData("t", "/f", Errno.EEXIST)]
    [InlineData("t", "/dangling", Errno.EEXIST)]
    [InlineData("t", "/", Errno.EEXIST)]
    [InlineData("t", "/new/", Errno.ENOENT)]
    [InlineData("t", "/f/new", Errno.ENOTDIR)]
    [InlineData("t", "/to-d/new", Errno.OK)]
    [InlineData("t\0", "/new", Errno.EINVAL)]
    [InlineData("LONG", "/f", Errno.EEXIST)]
    [InlineData("LONG", "/new", Errno.ENAMETOOLONG)]
    public async Task A_symbolic_link_is_made_or_refused_as_Linux_does(string target, string path, Errno expected)
    {
        Mounted mounted = await TreeAsync();
        string expanded = target.Replace("LONG", new string('t', 513), StringComparison.Ordinal);
        Assert.Equal(expected, (await mounted.Paths.MakeSymbolicLinkAsync(expanded, path)).Error);
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task A_path_leads_through_symbolic_links_near_and_far()
    {
        Mounted mounted = await TreeAsync();
        Assert.Equal("hi", await mounted.TextAsync("/to-f"));
        Assert.Equal("deep", await mounted.TextAsync("/to-d/x"));
        Assert.Equal("deep", await mounted.TextAsync("/d/far/x"));
        Assert.Equal("hi", await mounted.TextAsync("/d/up"));
        Assert.Equal(FileType.Directory, (await mounted.StatAsync("/to-d/")).Type);
        Assert.Equal(FileType.Directory, (await mounted.Paths.GetLinkAttributesAsync("/to-d/")).Value.Type);
        Assert.Equal(FileType.SymbolicLink, (await mounted.Paths.GetLinkAttributesAsync("/to-d")).Value.Type);

        await mounted.WriteAsync("/to-f", 0, "HI"u8.ToArray());
        Assert.Equal("HI", await mounted.TextAsync("/f"));
        Assert.Equal(["far", "up", "x"], await mounted.NamesAsync("/to-d"));
    }

    [Theory]
    [InlineData("/dangling", Errno.ENOENT)]
    [InlineData("/dangling/x", Errno.ENOENT)]
    [InlineData("/to-f/x", Errno.ENOTDIR)]
    [InlineData("/to-f/", Errno.ENOTDIR)]
    [InlineData("/loop", Errno.ELOOP)]
    [InlineData("/loop/x", Errno.ELOOP)]
    [InlineData("/ping", Errno.ELOOP)]
    public async Task What_a_symbolic_link_does_not_lead_to(string path, Errno expected)
    {
        Mounted mounted = await TreeAsync();
        Assert.Equal(expected, (await mounted.Paths.GetAttributesAsync(path)).Error);
        Assert.Equal(expected, (await mounted.Paths.ReadAsync(path, 0, new byte[1])).Error);
        Assert.Equal(expected, await mounted.Paths.TruncateAsync(path, 1));
    }

    [Fact]
    public async Task Forty_links_are_followed_and_no_more()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/0", "end");
        for (int i = 1; i <= 41; i++)
        {
            Assert.Equal(Errno.OK, (await mounted.Paths.MakeSymbolicLinkAsync($"{i - 1}", $"/{i}")).Error);
        }

        Assert.Equal("end", await mounted.TextAsync("/40"));
        Assert.Equal(Errno.ELOOP, (await mounted.Paths.GetAttributesAsync("/41")).Error);
    }

    [Fact]
    public async Task What_removes_and_moves_a_name_takes_the_link_and_not_what_it_stands_for()
    {
        Mounted mounted = await TreeAsync();
        Assert.Equal(Errno.ENOTDIR, await mounted.Paths.RemoveDirectoryAsync("/to-d"));
        Assert.Equal(Errno.ENOTDIR, await mounted.Paths.UnlinkAsync("/to-d/"));
        Assert.Equal(Errno.EEXIST, (await mounted.Paths.CreateAsync("/dangling")).Error);
        Assert.Equal(Errno.EEXIST, (await mounted.Paths.MakeDirectoryAsync("/dangling")).Error);
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/to-d", "/moved"));
        Assert.Equal("d", await TargetAsync(mounted, "/moved"));
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/moved", "/f"));
        Assert.Equal("d", await TargetAsync(mounted, "/f"));
        Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync("/f"));
        Assert.Equal(["far", "up", "x"], await mounted.NamesAsync("/d"));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task A_symbolic_link_has_no_bytes_of_a_file()
    {
        Mounted mounted = await TreeAsync();
        InodeNumber link = (await mounted.Paths.GetLinkAttributesAsync("/to-f")).Value.Inode;
        Assert.Equal(Errno.EINVAL, (await mounted.Files.ReadAsync(link, 0, new byte[1])).Error);
        Assert.Equal(Errno.EINVAL, (await mounted.Files.WriteAsync(link, 0, new byte[1])).Error);
        Assert.Equal(Errno.EINVAL, await mounted.Files.TruncateAsync(link, 0));
        Assert.Equal(Errno.EINVAL, (await mounted.Paths.ReadSymbolicLinkAsync("/f")).Error);
        Assert.Equal(Errno.EINVAL, (await mounted.Paths.ReadSymbolicLinkAsync("/d")).Error);
    }

    [Fact]
    public async Task On_a_full_device_a_link_that_needs_a_block_is_refused_and_leaves_nothing()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(512, 60), new MkfsOptions { NameSeed = 1, Inodes = 32 });
        await mounted.FileAsync("/f");
        FileSystemStatistics before = await mounted.StatisticsAsync();
        Result<int> filled = await mounted.Paths.WriteAsync("/f", 0, new byte[60 * 512]);
        Assert.True(filled.Value < 60 * 512);

        Assert.Equal(Errno.ENOSPC, (await mounted.Paths.MakeSymbolicLinkAsync(new string('t', 100), "/l")).Error);
        Assert.Equal(Errno.OK, (await mounted.Paths.MakeSymbolicLinkAsync("t", "/l")).Error);
        Assert.Equal(before.FreeInodes - 1, (await mounted.StatisticsAsync()).FreeInodes);
        await mounted.AssertSoundAsync();
    }

    /// <summary>A directory d with a file x; a file f; links to both, near and far; and links that lead nowhere.</summary>
    private static async Task<Mounted> TreeAsync()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(512, 400));
        await mounted.DirectoryAsync("/d");
        await mounted.FileAsync("/d/x", "deep");
        await mounted.FileAsync("/f", "hi");
        foreach ((string path, string target) in new[]
        {
            ("/to-d", "d"), ("/to-f", "f"), ("/d/far", "/to-d/"), ("/d/up", "../to-f"),
            ("/dangling", "nowhere"), ("/loop", "loop"), ("/ping", "pong"), ("/pong", "./ping"),
        })
        {
            Assert.Equal(Errno.OK, (await mounted.Paths.MakeSymbolicLinkAsync(target, path)).Error);
        }

        return mounted;
    }

    private static async Task<string> TargetAsync(Mounted mounted, string path)
    {
        Result<byte[]> target = await mounted.Paths.ReadSymbolicLinkAsync(path);
        Assert.Equal(Errno.OK, target.Error);
        return Encoding.UTF8.GetString(target.Value);
    }
}
