using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Blocks of a file that are there, and that are not.</summary>
public sealed class HoleTests
{
    private const int Block = 512;

    [Fact]
    public async Task What_was_allocated_reads_as_zeros_and_can_be_written_when_nothing_is_free()
    {
        (Mounted mounted, OpenFile file) = await NewAsync();
        await file.WriteAsync(Block, Mounted.Pattern(Block));
        Assert.Equal(Errno.OK, await file.AllocateAsync(100, (19 * Block) + 100));
        Assert.Equal((19 * Block) + 200, (await file.GetAttributesAsync()).Value.Size);
        Assert.Equal(21, (await file.GetAttributesAsync()).Value.Blocks);
        Assert.Equal(new byte[Block], await ReadAsync(file, 0, Block));
        Assert.Equal(Mounted.Pattern(Block), await ReadAsync(file, Block, Block));

        await FillAsync(mounted);
        Assert.Equal(20 * Block, (await file.WriteAsync(0, Mounted.Pattern(20 * Block))).Value);
        Assert.Equal(Errno.ENOSPC, (await file.WriteAsync(20 * Block, new byte[1])).Error);
        await mounted.AssertSoundAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5 * Block)]
    [InlineData(13 * Block)]
    [InlineData(200 * Block)]
    public async Task An_allocation_that_does_not_fit_changes_nothing(int offset)
    {
        (Mounted mounted, OpenFile file) = await NewAsync();
        await file.WriteAsync(3 * Block, Mounted.Pattern(Block));
        long free = (await mounted.StatisticsAsync()).FreeBlocks;
        InodeAttributes before = (await file.GetAttributesAsync()).Value;
        Assert.Equal(Errno.ENOSPC, await file.AllocateAsync(offset, (free + 2) * Block));
        Assert.Equal(before, (await file.GetAttributesAsync()).Value);
        Assert.Equal(free, (await mounted.StatisticsAsync()).FreeBlocks);
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task An_allocation_takes_every_block_that_is_free_but_not_one_more()
    {
        foreach (int offset in (int[])[0, 11 * Block, 140 * Block, 141 * Block])
        {
            (Mounted mounted, OpenFile file) = await NewAsync();
            long most = 0;
            for (long length = Block; await file.AllocateAsync(offset, length) == Errno.OK; length += Block)
                most = length;
            long rest = (await mounted.StatisticsAsync()).FreeBlocks;
            Assert.True(most > 0 && rest <= 2, $"at {offset}: {most} bytes, {rest} blocks left");
            await mounted.AssertSoundAsync();
        }
    }

    [Fact]
    public async Task A_large_allocation_is_committed_in_parts_and_a_crash_leaves_a_sound_file_system()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(Block, 1000, maxUncommittedBlocks: 24));
        OpenFile file = (await mounted.Paths.OpenAsync("/f", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create)).Value;
        await mounted.SyncAsync();
        Assert.Equal(Errno.OK, await file.AllocateAsync(0, 300 * Block));
        Assert.True(mounted.Device.Commits > 5);
        Mounted next = await mounted.CrashAndMountAsync();
        Assert.Equal(300 * Block, (await next.StatAsync("/f")).Size);
        await next.AssertSoundAsync();
    }

    /// <summary>More blocks of pointers are read than fit into memory.</summary>
    [Theory]
    [InlineData(512)]
    [InlineData(32)]
    public async Task The_holes_of_a_file_with_many_blocks_are_filled(int maxUncommittedBlocks)
    {
        const int Blocks = 4000;
        const int Small = 128;
        Mounted mounted = await Mounted.NewAsync(
            new MemoryDevice(Small, 6000, maxUncommittedBlocks), new MkfsOptions { NameSeed = 1, Inodes = 16 }, Mounted.NoAging with { CacheBlocks = 64 });
        OpenFile file = (await mounted.Paths.OpenAsync("/f", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create)).Value;
        byte[] content = Mounted.Pattern(Blocks * Small);
        for (int block = 0; block < Blocks; block++)
        {
            if (block % 100 == 99)
                content.AsSpan(block * Small, Small).Clear();
            else
                Assert.Equal(Small, (await file.WriteAsync(block * Small, content.AsMemory(block * Small, Small))).Value);
        }

        await mounted.SyncAsync();
        long before = (await file.GetAttributesAsync()).Value.Blocks;
        Assert.Equal(Errno.OK, await file.AllocateAsync(0, (Blocks + 1) * Small));
        Assert.Equal(before + (Blocks / 100) + 1, (await file.GetAttributesAsync()).Value.Blocks);
        Assert.Equal(content.Concat(new byte[Small]), await ReadAsync(file, 0, content.Length + Small));
        await mounted.AssertSoundAsync();
    }

    [Theory]
    [InlineData(0, 20 * Block)]
    [InlineData(Block, Block)]
    [InlineData(100, 50)]
    [InlineData(100, Block)]
    [InlineData(Block - 1, 2)]
    [InlineData(Block - 1, Block + 2)]
    [InlineData(11 * Block, 4 * Block)]
    [InlineData(10, (30 * Block) - 20)]
    [InlineData(139 * Block, 4 * Block)]
    [InlineData(12 * Block, 128 * Block)]
    [InlineData(150 * Block, 1000 * Block)]
    [InlineData(1000 * Block, 5)]
    public async Task A_hole_reads_as_zeros_and_all_else_stays(int offset, int length)
    {
        const int size = (160 * Block) + 77;
        (Mounted mounted, OpenFile file) = await NewAsync();
        byte[] expected = Mounted.Pattern(size);
        await file.WriteAsync(0, expected);
        long blocks = (await file.GetAttributesAsync()).Value.Blocks;
        Assert.Equal(Errno.OK, await file.PunchHoleAsync(offset, length));

        int from = Math.Min(offset, size);
        int to = Math.Min(offset + length, size);
        expected.AsSpan()[from..to].Clear();
        Assert.Equal(expected, await ReadAsync(file, 0, size + 1));
        Assert.Equal(size, (await file.GetAttributesAsync()).Value.Size);
        long whole = Enumerable.Range(0, 161).LongCount(block => block * Block >= offset && (block + 1) * Block <= offset + length);
        long freed = blocks - (await file.GetAttributesAsync()).Value.Blocks;
        Assert.InRange(freed, whole, whole + 3);
        await mounted.AssertSoundAsync();

        // The hole can be filled again.
        await file.WriteAsync(0, Mounted.Pattern(size, 2));
        Assert.Equal(Mounted.Pattern(size, 2), await ReadAsync(file, 0, size));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task Data_and_holes_are_found_block_by_block()
    {
        (_, OpenFile file) = await NewAsync();
        await file.WriteAsync(2 * Block, new byte[Block]);
        await file.WriteAsync(30 * Block, new byte[10]);
        await file.TruncateAsync(1000 * Block);

        Assert.Equal(2 * Block, (await file.SeekAsync(0, SeekTarget.Data)).Value);
        Assert.Equal((2 * Block) + 5, (await file.SeekAsync((2 * Block) + 5, SeekTarget.Data)).Value);
        Assert.Equal(30 * Block, (await file.SeekAsync(3 * Block, SeekTarget.Data)).Value);
        Assert.Equal(Errno.ENXIO, (await file.SeekAsync(31 * Block, SeekTarget.Data)).Error);
        Assert.Equal(7, (await file.SeekAsync(7, SeekTarget.Hole)).Value);
        Assert.Equal(3 * Block, (await file.SeekAsync(2 * Block, SeekTarget.Hole)).Value);
        Assert.Equal(31 * Block, (await file.SeekAsync((30 * Block) + 9, SeekTarget.Hole)).Value);
        Assert.Equal(Errno.ENXIO, (await file.SeekAsync(1000 * Block, SeekTarget.Hole)).Error);
        Assert.Equal(Errno.ENXIO, (await file.SeekAsync(-1, SeekTarget.Data)).Error);
    }

    [Fact]
    public async Task The_end_of_a_file_is_a_hole()
    {
        (_, OpenFile file) = await NewAsync();
        await file.WriteAsync(0, new byte[Block + 10]);
        Assert.Equal(Block + 10, (await file.SeekAsync(5, SeekTarget.Hole)).Value);
    }

    [Fact]
    public async Task Looking_through_a_very_large_hole_takes_no_time()
    {
        Mounted mounted = await Mounted.NewAsync();
        OpenFile file = (await mounted.Paths.OpenAsync("/f", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create)).Value;
        const long tebibyte = 1L << 40;
        await file.WriteAsync(tebibyte, new byte[1]);
        int reads = mounted.Device.Reads.Count;
        Assert.Equal(tebibyte, (await file.SeekAsync(0, SeekTarget.Data)).Value);
        Assert.Equal(Errno.OK, await file.PunchHoleAsync(0, tebibyte));
        Assert.Equal(0, (await file.SeekAsync(0, SeekTarget.Hole)).Value);
        Assert.Equal(reads, mounted.Device.Reads.Count);
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task What_cannot_be_is_refused()
    {
        (Mounted mounted, OpenFile file) = await NewAsync();
        OpenFile reader = (await mounted.Paths.OpenAsync("/f", OpenFlags.Read)).Value;
        Assert.Equal(Errno.EINVAL, await file.AllocateAsync(0, 0));
        Assert.Equal(Errno.EINVAL, await file.PunchHoleAsync(-1, 1));
        Assert.Equal(Errno.EBADF, await reader.AllocateAsync(0, 1));
        Assert.Equal(Errno.EBADF, await reader.PunchHoleAsync(0, 1));
        Assert.Equal(Errno.EFBIG, await file.AllocateAsync(0, long.MaxValue));
        Assert.Equal(Errno.EFBIG, await file.PunchHoleAsync(long.MaxValue, 1));
        Assert.Equal(Errno.EISDIR, await mounted.Files.AllocateAsync(mounted.Files.Root, 0, 1));
        Assert.Equal(Errno.EINVAL, (await mounted.Files.SeekAsync(mounted.Files.Root, 0, SeekTarget.Data)).Error);
    }

    private static async Task<(Mounted Mounted, OpenFile File)> NewAsync()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(Block, 300), new MkfsOptions { NameSeed = 1, Inodes = 16 });
        return (mounted, (await mounted.Paths.OpenAsync("/f", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create)).Value);
    }

    private static async Task<byte[]> ReadAsync(OpenFile file, long offset, int length)
    {
        byte[] bytes = new byte[length];
        Result<int> count = await file.ReadAsync(offset, bytes);
        Assert.Equal(Errno.OK, count.Error);
        return bytes[..count.Value];
    }

    /// <summary>Leaves no block free.</summary>
    private static async Task FillAsync(Mounted mounted)
    {
        await mounted.FileAsync("/rest");
        while ((await mounted.StatisticsAsync()).FreeBlocks > 0)
            await mounted.Paths.WriteAsync("/rest", (await mounted.StatAsync("/rest")).Size, new byte[Block]);
    }
}
