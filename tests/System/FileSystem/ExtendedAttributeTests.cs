using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Extended attributes: one block of them an inode.</summary>
public sealed class ExtendedAttributeTests
{
    [Fact]
    public async Task An_attribute_is_what_it_was_set_to_last_across_a_crash()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f");
        await SetAsync(mounted, "/f", "user.colour", "red");
        await SetAsync(mounted, "/f", "user.shape", "");
        await SetAsync(mounted, "/f", "user.colour", "a longer green");
        await mounted.SyncAsync();
        mounted = await mounted.CrashAndMountAsync();

        Assert.Equal("a longer green", await GetAsync(mounted, "/f", "user.colour"));
        Assert.Equal("", await GetAsync(mounted, "/f", "user.shape"));
        Assert.Equal(["user.colour", "user.shape"], (await mounted.Paths.ListExtendedAttributesAsync("/f")).Value.Order());
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task Every_inode_has_its_own_and_they_go_with_it()
    {
        Mounted mounted = await Mounted.NewAsync();
        FileSystemStatistics before = await mounted.StatisticsAsync();
        await mounted.FileAsync("/f");
        await mounted.DirectoryAsync("/d");
        await mounted.Paths.MakeNodeAsync("/p", FileType.Fifo);
        await mounted.Paths.MakeSymbolicLinkAsync("f", "/s");
        await SetAsync(mounted, "/f", "user.x", "file");
        await SetAsync(mounted, "/d", "user.x", "directory");
        await SetAsync(mounted, "/p", "trusted.x", "fifo");
        InodeNumber link = (await mounted.Paths.GetLinkAttributesAsync("/s")).Value.Inode;
        Assert.Equal(Errno.OK, await mounted.Files.SetExtendedAttributeAsync(link, "trusted.x"u8.ToArray(), "link"u8.ToArray()));
        await mounted.AssertSoundAsync();

        Assert.Equal("file", await GetAsync(mounted, "/s", "user.x"));
        Assert.Equal("directory", await GetAsync(mounted, "/d", "user.x"));
        Assert.Equal("link"u8.ToArray(), (await mounted.Files.GetExtendedAttributeAsync(link, "trusted.x"u8.ToArray())).Value);
        foreach (string path in (string[])["/f", "/p", "/s"])
            Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync(path));
        Assert.Equal(Errno.OK, await mounted.Paths.RemoveDirectoryAsync("/d"));
        Assert.Equal(before, await mounted.StatisticsAsync());
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task The_last_one_gives_the_block_back()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f");
        FileSystemStatistics before = await mounted.StatisticsAsync();
        await SetAsync(mounted, "/f", "user.a", "1");
        await SetAsync(mounted, "/f", "user.b", "2");
        Assert.Equal(1, (await mounted.StatAsync("/f")).Blocks);
        Assert.Equal(Errno.OK, await mounted.Paths.RemoveExtendedAttributeAsync("/f", "user.a"));
        Assert.Equal(Errno.ENODATA, (await mounted.Paths.GetExtendedAttributeAsync("/f", "user.a")).Error);
        Assert.Equal("2", await GetAsync(mounted, "/f", "user.b"));
        Assert.Equal(Errno.OK, await mounted.Paths.RemoveExtendedAttributeAsync("/f", "user.b"));
        Assert.Equal(before, await mounted.StatisticsAsync());
        await mounted.AssertSoundAsync();
    }

    [Theory]
    [InlineData("/f", "user.there", AttributeMode.Create, "EEXIST")]
    [InlineData("/f", "user.new", AttributeMode.Create, "OK")]
    [InlineData("/f", "user.new", AttributeMode.Replace, "ENODATA")]
    [InlineData("/f", "user.there", AttributeMode.Replace, "OK")]
    [InlineData("/f", "", AttributeMode.Set, "ERANGE")]
    [InlineData("/missing", "", AttributeMode.Set, "ERANGE")]
    [InlineData("/missing", "user.x", AttributeMode.Set, "ENOENT")]
    [InlineData("/f", "user.", AttributeMode.Set, "EINVAL")]
    [InlineData("/f", "user", AttributeMode.Set, "EOPNOTSUPP")]
    [InlineData("/f", "system.posix_acl_access", AttributeMode.Set, "EOPNOTSUPP")]
    [InlineData("/f", "security.x", AttributeMode.Set, "OK")]
    [InlineData("/p", "user.x", AttributeMode.Set, "EPERM")]
    [InlineData("/p", "trusted.x", AttributeMode.Set, "OK")]
    public async Task Each_name_and_mode_is_answered_as_Linux_does(string path, string name, AttributeMode mode, string expected)
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f");
        await mounted.Paths.MakeNodeAsync("/p", FileType.Fifo);
        await SetAsync(mounted, "/f", "user.there", "1");
        Assert.Equal(Enum.Parse<Errno>(expected), await mounted.Paths.SetExtendedAttributeAsync(path, name, new byte[3], mode));
        Assert.Equal(Errno.ENODATA, (await mounted.Paths.GetExtendedAttributeAsync("/p", "user.x")).Error);
        Assert.Equal(Errno.EPERM, await mounted.Paths.RemoveExtendedAttributeAsync("/p", "user.x"));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task What_does_not_fit_one_block_is_refused_and_changes_nothing()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(512, 300));
        await mounted.FileAsync("/f");
        await SetAsync(mounted, "/f", "user.a", new string('a', 300));
        Assert.Equal(Errno.ENOSPC, await mounted.Paths.SetExtendedAttributeAsync("/f", "user.b", new byte[512 - 309 - 9 + 1]));
        Assert.Equal(Errno.E2BIG, await mounted.Paths.SetExtendedAttributeAsync("/f", "user.b", new byte[65_536]));
        Assert.Equal(["user.a"], (await mounted.Paths.ListExtendedAttributesAsync("/f")).Value);

        Assert.Equal(Errno.OK, await mounted.Paths.SetExtendedAttributeAsync("/f", "user.b", new byte[512 - 309 - 9]));
        Assert.Equal(new string('a', 300), await GetAsync(mounted, "/f", "user.a"));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task On_a_full_device_the_first_one_is_refused()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(512, 60), new MkfsOptions { NameSeed = 1, Inodes = 8 });
        await mounted.FileAsync("/f");
        await mounted.FileAsync("/full");
        while ((await mounted.StatisticsAsync()).FreeBlocks > 0)
            await mounted.Paths.WriteAsync("/full", (await mounted.StatAsync("/full")).Size, new byte[512]);
        InodeAttributes before = await mounted.StatAsync("/f");
        Assert.Equal(Errno.ENOSPC, await mounted.Paths.SetExtendedAttributeAsync("/f", "user.a", new byte[1]));
        Assert.Equal(before, await mounted.StatAsync("/f"));
        await mounted.AssertSoundAsync();
    }

    private static async Task SetAsync(Mounted mounted, string path, string name, string value) =>
        Assert.Equal(Errno.OK, await mounted.Paths.SetExtendedAttributeAsync(path, name, Encoding.UTF8.GetBytes(value)));

    private static async Task<string> GetAsync(Mounted mounted, string path, string name)
    {
        Result<byte[]> value = await mounted.Paths.GetExtendedAttributeAsync(path, name);
        Assert.Equal(Errno.OK, value.Error);
        return Encoding.UTF8.GetString(value.Value);
    }
}
