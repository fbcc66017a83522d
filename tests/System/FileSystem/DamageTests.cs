using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Blocks that cannot be read or written, and blocks that lie.</summary>
public sealed class DamageTests
{
    private static async Task<Mounted> WithFileAsync(int blocks = 5)
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(512, 500), new MkfsOptions { NameSeed = 1, Inodes = 32 });
        await mounted.FileAsync("/f");
        await mounted.WriteAsync("/f", 0, Mounted.Pattern(blocks * 512));
        await mounted.SyncAsync();
        return mounted;
    }

    /// <summary>The block of the device that holds a block of a file, found by its content.</summary>
    private static long Find(MemoryDevice device, ReadOnlySpan<byte> content)
    {
        foreach (long block in device.Touched)
        {
            if (device.Peek(block).AsSpan().StartsWith(content))
                return block;
        }

        throw new InvalidOperationException("no block has this content");
    }

    [Fact]
    public async Task A_write_back_that_fails_makes_the_file_system_read_only_and_reads_go_on()
    {
        Mounted mounted = await WithFileAsync();
        InodeNumber root = mounted.Files.Root;
        await mounted.FileAsync("/late", "text");
        mounted.Device.FailsCommits = true;
        Assert.Equal(Errno.EIO, await mounted.Paths.SyncAsync("/late"));
        mounted.Device.FailsCommits = false;

        Assert.Equal(Errno.EROFS, (await mounted.Paths.CreateAsync("/new")).Error);
        Assert.Equal(Errno.EEXIST, (await mounted.Paths.CreateAsync("/f")).Error);
        Assert.Equal(Errno.EROFS, (await mounted.Paths.MakeDirectoryAsync("/new")).Error);
        Assert.Equal(Errno.EROFS, (await mounted.Paths.WriteAsync("/f", 0, new byte[1])).Error);
        Assert.Equal(Errno.EROFS, await mounted.Paths.TruncateAsync("/f", 0));
        Assert.Equal(Errno.EROFS, await mounted.Paths.UnlinkAsync("/f"));
        Assert.Equal(Errno.EROFS, await mounted.Files.RemoveDirectoryAsync(root, new FileName("f")));
        Assert.Equal(Errno.EROFS, await mounted.Paths.RenameAsync("/f", "/g"));
        Assert.Equal(Errno.EIO, await mounted.Paths.SyncAsync("/f"));
        Assert.Equal("text", await mounted.TextAsync("/late"));
        Assert.Equal(["f", "late"], await mounted.NamesAsync("/"));
        Assert.Equal(Errno.EIO, await mounted.Files.UnmountAsync());
        Assert.Equal(["f"], await (await mounted.CrashAndMountAsync()).NamesAsync("/"));
    }

    [Fact]
    public async Task A_block_that_cannot_be_written_shows_at_the_sync_or_when_room_is_made()
    {
        var device = new MemoryDevice(128, 400, maxUncommittedBlocks: 24);
        Mounted mounted = await Mounted.NewAsync(device, new MkfsOptions { NameSeed = 1, Inodes = 16 });
        await mounted.FileAsync("/f");
        await mounted.SyncAsync();
        for (long block = 100; block < 400; block++)
            device.Unwritable.Add(block);
        Result<int> written = await mounted.Paths.WriteAsync("/f", 0, Mounted.Pattern(200 * 128));
        Assert.InRange(written.Value, 1, 199 * 128);
        Assert.Equal(Errno.EROFS, (await mounted.Paths.WriteAsync("/f", 0, new byte[1])).Error);
        Assert.Equal(written.Value, (await mounted.ReadAsync("/f")).Length);
        Mounted after = await mounted.CrashAndMountAsync();
        await after.AssertSoundAsync();
    }

    [Fact]
    public async Task A_read_ends_before_the_unreadable_block_and_its_neighbours_are_had()
    {
        Mounted mounted = await (await WithFileAsync()).RemountAsync();
        byte[] content = Mounted.Pattern(5 * 512);
        mounted.Device.Unreadable.Add(Find(mounted.Device, content.AsSpan(2 * 512, 512)));
        Assert.Equal(content[..1024], await mounted.ReadAsync("/f"));
        Assert.Equal(Errno.EIO, (await mounted.Paths.ReadAsync("/f", 1024, new byte[1024])).Error);
        Assert.Equal(content[1536..], await mounted.ReadAsync("/f", 1536));

        // A partial write needs the old content; a whole one mends the block.
        Assert.Equal(Errno.EIO, (await mounted.Paths.WriteAsync("/f", 1030, new byte[5])).Error);
        Assert.Equal(Errno.EIO, await mounted.Paths.TruncateAsync("/f", 1030));
        Assert.Equal(5 * 512, (await mounted.StatAsync("/f")).Size);
        await mounted.WriteAsync("/f", 1024, new byte[512]);
        Assert.Equal(5 * 512, (await mounted.ReadAsync("/f")).Length);
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task An_operation_that_meets_an_unreadable_block_half_way_changes_nothing()
    {
        Mounted mounted = await WithFileAsync(blocks: 400);
        await mounted.DirectoryAsync("/d");
        mounted = await mounted.RemountAsync();
        FileSystemStatistics before = await mounted.StatisticsAsync();

        // Single indirect: 128 pointers follow the 12 direct blocks. The second pointer block of the double one:
        byte[] content = Mounted.Pattern(400 * 512);
        long data = Find(mounted.Device, content.AsSpan((12 + 128 + 128) * 512, 512));
        long pointers = mounted.Device.Touched.Last(block => BitConverter.ToUInt32(mounted.Device.Peek(block)) == data);
        mounted.Device.Unreadable.Add(pointers);
        Assert.Equal(Errno.EIO, await mounted.Paths.UnlinkAsync("/f"));
        Assert.Equal(Errno.EIO, await mounted.Paths.TruncateAsync("/f", 100));
        Assert.Equal(before, await mounted.StatisticsAsync());
        mounted.Device.Unreadable.Clear();
        Assert.Equal(content, await mounted.ReadAsync("/f"));
        Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync("/f"));
        await mounted.AssertSoundAsync();
    }

    [Fact]
    public async Task Blocks_full_of_noise_are_answered_with_errors_never_with_a_crash()
    {
        MemoryDevice good = (await WithFileAsync(blocks: 30)).Device;
        for (int seed = 0; seed < 300; seed++)
        {
            var dice = new Random(seed);
            MemoryDevice device = good.CopyOfCommitted();
            long[] blocks = [.. device.Touched];
            for (int i = 0; i < 1 + (seed % 3); i++)
            {
                int at = dice.Next(512);
                byte noise = (byte)dice.Next(256);
                device.Damage(blocks[dice.Next(blocks.Length)], block => block.AsSpan(at, Math.Min(4, 512 - at)).Fill(noise));
            }

            await Fsck.CheckAsync(device);
            Result<UnixFileSystem> mounted = await UnixFileSystem.MountAsync(device, Mounted.NoAging, TimeProvider.System);
            if (!mounted.IsOk)
                continue;
            var paths = new PathOperations(mounted.Value);
            await paths.ReadDirectoryAsync("/");
            await paths.ReadAsync("/f", 0, new byte[20_000]);
            await paths.WriteAsync("/f", 3000, new byte[9000]);
            await paths.MakeDirectoryAsync("/d");
            await paths.RenameAsync("/f", "/d/g");
            await paths.TruncateAsync("/d/g", 700);
            await paths.UnlinkAsync("/d/g");
            await paths.RemoveDirectoryAsync("/d");
            Assert.Equal(Errno.OK, await mounted.Value.UnmountAsync());
        }
    }
}
