using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>read, write and truncate: holes, tails, limits.</summary>
public sealed class ContentTests
{
    // With blocks of 128 bytes: 12 direct, 32 single, 1024 double, 32,768 triple indirect.
    private const int Block = 128;
    private const long Limit = 33_836 * Block;

    private static Task<Mounted> SmallBlocksAsync(long blocks = 4000) =>
        Mounted.NewAsync(new MemoryDevice(Block, blocks), new MkfsOptions { NameSeed = 1, Inodes = 16 });

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, Block)]
    [InlineData(1, Block)]
    [InlineData(100, 5000)]
    [InlineData(11 * Block, 2 * Block)]
    [InlineData((44 * Block) - 1, 2)]
    [InlineData(1067 * Block, 300)]
    [InlineData((1068 * Block) + 7, 1000)]
    [InlineData(Limit - 500, 500)]
    public async Task What_is_written_anywhere_is_read_back_and_all_before_it_is_zero(long offset, int length)
    {
        Mounted mounted = await SmallBlocksAsync();
        await mounted.FileAsync("/f");
        byte[] content = Mounted.Pattern(length);
        await mounted.WriteAsync("/f", offset, content);

        mounted = await mounted.RemountAsync();
        Assert.Equal(offset + length, (await mounted.StatAsync("/f")).Size);
        Assert.Equal(content, await mounted.ReadAsync("/f", offset));
        int before = (int)Math.Min(offset, 3000);
        Assert.Equal(new byte[before], await mounted.ReadAsync("/f", offset - before, before));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task Overlapping_writes_leave_the_last_one_on_top()
    {
        Mounted mounted = await SmallBlocksAsync();
        await mounted.FileAsync("/f");
        byte[] expected = new byte[20_000];
        var dice = new Random(7);
        for (int i = 0; i < 200; i++)
        {
            byte[] piece = Mounted.Pattern(dice.Next(1, 1000), i);
            int offset = dice.Next(0, expected.Length - piece.Length);
            piece.CopyTo(expected, offset);
            await mounted.WriteAsync("/f", offset, piece);
        }

        int size = (int)(await mounted.StatAsync("/f")).Size;
        Assert.Equal(expected[..size], await mounted.ReadAsync("/f"));
        mounted = await mounted.RemountAsync();
        Assert.Equal(expected[..size], await mounted.ReadAsync("/f"));
    }

    [Fact]
    public async Task A_hole_takes_no_blocks_and_reads_as_zeros()
    {
        Mounted mounted = await SmallBlocksAsync();
        await mounted.FileAsync("/f");
        long free = (await mounted.StatisticsAsync()).FreeBlocks;
        Assert.Equal(Errno.OK, await mounted.Paths.TruncateAsync("/f", 1_000_000));
        Assert.Equal(free, (await mounted.StatisticsAsync()).FreeBlocks);
        Assert.Equal(new byte[5000], await mounted.ReadAsync("/f", 500_000, 5000));
        await mounted.AssertSoundAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(5000)]
    public async Task What_truncate_cut_off_reads_as_zeros_when_the_file_grows_again(int keep)
    {
        Mounted mounted = await SmallBlocksAsync();
        await mounted.FileAsync("/f");
        byte[] content = Mounted.Pattern(6000);
        await mounted.WriteAsync("/f", 0, content);
        Assert.Equal(Errno.OK, await mounted.Paths.TruncateAsync("/f", keep));
        Assert.Equal(content[..keep], await mounted.ReadAsync("/f"));
        await mounted.AssertSoundAsync();

        Assert.Equal(Errno.OK, await mounted.Paths.TruncateAsync("/f", 6000));
        content.AsSpan(keep).Clear();
        Assert.Equal(content, await mounted.ReadAsync("/f"));
    }

    [Fact]
    public async Task Truncate_to_nothing_and_unlink_give_every_block_back()
    {
        Mounted mounted = await SmallBlocksAsync();
        await mounted.FileAsync("/f");
        await mounted.FileAsync("/g");
        long free = (await mounted.StatisticsAsync()).FreeBlocks;
        await mounted.WriteAsync("/f", 0, Mounted.Pattern(200_000));
        await mounted.WriteAsync("/f", 1_000_000, Mounted.Pattern(1000));
        Assert.Equal(Errno.OK, await mounted.Paths.TruncateAsync("/f", 0));
        Assert.Equal(free, (await mounted.StatisticsAsync()).FreeBlocks);
        await mounted.AssertSoundAsync();

        await mounted.WriteAsync("/f", 0, Mounted.Pattern(200_000));
        Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync("/f"));
        Assert.Equal(free, (await mounted.StatisticsAsync()).FreeBlocks);
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task Every_size_that_truncate_leaves_is_sound_across_the_levels_of_pointers()
    {
        Mounted mounted = await SmallBlocksAsync();
        await mounted.FileAsync("/f");
        byte[] content = Mounted.Pattern(1200 * Block);
        await mounted.WriteAsync("/f", 0, content);
        foreach (int size in new[] { 1100 * Block, (1068 * Block) + 1, 1068 * Block, 1067 * Block, 77 * Block, 44 * Block, (44 * Block) - 1, 13 * Block, 12 * Block, 1 })
        {
            Assert.Equal(Errno.OK, await mounted.Paths.TruncateAsync("/f", size));
            Assert.Equal(content[..size], await mounted.ReadAsync("/f"));
            await mounted.AssertSoundAsync();
        }
    }

    [Fact]
    public async Task A_file_grows_to_the_limit_and_not_past_it()
    {
        Mounted mounted = await SmallBlocksAsync();
        Assert.Equal(Limit, (await mounted.StatisticsAsync()).MaxFileSize);
        await mounted.FileAsync("/f");
        Assert.Equal(Errno.OK, await mounted.Paths.TruncateAsync("/f", Limit));
        Assert.Equal(Errno.EFBIG, await mounted.Paths.TruncateAsync("/f", Limit + 1));
        Assert.Equal(Errno.EFBIG, (await mounted.Paths.WriteAsync("/f", Limit, new byte[1])).Error);
        Assert.Equal(Errno.EFBIG, (await mounted.Paths.WriteAsync("/f", long.MaxValue, new byte[1])).Error);
        Assert.Equal(3, (await mounted.Paths.WriteAsync("/f", Limit - 3, "truncated"u8.ToArray())).Value);
        Assert.Equal("tru", System.Text.Encoding.UTF8.GetString(await mounted.ReadAsync("/f", Limit - 3, 100)));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task Reads_end_at_the_end_of_the_file_and_empty_writes_change_nothing()
    {
        Mounted mounted = await SmallBlocksAsync();
        InodeNumber file = await mounted.FileAsync("/f", "hello");
        Assert.Equal("lo"u8.ToArray(), await mounted.ReadAsync("/f", 3, 100));
        Assert.Empty(await mounted.ReadAsync("/f", 5, 100));
        Assert.Empty(await mounted.ReadAsync("/f", long.MaxValue, 100));
        Assert.Equal(Errno.EINVAL, (await mounted.Files.ReadAsync(file, -1, new byte[1])).Error);
        Assert.Equal(Errno.EINVAL, (await mounted.Files.WriteAsync(file, -1, new byte[1])).Error);
        Assert.Equal(0, (await mounted.Files.WriteAsync(file, long.MaxValue, ReadOnlyMemory<byte>.Empty)).Value);
        Assert.Equal(5, (await mounted.StatAsync("/f")).Size);
        Assert.Equal(Errno.EISDIR, (await mounted.Files.ReadAsync(mounted.Files.Root, 0, new byte[1])).Error);
        Assert.Equal(Errno.EISDIR, (await mounted.Files.WriteAsync(mounted.Files.Root, 0, new byte[1])).Error);
    }

    [Fact]
    public async Task Consecutive_blocks_that_are_not_cached_are_read_with_one_read()
    {
        Mounted mounted = await Mounted.NewAsync();
        byte[] content = Mounted.Pattern(12 * 4096);
        await mounted.FileAsync("/f");
        await mounted.WriteAsync("/f", 0, content);
        mounted = await mounted.RemountAsync();
        await mounted.StatAsync("/f");

        mounted.Device.Reads.Clear();
        Assert.Equal(content, await mounted.ReadAsync("/f"));
        Assert.Equal(12, Assert.Single(mounted.Device.Reads).Count);

        mounted.Device.Reads.Clear();
        Assert.Equal(content[100..9000], await mounted.ReadAsync("/f", 100, 8900));
        Assert.Empty(mounted.Device.Reads);
    }

    [Fact]
    public async Task A_file_larger_than_the_cache_is_written_and_read_in_full()
    {
        var device = new MemoryDevice(Block, 4000, maxUncommittedBlocks: 64);
        Mounted mounted = await Mounted.NewAsync(
            device, new MkfsOptions { NameSeed = 1, Inodes = 16 }, Mounted.NoAging with { CacheBlocks = 32 });
        byte[] content = Mounted.Pattern(1500 * Block);
        await mounted.FileAsync("/f");
        await mounted.WriteAsync("/f", 0, content);
        Assert.Equal(content, await mounted.ReadAsync("/f"));
        Assert.Equal(Errno.OK, await mounted.Paths.TruncateAsync("/f", 1000));
        Assert.Equal(content[..1000], await mounted.ReadAsync("/f"));
        await mounted.AssertSoundAsync();
    }
}
