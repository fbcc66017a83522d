using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Entries, links and inode numbers.</summary>
public sealed class DirectoryTests
{
    [Fact]
    public async Task Thousands_of_entries_are_found_listed_and_removed_in_any_order()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(4096, 1000), new MkfsOptions { NameSeed = 1, Inodes = 2500 });
        FileSystemStatistics empty = await mounted.StatisticsAsync();
        string[] names = [.. Enumerable.Range(0, 1500).Select(i => $"a file with the number {i}")];
        InodeNumber directory = await mounted.DirectoryAsync("/many");
        foreach (string name in names)
            Assert.True((await mounted.Files.CreateAsync(directory, new FileName(name))).IsOk);
        Assert.Equal(names.Order(StringComparer.Ordinal), await mounted.NamesAsync("/many"));
        mounted = await mounted.RemountAsync();
        Assert.Equal(names.Order(StringComparer.Ordinal), await mounted.NamesAsync("/many"));
        await mounted.AssertSoundAsync();

        new Random(5).Shuffle(names);
        foreach (string name in names)
            Assert.Equal(Errno.OK, await mounted.Files.UnlinkAsync(directory, new FileName(name)));
        Assert.Equal((0, 0), ((await mounted.StatAsync("/many")).Size, (await mounted.StatAsync("/many")).Blocks));
        Assert.Equal(Errno.OK, await mounted.Paths.RemoveDirectoryAsync("/many"));
        Assert.Equal(empty, await mounted.StatisticsAsync());
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task Space_of_removed_entries_is_used_again()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(512, 300), new MkfsOptions { NameSeed = 1, Inodes = 100 });
        for (int i = 0; i < 60; i++)
            await mounted.FileAsync($"/name-{i:00}");
        long size = (await mounted.StatAsync("/")).Size;
        for (int round = 0; round < 5; round++)
        {
            for (int i = round; i < 59; i += 2)
                Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync($"/name-{i:00}"));
            for (int i = round; i < 59; i += 2)
                await mounted.FileAsync($"/name-{i:00}");
        }

        Assert.Equal(size, (await mounted.StatAsync("/")).Size);
        await mounted.AssertSoundAsync();
    }

    [Theory]
    [InlineData(128, 54)]
    [InlineData(256, 118)]
    [InlineData(512, 246)]
    [InlineData(1024, 255)]
    [InlineData(4096, 255)]
    public async Task The_longest_name_scales_with_the_block_and_one_byte_more_is_ENAMETOOLONG(int blockSize, int longest)
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(blockSize, 300), new MkfsOptions { NameSeed = 1, Inodes = 32 });
        InodeNumber root = mounted.Files.Root;
        Assert.Equal(longest, (await mounted.StatisticsAsync()).MaxNameLength);
        var fits = new FileName(new string('n', longest));
        var tooLong = new FileName(new string('n', longest + 1));
        Assert.True((await mounted.Files.CreateAsync(root, fits)).IsOk);
        Assert.True((await mounted.Files.CreateAsync(root, new FileName(new string('m', longest)))).IsOk);
        Assert.True((await mounted.Files.LookupAsync(root, fits)).IsOk);
        Assert.Equal(Errno.ENAMETOOLONG, (await mounted.Files.LookupAsync(root, tooLong)).Error);
        Assert.Equal(Errno.ENAMETOOLONG, (await mounted.Files.CreateAsync(root, tooLong)).Error);
        Assert.Equal(Errno.ENAMETOOLONG, (await mounted.Files.MakeDirectoryAsync(root, tooLong)).Error);
        Assert.Equal(Errno.ENAMETOOLONG, await mounted.Files.UnlinkAsync(root, tooLong));
        Assert.Equal(Errno.ENAMETOOLONG, await mounted.Files.RemoveDirectoryAsync(root, tooLong));
        Assert.Equal(Errno.ENAMETOOLONG, await mounted.Files.RenameAsync(root, fits, root, tooLong));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task Any_bytes_but_slash_and_NUL_make_a_name()
    {
        Mounted mounted = await Mounted.NewAsync();
        for (int value = 1; value < 256; value++)
        {
            if (value == '/' || value == '.')
                continue;
            var name = new FileName([(byte)value]);
            Assert.True((await mounted.Files.CreateAsync(mounted.Files.Root, name)).IsOk);
            Assert.Equal(Errno.EEXIST, (await mounted.Files.CreateAsync(mounted.Files.Root, name)).Error);
        }

        await mounted.FileAsync("/...");
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task An_empty_name_is_no_entrys_name()
    {
        Mounted mounted = await Mounted.NewAsync();
        InodeNumber root = mounted.Files.Root;
        await mounted.FileAsync("/f");
        var f = new FileName("f");
        Assert.Equal(Errno.ENOENT, (await mounted.Files.LookupAsync(root, default)).Error);
        Assert.Equal(Errno.ENOENT, (await mounted.Files.CreateAsync(root, default)).Error);
        Assert.Equal(Errno.ENOENT, (await mounted.Files.MakeDirectoryAsync(root, default)).Error);
        Assert.Equal(Errno.ENOENT, await mounted.Files.UnlinkAsync(root, default));
        Assert.Equal(Errno.ENOENT, await mounted.Files.RemoveDirectoryAsync(root, default));
        Assert.Equal(Errno.ENOENT, await mounted.Files.RenameAsync(root, f, root, default));
        Assert.Equal(Errno.ENOENT, await mounted.Files.RenameAsync(root, default, root, f));
    }

    [Fact]
    public async Task Link_counts_follow_subdirectories_as_they_come_go_and_move()
    {
        Mounted mounted = await Mounted.NewAsync();
        async Task<int> LinksAsync(string path) => (await mounted.StatAsync(path)).LinkCount;

        await mounted.DirectoryAsync("/a");
        await mounted.DirectoryAsync("/a/one");
        await mounted.DirectoryAsync("/a/two");
        await mounted.DirectoryAsync("/b");
        await mounted.FileAsync("/b/f");
        Assert.Equal((4, 4, 2, 1), (await LinksAsync("/"), await LinksAsync("/a"), await LinksAsync("/b"), await LinksAsync("/b/f")));
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/a/one", "/b/one"));
        Assert.Equal((3, 3), (await LinksAsync("/a"), await LinksAsync("/b")));
        Assert.Equal(await mounted.StatAsync("/b"), await mounted.StatAsync("/b/one/.."));
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/a/two", "/b/one"));
        Assert.Equal((2, 3), (await LinksAsync("/a"), await LinksAsync("/b")));
        Assert.Equal(Errno.OK, await mounted.Paths.RemoveDirectoryAsync("/b/one"));
        Assert.Equal((4, 2, 2), (await LinksAsync("/"), await LinksAsync("/a"), await LinksAsync("/b")));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task A_directory_with_as_many_links_as_allowed_takes_files_but_no_more_directories()
    {
        Mounted mounted = await Mounted.NewAsync(
            new MemoryDevice(512, 300), new MkfsOptions { NameSeed = 1, Inodes = 64, MaxLinkCount = 5 });
        foreach (string name in new[] { "/x", "/y", "/z" })
            await mounted.DirectoryAsync(name);
        await mounted.DirectoryAsync("/x/sub");
        Assert.Equal(Errno.EMLINK, (await mounted.Paths.MakeDirectoryAsync("/w")).Error);
        Assert.Equal(Errno.EEXIST, (await mounted.Paths.MakeDirectoryAsync("/x")).Error);
        Assert.Equal(Errno.EMLINK, await mounted.Paths.RenameAsync("/x/sub", "/sub"));
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/x", "/v"));
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/v/sub", "/y"));
        await mounted.FileAsync("/f");
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task A_number_that_no_entry_leads_to_any_more_is_stale_until_all_others_were_used()
    {
        Mounted mounted = await Mounted.TinyAsync();
        InodeNumber file = await mounted.FileAsync("/f");
        InodeNumber directory = await mounted.DirectoryAsync("/d");
        Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync("/f"));
        Assert.Equal(Errno.OK, await mounted.Paths.RemoveDirectoryAsync("/d"));
        var name = new FileName("n");
        foreach (InodeNumber stale in new[] { file, directory, InodeNumber.None, new InodeNumber(17), new InodeNumber(uint.MaxValue) })
        {
            Assert.Equal(Errno.ESTALE, (await mounted.Files.GetAttributesAsync(stale)).Error);
            Assert.Equal(Errno.ESTALE, (await mounted.Files.LookupAsync(stale, name)).Error);
            Assert.Equal(Errno.ESTALE, (await mounted.Files.CreateAsync(stale, name)).Error);
            Assert.Equal(Errno.ESTALE, (await mounted.Files.ReadAsync(stale, 0, new byte[1])).Error);
            Assert.Equal(Errno.ESTALE, (await mounted.Files.WriteAsync(stale, 0, new byte[1])).Error);
            Assert.Equal(Errno.ESTALE, await mounted.Files.TruncateAsync(stale, -1));
            Assert.Equal(Errno.ESTALE, await mounted.Files.UnlinkAsync(stale, name));
            Assert.Equal(Errno.ESTALE, await mounted.Files.RemoveDirectoryAsync(stale, name));
            Assert.Equal(Errno.ESTALE, await mounted.Files.RenameAsync(mounted.Files.Root, name, stale, name));
            Assert.Equal(Errno.ESTALE, (await mounted.Files.ReadDirectoryAsync(stale)).Error);
            Assert.Equal(Errno.ESTALE, await mounted.Files.SyncAsync(stale));
        }

        for (int i = 0; i < 13; i++)
            Assert.DoesNotContain(await mounted.FileAsync($"/{i}"), new[] { file, directory });
        Assert.Equal(file, await mounted.FileAsync("/13"));
    }

    [Fact]
    public async Task A_replaced_file_is_gone_with_its_blocks()
    {
        Mounted mounted = await Mounted.NewAsync();
        await mounted.FileAsync("/new", "new");
        long free = (await mounted.StatisticsAsync()).FreeBlocks;
        InodeNumber old = await mounted.FileAsync("/old");
        await mounted.WriteAsync("/old", 0, Mounted.Pattern(100_000));
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/new", "/old"));
        Assert.Equal("new", await mounted.TextAsync("/old"));
        Assert.Equal(["old"], await mounted.NamesAsync("/"));
        Assert.Equal(Errno.ESTALE, (await mounted.Files.GetAttributesAsync(old)).Error);
        Assert.Equal(free, (await mounted.StatisticsAsync()).FreeBlocks);
        await mounted.AssertSoundAsync();
    }
}
