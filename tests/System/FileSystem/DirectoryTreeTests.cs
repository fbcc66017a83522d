using FsCheck.Xunit;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>The trees of directories: how deep they are, how they grow and go, and how they are read in parts.</summary>
public sealed class DirectoryTreeTests
{
    /// <summary>Blocks that a lookup may read where nothing is in memory: the inode, an index, a leaf, the inode that it leads to.</summary>
    private const int LookupReads = 4;

    [Fact]
    public async Task Among_a_hundred_thousand_entries_a_name_is_found_in_four_block_reads()
    {
        const int entries = 100_000;
        var device = new MemoryDevice(4096, 6000, maxUncommittedBlocks: 4096);
        Mounted mounted = await Mounted.NewAsync(
            device, new MkfsOptions { Inodes = entries + 10, NameSeed = 7 }, Mounted.NoAging with { CacheBlocks = 5000 });
        InodeNumber directory = await mounted.DirectoryAsync("/big");
        for (int i = 0; i < entries; i++)
            Assert.Equal(Errno.OK, (await mounted.Files.CreateAsync(directory, Name(i))).Error);
        await mounted.SyncAsync();

        for (int i = 0; i < entries; i += 3331)
        {
            mounted = await Mounted.OnAsync(device);
            device.Reads.Clear();
            Result<InodeAttributes> found = await mounted.Files.LookupAsync(directory, Name(i));
            Assert.Equal(Errno.OK, found.Error);
            Assert.InRange(device.Reads.Sum(read => read.Count), 1, LookupReads);
            device.Reads.Clear();
            Assert.Equal(Errno.ENOENT, (await mounted.Files.LookupAsync(directory, new FileName($"{i}"))).Error);
            Assert.InRange(device.Reads.Sum(read => read.Count), 0, LookupReads - 1);
        }

        Result<IReadOnlyList<DirectoryEntry>> all = await mounted.Files.ReadDirectoryAsync(directory);
        Assert.Equal(entries + 2, all.Value.Select(entry => entry.Name).Distinct().Count());
        Assert.Equal(all.Value.OrderBy(entry => entry.Position), all.Value);
        FsckReport report = await Fsck.CheckAsync(device);
        Assert.True(report.IsClean, report.ToString());

        static FileName Name(int number) => new($"document-{number:000000}.text");
    }

    /// <summary>The limit is for what is addressed by the pointers of a file.</summary>
    [Fact]
    public async Task A_directory_may_be_larger_than_the_largest_file()
    {
        var device = new MemoryDevice(128, 60_000, 4000);
        Mounted mounted = await Mounted.NewAsync(
            device, new MkfsOptions { NameSeed = 1, Inodes = 16 }, Mounted.NoAging with { CacheBlocks = 60_000 });
        InodeNumber directory = await mounted.DirectoryAsync("/d");
        await mounted.FileAsync("/f");
        long limit = (12 + 32 + (32 * 32) + (32 * 32 * 32)) * 128;
        Assert.Equal(Errno.EFBIG, await mounted.Paths.TruncateAsync("/f", limit + 1));
        Assert.Equal(Errno.OK, await mounted.Paths.TruncateAsync("/f", limit));
        InodeNumber file = (await mounted.StatAsync("/f")).Inode;
        int entries = 0;
        while ((await mounted.StatAsync("/d")).Size <= limit)
            Assert.Equal(Errno.OK, (await mounted.Files.LinkAsync(file, directory, new FileName($"{entries++}".PadLeft(54, 'x')))).Error);
        Assert.Equal(entries + 2, (await mounted.Files.ReadDirectoryAsync(directory)).Value.Count);
        await mounted.AssertSoundAsync();
    }

