using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Who reads a file from front to back finds its next blocks in memory.</summary>
public sealed class ReadAheadTests
{
    private const int Block = 4096;
    private const int Blocks = 600;

    [Fact]
    public async Task A_file_read_from_front_to_back_is_read_in_few_calls_and_each_block_once()
    {
        Mounted mounted = await ColdAsync();
        byte[] content = Mounted.Pattern(Blocks * Block);
        for (int block = 0; block < Blocks; block++)
            Assert.Equal(content[(block * Block)..((block + 1) * Block)], await mounted.ReadAsync("/f", block * Block, Block));

        // Beside blocks of the file those of its inode, its directory and its pointers.
        Assert.InRange(mounted.Device.Reads.Count, 3, 30);
        Assert.InRange(mounted.Device.Reads.Sum(read => read.Count), Blocks, Blocks + 6);
    }

    [Fact]
    public async Task Who_reads_here_and_there_is_brought_no_more_than_he_asked_for()
    {
        Mounted mounted = await ColdAsync();
        var dice = new Random(2);
        HashSet<int> asked = [];
        for (int i = 0; i < 100; i++)
        {
            int block = 3 * dice.Next(Blocks / 3);
            asked.Add(block);
            await mounted.ReadAsync("/f", block * Block, Block);
        }

        Assert.InRange(mounted.Device.Reads.Sum(read => read.Count), asked.Count, asked.Count + 6);
    }

    [Fact]
    public async Task Two_who_read_one_file_from_front_to_back_are_told_apart()
    {
        Mounted mounted = await ColdAsync();
        for (int block = 0; block < Blocks / 2; block++)
        {
            await mounted.ReadAsync("/f", block * Block, Block);
            await mounted.ReadAsync("/f", ((Blocks / 2) + block) * Block, Block);
        }

        Assert.InRange(mounted.Device.Reads.Count, 3, 40);
    }

    [Fact]
    public async Task What_is_unreadable_ahead_is_told_to_whoever_comes_to_it()
    {
        Mounted mounted = await ColdAsync();
        byte[] content = Mounted.Pattern(Blocks * Block);
        long bad = mounted.Device.Touched.Single(block =>
            mounted.Device.Peek(block).AsSpan().SequenceEqual(content.AsSpan(20 * Block, Block)));
        mounted.Device.Unreadable.Add(bad);
        for (int block = 0; block < 40; block++)
        {
            Result<int> read = await mounted.Paths.ReadAsync("/f", block * Block, new byte[Block]);
            Assert.Equal(block == 20 ? Errno.EIO : Errno.OK, read.Error);
        }
    }

    [Fact]
    public async Task A_file_that_is_cut_short_meanwhile_is_as_long_as_it_is()
    {
        Mounted mounted = await ColdAsync();
        for (int block = 0; block < 10; block++)
            await mounted.ReadAsync("/f", block * Block, Block);
        Assert.Equal(Errno.OK, await mounted.Paths.TruncateAsync("/f", 11 * Block));
        Assert.Equal(Block, (await mounted.ReadAsync("/f", 10 * Block)).Length);
        await mounted.FileAsync("/g", "text");
        Assert.Equal("text", await mounted.TextAsync("/g"));
        await mounted.AssertSoundAsync();
        Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
    }

    private static async Task<Mounted> ColdAsync()
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(Block, 2000));
        await mounted.FileAsync("/f");
        await mounted.WriteAsync("/f", 0, Mounted.Pattern(Blocks * Block));
        mounted = await mounted.RemountAsync();
        mounted.Device.Reads.Clear();
        return mounted;
    }
}
