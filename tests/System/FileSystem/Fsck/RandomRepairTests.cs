using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Much damage at once, drawn by seed.</summary>
public sealed class RandomRepairTests
{
    private const int Seeds = 120;

    public static TheoryData<string, int> Volumes() => new() { { "sound", 0 }, { "sound", 1 }, { "deep", 0 }, { "deep", 1 } };

    [Theory]
    [MemberData(nameof(Volumes))]
    public async Task A_repair_of_anything_ends_and_its_result_is_clean_and_works(string volume, int part)
    {
        MemoryDevice sound = await MakeAsync(volume);
        await ForSeedsAsync(part, async dice =>
        {
            MemoryDevice device = sound.CopyOfCommitted();
            Damage(device, dice, atMost: 12);
            await RepairedVolume.MendAsync(device);
        });
    }

    [Fact]
    public async Task A_repair_cut_off_after_some_commit_is_ended_by_the_next()
    {
        MemoryDevice sound = await MakeAsync("deep");
        await ForSeedsAsync(0, async dice =>
        {
            MemoryDevice device = sound.CopyOfCommitted();
            Damage(device, dice, atMost: 30);
            int left = dice.Next(1, 6);
            MemoryDevice? part = null;
            device.Committed = () => part = --left == 0 ? device.CopyOfCommitted() : part;
            await RepairedVolume.RepairAsync(device);
            if (part is not null)
                await RepairedVolume.MendAsync(part);
        });
    }

    [Fact]
    public async Task Much_damage_beside_an_unreadable_block_ends_and_is_mended_once_that_can_be_read()
    {
        MemoryDevice sound = await MakeAsync("sound");
        long[] all = [.. sound.Touched.Where(block => block > 0)];
        await ForSeedsAsync(0, async dice =>
        {
            MemoryDevice device = sound.CopyOfCommitted();
            Damage(device, dice, atMost: 5);
            device.Unreadable.Add(all[dice.Next(all.Length)]);
            await RepairedVolume.RepairAsync(device);
            device.Unreadable.Clear();
            await RepairedVolume.MendAsync(device);
        });
    }

    [Fact]
    public async Task Where_blocks_cannot_be_read_nothing_is_freed_and_nothing_moved()
    {
        MemoryDevice sound = await MakeAsync("sound");
        TreeSnapshot before = await TreeSnapshot.OfAsync(sound);
        foreach (long unreadable in sound.Touched.Where(block => block > 0))
        {
            MemoryDevice device = sound.CopyOfCommitted();
            device.Unreadable.Add(unreadable);
            FsckRepairReport report = await Fsck.RepairAsync(device, TimeProvider.System);
            Assert.Equal(Errno.OK, report.Error);
            Assert.Empty(report.Repairs);
            Assert.All(report.Left, left => Assert.Equal(FsckProblem.Unreadable, left.Finding.Problem));
            Assert.Empty(device.Writes);
            device.Unreadable.Clear();
            Assert.Equal(before.Items, (await TreeSnapshot.OfAsync(device)).Items);
        }
    }

    private static async Task ForSeedsAsync(int part, Func<Random, Task> story)
    {
        for (int seed = part * Seeds; seed < (part + 1) * Seeds; seed++)
        {
            try
            {
                await story(new Random(seed));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"seed {seed}: {exception.Message}", exception);
            }
        }
    }

    private static Task<MemoryDevice> MakeAsync(string volume) => volume == "deep" ? MakeDeepAsync() : SoundVolume.MakeAsync();

    /// <summary>
    /// Small blocks, so that trees are deep: directories in directories, one with three levels of blocks, names of names, a file of three
    /// levels of pointers; and no more room in a commit than there must be.
    /// </summary>
    private static async Task<MemoryDevice> MakeDeepAsync()
    {
        var device = new MemoryDevice(128, 700, (int)UnixFileSystem.LargestOperation(128, 700));
        Mounted mounted = await Mounted.NewAsync(
            device,
            new MkfsOptions { NameSeed = 1, Inodes = 140 },
            new MountOptions { CommitInterval = Timeout.InfiniteTimeSpan, CacheBlocks = 256 });
        string path = string.Empty;
        for (int depth = 0; depth < 8; depth++)
        {
            path += $"/d{depth}";
            await mounted.DirectoryAsync(path);
            await mounted.FileAsync($"{path}/f", $"content {depth}");
            Assert.Equal(Errno.OK, (await mounted.Paths.LinkAsync($"{path}/f", $"{path}/g")).Error);
        }

        await mounted.DirectoryAsync("/wide");
        for (int i = 0; i < 80; i++)
            await mounted.FileAsync($"/wide/a longer name {i}", i % 7 == 0 ? $"content {i}" : string.Empty);
        await mounted.FileAsync("/large");
        foreach (long offset in (long[])[0, 50 * 128, 2000 * 128])
            await mounted.WriteAsync("/large", offset, Mounted.Pattern(10 * 128));
        Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
        return device;
    }

    /// <summary>Strikes blocks, structures half of the time.</summary>
    private static void Damage(MemoryDevice device, Random dice, int atMost)
    {
        long[] all = [.. device.Touched.Where(block => block > 0)];
        for (int i = dice.Next(atMost); i >= 0; i--)
        {
            long[] among = dice.Next(2) == 0 ? all : [.. all.Where(block => block < all[all.Length / 4])];
            device.Damage(among[dice.Next(among.Length)], bytes => Strike(bytes, dice, device.Peek(all[dice.Next(all.Length)])));
        }
    }

    /// <summary>A few bits, a few bytes, part of a block, or another block's content.</summary>
    private static void Strike(byte[] block, Random dice, byte[] other)
    {
        int at = dice.Next(block.Length);
        switch (dice.Next(7))
        {
            case 0:
                block[at] ^= (byte)(1 << dice.Next(8));
                break;
            case 1:
                block[at / 4 * 4] = (byte)dice.Next(256);
                break;
            case 2:
                dice.NextBytes(block.AsSpan(at / 4 * 4, 4));
                break;
            case 3:
                block.AsSpan(at / 128 * 128, 128).Clear();
                break;
            case 4:
                dice.NextBytes(block.AsSpan(at / 128 * 128, 128));
                break;
            case 5:
                other.AsSpan(at / 4 * 4, 4).CopyTo(block.AsSpan(dice.Next(block.Length / 4) * 4));
                break;
            default:
                other.CopyTo(block, 0);
                break;
        }
    }
}
