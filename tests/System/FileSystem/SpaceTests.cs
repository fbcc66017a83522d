using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>No space left: what cannot be done whole is not done, and takes nothing.</summary>
public sealed class SpaceTests
{
    private const int Block = 128;

    /// <summary>A tree on which an operation will be tried, with exactly <paramref name="free"/> blocks left.</summary>
    private static async Task<Mounted> WithFreeBlocksAsync(long free)
    {
        Mounted mounted = await Mounted.TinyAsync();
        await mounted.DirectoryAsync("/full");
        for (int i = 0; i < 4; i++)
            await mounted.FileAsync($"/full/a-name-of-twenty-{i}");
        await mounted.DirectoryAsync("/d");
        await mounted.FileAsync("/f", "text");
        await mounted.FileAsync("/filler");
        for (long offset = 0; (await mounted.StatisticsAsync()).FreeBlocks > free; offset += Block)
            await mounted.WriteAsync("/filler", offset, new byte[1]);
        Assert.Equal(free, (await mounted.StatisticsAsync()).FreeBlocks);
        return mounted;
    }

    private static async Task<Errno> TryAsync(PathOperations paths, string operation) => operation switch
    {
        "create" => (await paths.CreateAsync("/full/another-name-of-24-bytes")).Error,
        "mkdir" => (await paths.MakeDirectoryAsync("/full/another-name-of-24-bytes")).Error,
        "mkdir with room for the entry" => (await paths.MakeDirectoryAsync("/d/sub")).Error,
        "rename into a full directory" => await paths.RenameAsync("/f", "/full/another-name-of-24-bytes"),
        "write a direct block" => (await paths.WriteAsync("/f", Block, new byte[1])).Error,
        "write below one pointer block" => (await paths.WriteAsync("/f", 12 * Block, new byte[1])).Error,
        "write below two pointer blocks" => (await paths.WriteAsync("/f", 44 * Block, new byte[1])).Error,
        "write below three pointer blocks" => (await paths.WriteAsync("/f", 1068 * Block, new byte[1])).Error,
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    [Theory]
    [InlineData("create", 1)]
    [InlineData("mkdir", 1)]
    [InlineData("mkdir with room for the entry", 1)]
    [InlineData("rename into a full directory", 1)]
    [InlineData("write a direct block", 1)]
    [InlineData("write below one pointer block", 2)]
    [InlineData("write below two pointer blocks", 3)]
    [InlineData("write below three pointer blocks", 4)]
    public async Task An_operation_takes_what_it_needs_or_answers_ENOSPC_and_takes_nothing(string operation, int needed)
    {
        for (int free = 0; free < needed; free++)
        {
            Mounted tight = await WithFreeBlocksAsync(free);
            string[] names = await tight.NamesAsync("/full");
            FileSystemStatistics before = await tight.StatisticsAsync();
            Assert.Equal(Errno.ENOSPC, await TryAsync(tight.Paths, operation));
            Assert.Equal(before, await tight.StatisticsAsync());
            Assert.Equal(names, await tight.NamesAsync("/full"));
            Assert.Equal("text", await tight.TextAsync("/f"));
            await tight.AssertSoundAsync();
        }

        Mounted enough = await WithFreeBlocksAsync(needed);
        Assert.Equal(Errno.OK, await TryAsync(enough.Paths, operation));
        Assert.Equal(0, (await enough.StatisticsAsync()).FreeBlocks);
        await enough.AssertSoundAsync();
    }

    [Fact]
    public async Task A_long_write_ends_short_where_the_space_ends_and_the_next_answers_ENOSPC()
    {
        Mounted mounted = await WithFreeBlocksAsync(5);
        byte[] content = Mounted.Pattern(10 * Block);
        Result<int> written = await mounted.Paths.WriteAsync("/f", Block, content);
        Assert.Equal(5 * Block, written.Value);
        Assert.Equal(6 * Block, (await mounted.StatAsync("/f")).Size);
        Assert.Equal(content[..(5 * Block)], await mounted.ReadAsync("/f", Block));
        Assert.Equal(Errno.ENOSPC, (await mounted.Paths.WriteAsync("/f", 6 * Block, new byte[1])).Error);
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task A_full_file_system_still_overwrites_renames_and_deletes()
    {
        Mounted mounted = await WithFreeBlocksAsync(0);
        await mounted.WriteAsync("/f", 0, "TEXT"u8.ToArray());
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/f", "/renamed"));
        Assert.Equal(Errno.OK, await mounted.Paths.RenameAsync("/full/a-name-of-twenty-1", "/full/b-name-of-twenty-1"));
        Assert.Equal("TEXT", await mounted.TextAsync("/renamed"));
        Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync("/filler"));
        await mounted.WriteAsync("/renamed", 0, Mounted.Pattern(40 * Block));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task Inodes_run_out_before_blocks_and_come_back()
    {
        Mounted mounted = await Mounted.TinyAsync();
        for (int i = 0; i < 15; i++)
            await mounted.DirectoryAsync($"/{i}");
        FileSystemStatistics before = await mounted.StatisticsAsync();
        Assert.Equal(Errno.ENOSPC, (await mounted.Paths.MakeDirectoryAsync("/0/x")).Error);
        Assert.Equal(Errno.ENOSPC, (await mounted.Paths.CreateAsync("/x")).Error);
        Assert.Equal(before, await mounted.StatisticsAsync());
        Assert.Equal(Errno.OK, await mounted.Paths.RemoveDirectoryAsync("/7"));
        await mounted.DirectoryAsync("/0/x");
        await mounted.AssertSoundAsync();
    }
}
