using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Renames that replace nothing, and renames that let two names change places.</summary>
public sealed class RenameModeTests
{
    [Fact]
    public async Task A_file_and_a_directory_of_another_parent_change_places()
    {
        Mounted mounted = await TreeAsync();
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/d/x", "/e/sub", RenameMode.Exchange));

        Assert.Equal("deep", await mounted.TextAsync("/e/sub"));
        Assert.Equal(["below"], await mounted.NamesAsync("/d/x"));
        Assert.Equal((await mounted.StatAsync("/d")).Inode, (await mounted.StatAsync("/d/x/..")).Inode);
        Assert.Equal((3, 2), ((await mounted.StatAsync("/d")).LinkCount, (await mounted.StatAsync("/e")).LinkCount));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task Two_directories_of_different_parents_change_places()
    {
        Mounted mounted = await TreeAsync();
        await mounted.DirectoryAsync("/d/own");
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/d/own", "/e/sub", RenameMode.Exchange));

        Assert.Equal(["below"], await mounted.NamesAsync("/d/own"));
        Assert.Empty(await mounted.NamesAsync("/e/sub"));
        Assert.Equal((await mounted.StatAsync("/e")).Inode, (await mounted.StatAsync("/e/sub/..")).Inode);
        await mounted.AssertSoundAsync();
    }

    [Theory]
    [InlineData("/f", "/d", RenameMode.NoReplace, Errno.EEXIST)]
    [InlineData("/f", "/f", RenameMode.NoReplace, Errno.EEXIST)]
    [InlineData("/f", "/new", RenameMode.NoReplace, Errno.OK)]
    [InlineData("/f", "/d/.", RenameMode.NoReplace, Errno.EEXIST)]
    [InlineData("/f", "/", RenameMode.NoReplace, Errno.EEXIST)]
    [InlineData("/d/.", "/new", RenameMode.NoReplace, Errno.EBUSY)]
    [InlineData("/nope", "/f", RenameMode.NoReplace, Errno.ENOENT)]
    [InlineData("/f", "/new/", RenameMode.NoReplace, Errno.ENOTDIR)]
    [InlineData("/f/", "/d", RenameMode.NoReplace, Errno.EEXIST)]
    [InlineData("/d", "/d/new", RenameMode.NoReplace, Errno.EINVAL)]
    [InlineData("/f", "/new", RenameMode.Exchange, Errno.ENOENT)]
    [InlineData("/nope", "/f", RenameMode.Exchange, Errno.ENOENT)]
    [InlineData("/f", "/f", RenameMode.Exchange, Errno.OK)]
    [InlineData("/e", "/e/sub", RenameMode.Exchange, Errno.EINVAL)]
    [InlineData("/e/sub", "/e", RenameMode.Exchange, Errno.EINVAL)]
    [InlineData("/e/sub/below", "/e", RenameMode.Exchange, Errno.EINVAL)]
    [InlineData("/f", "/d/", RenameMode.Exchange, Errno.OK)]
    [InlineData("/d/", "/f", RenameMode.Exchange, Errno.OK)]
    [InlineData("/f/", "/d", RenameMode.Exchange, Errno.ENOTDIR)]
    [InlineData("/d", "/f/", RenameMode.Exchange, Errno.ENOTDIR)]
    [InlineData("/f", "/d/..", RenameMode.Exchange, Errno.EBUSY)]
    public async Task It_is_done_or_refused_as_Linux_does(string from, string to, RenameMode mode, Errno expected)
    {
        Mounted mounted = await TreeAsync();
        Assert.Equal(expected, await mounted.Paths.RenameAsync(from, to, mode));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task An_exchange_that_would_give_a_directory_one_subdirectory_too_many_is_refused()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(4096, 1000), new MkfsOptions { NameSeed = 1, MaxLinkCount = 4 });
        await mounted.DirectoryAsync("/d");
        await mounted.DirectoryAsync("/d/1");
        await mounted.DirectoryAsync("/d/2");
        await mounted.FileAsync("/d/f");
        await mounted.DirectoryAsync("/e");
        Assert.Equal(Errno.EMLINK, await mounted.Paths.RenameAsync("/e", "/d/f", RenameMode.Exchange));
        Assert.Equal(Errno.EMLINK, await mounted.Paths.RenameAsync("/d/f", "/e", RenameMode.Exchange));
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/e", "/d/1", RenameMode.Exchange));
        await mounted.AssertSoundAsync();
    }

    /// <summary>A file f; a directory d with a file x; directories e, e/sub and e/sub/below.</summary>
    private static async Task<Mounted> TreeAsync()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/f", "hi");
        await mounted.DirectoryAsync("/d");
        await mounted.FileAsync("/d/x", "deep");
        await mounted.DirectoryAsync("/e");
        await mounted.DirectoryAsync("/e/sub");
        await mounted.DirectoryAsync("/e/sub/below");
        return mounted;
    }
}
