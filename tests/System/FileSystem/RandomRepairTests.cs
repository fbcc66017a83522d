using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Much damage at once, drawn by seed.</summary>
public sealed class RandomRepairTests
{
    private const int Rounds = 150;

    public static TheoryData<int> Parts() => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task A_repair_of_anything_ends_and_its_result_is_clean_and_works(int part)
    {
        MemoryDevice sound = await SoundVolume.MakeAsync();
        long[] structures = [.. Enumerable.Range(1, SoundVolume.DataStart - 1).Select(block => (long)block)];
        long[] all = [.. sound.Touched.Where(block => block > 0)];
        for (int seed = part * Rounds; seed < (part + 1) * Rounds; seed++)
        {
            var dice = new Random(seed);
            MemoryDevice device = sound.CopyOfCommitted();
            for (int i = 0; i < 1 + (seed % 12); i++)
            {
                long[] among = dice.Next(2) == 0 ? structures : all;
                long block = among[dice.Next(among.Length)];
                device.Damage(block, bytes => Strike(bytes, dice, all.Select(device.Peek)));
            }

            try
            {
                await RepairedVolume.MendAsync(device);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"seed {seed}: {exception.Message}", exception);
            }
        }
    }

    [Fact]
    public async Task Where_blocks_cannot_be_read_nothing_is_freed_and_nothing_moved()
    {
        MemoryDevice sound = await SoundVolume.MakeAsync();
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

    [Fact]
    public async Task Much_damage_beside_an_unreadable_block_ends_and_is_mended_once_that_can_be_read()
    {
        MemoryDevice sound = await SoundVolume.MakeAsync();
        long[] all = [.. sound.Touched.Where(block => block > 0)];
        for (int seed = 0; seed < 200; seed++)
        {
            var dice = new Random(seed);
            MemoryDevice device = sound.CopyOfCommitted();
            for (int i = 0; i < 1 + (seed % 5); i++)
                device.Damage(all[dice.Next(all.Length)], bytes => Strike(bytes, dice, all.Select(device.Peek)));
            device.Unreadable.Add(all[dice.Next(all.Length)]);
            try
            {
                await RepairedVolume.RepairAsync(device);
                device.Unreadable.Clear();
                await RepairedVolume.MendAsync(device);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"seed {seed}: {exception.Message}", exception);
            }
        }
    }

    /// <summary>A few bits, a few bytes, half a block or another block's content.</summary>
    private static void Strike(byte[] block, Random dice, IEnumerable<byte[]> others)
    {
        int at = dice.Next(block.Length);
        switch (dice.Next(6))
        {
            case 0:
                block[at] ^= (byte)(1 << dice.Next(8));
                break;
            case 1:
                block[at / 4 * 4] = (byte)dice.Next(64);
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
            default:
                byte[][] sources = [.. others];
                sources[dice.Next(sources.Length)].CopyTo(block, 0);
                break;
        }
    }
}