    [Theory]
    [InlineData(128, 8, 3)]
    [InlineData(128, 54, 4)]
    [InlineData(512, 100, 3)]
    public async Task A_tree_grows_level_by_level_and_goes_with_its_entries(int blockSize, int nameLength, int levels)
    {
        Mounted mounted = await Mounted.NewAsync(
            new MemoryDevice(blockSize, 20_000, 2000), new MkfsOptions { NameSeed = 1, Inodes = 16 }, Mounted.NoAging with { CacheBlocks = 2000 });
        FileSystemStatistics before = await mounted.StatisticsAsync();
        InodeNumber directory = await mounted.DirectoryAsync("/d");
        await mounted.FileAsync("/f");
        var f = (await mounted.StatAsync("/f")).Inode;
        FileName[] names = [.. Enumerable.Range(0, 1200).Select(i => new FileName($"{i}".PadLeft(nameLength, 'x')))];
        foreach (FileName name in names)
            Assert.Equal(Errno.OK, (await mounted.Files.LinkAsync(f, directory, name)).Error);
        await mounted.AssertSoundAsync();
        Assert.Equal(levels, await HeightAsync(mounted, directory));

        mounted = await mounted.RemountAsync();
        new Random(3).Shuffle(names);
        foreach (FileName name in names[..1100])
            Assert.Equal(Errno.OK, await mounted.Files.UnlinkAsync(directory, name));
        await mounted.AssertSoundAsync();
        foreach (FileName name in names[1100..])
        {
            Assert.Equal(f, (await mounted.Files.LookupAsync(directory, name)).Value.Inode);
            Assert.Equal(Errno.OK, await mounted.Files.UnlinkAsync(directory, name));
        }

        Assert.Equal(0, await HeightAsync(mounted, directory));
        Assert.Equal(Errno.OK, await mounted.Paths.RemoveDirectoryAsync("/d"));
        Assert.Equal(Errno.OK, await mounted.Paths.UnlinkAsync("/f"));
        Assert.Equal(before, await mounted.StatisticsAsync());
        await mounted.AssertSoundAsync();
    }

    /// <summary>What is there all the while is read once; what comes or goes meanwhile, once at most.</summary>
    [Property(MaxTest = 60)]
    public async Task A_directory_that_changes_is_read_in_parts(int seed, byte part)
    {
        var dice = new Random(seed);
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(512, 600), new MkfsOptions { Inodes = 400, NameSeed = (ulong)seed });
        InodeNumber root = mounted.Files.Root;
        HashSet<FileName> present = [];
        for (int i = 0; i < 150; i++)
            await AddAsync(new FileName($"entry {i}"));

        HashSet<FileName> stayed = [.. present];
        var read = new List<FileName>();
        EntryPosition after = default;
        for (int next = 1000; ;)
        {
            IReadOnlyList<DirectoryEntry> entries = (await mounted.Files.ReadDirectoryAsync(root, after, 1 + (part % 40))).Value;
            if (entries.Count == 0)
                break;
            read.AddRange(entries.Select(entry => entry.Name));
            after = entries[^1].Position;
            for (int i = 0; i < 4; i++)
            {
                FileName gone = present.ElementAt(dice.Next(present.Count));
                Assert.Equal(Errno.OK, await mounted.Files.UnlinkAsync(root, gone));
                present.Remove(gone);
                stayed.Remove(gone);
                await AddAsync(new FileName($"entry {next++}"));
            }

            if (dice.Next(5) == 0)
                mounted = await mounted.RemountAsync();
        }

        Assert.Equal(read.Distinct(), read);
        Assert.Empty(stayed.Except(read));
        await mounted.AssertSoundAsync();

        async Task AddAsync(FileName name)
        {
            Assert.Equal(Errno.OK, (await mounted.Files.CreateAsync(root, name)).Error);
            present.Add(name);
        }
    }

    /// <summary>Names that are all in one leaf leave no room for others beside them.</summary>
    [Fact]
    public async Task A_volume_orders_names_by_its_own_seed()
    {
        string[][] orders = await Task.WhenAll(new ulong[] { 1, 1, 2 }.Select(async seed =>
        {
            Mounted mounted = await Mounted.NewAsync(new MemoryDevice(512, 300), new MkfsOptions { Inodes = 100, NameSeed = seed });
            for (int i = 0; i < 20; i++)
                await mounted.FileAsync($"/{i}");
            mounted = await mounted.RemountAsync();
            return (await mounted.Files.ReadDirectoryAsync(mounted.Files.Root)).Value.Select(entry => entry.Name.ToString()).ToArray();
        }));
        Assert.Equal(orders[0], orders[1]);
        Assert.NotEqual(orders[0], orders[2]);
    }

    private static async Task<int> HeightAsync(Mounted mounted, InodeNumber directory)
    {
        await mounted.SyncAsync();
        var cache = new BufferCache(mounted.Device, 64);
        VolumeLayout layout = (await Volume.ReadLayoutAsync(mounted.Device, cache)).Value;
        CachedBlock block = (await cache.GetAsync(layout.BlockOf(directory))).Value;
        return new DirectoryIndex(new Inode(directory, block, layout.OffsetOf(directory))).Height;
    }
}
