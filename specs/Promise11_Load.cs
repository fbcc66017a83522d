using FsCheck;
using Raid5Fs.Raid;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Specs;

/// <summary>
/// With no fault and no hedge, requests a member follow the closed form (± one chunk), parity traffic included.
/// </summary>
public sealed class Promise11_Load
{
    private const int MinRows = 24;

    /// <summary>L blocks read one after the other, from anywhere: L/N of them of each member.</summary>
    [Promise(40)]
    public Property A_sequential_read_asks_each_member_for_its_share() => Spec.ForAllSeeds(seed =>
        BlockWorld.Run(seed, Shape, async (blocks, dice) =>
        {
            int first = dice.Next(blocks.Expected.Length);
            int count = dice.Next(1, blocks.Expected.Length - first + 1);
            Traffic before = Traffic.Of(blocks.Array);
            for (int block = first; block < first + count; block++)
            {
                Assert.Equal(blocks.Expected[block], (await blocks.ReadAsync(block)).Bytes);
            }

            Traffic traffic = Traffic.Of(blocks.Array) - before;
            double share = (double)count / blocks.Servers;
            Assert.All(traffic.Requests, requests => Assert.InRange(
                requests, share - blocks.Chunk, share + blocks.Chunk + traffic.Hedges));
        }));

    /// <summary>
    /// Every block of whole rotations of the parity, written one by one: what a member does for data in N − 1 stripes and for
    /// parity in one is the same for each.
    /// </summary>
    [Promise(15)]
    public Property Small_writes_and_their_parity_fall_to_all_members_alike() => Spec.ForAllSeeds(seed =>
        BlockWorld.Run(seed, Shape, async (blocks, dice) =>
        {
            int rotation = blocks.Servers * (blocks.Servers - 1) * blocks.Chunk;
            int count = blocks.Expected.Length / rotation * rotation;
            Traffic before = Traffic.Of(blocks.Array);
            for (int block = 0; block < count; block++)
            {
                await blocks.WriteAsync(block, 1, fill: seed + (ulong)block);
                await blocks.CommitAsync();
            }

            // Old data and old parity are read, or the rest of the row; new data and new parity are written.
            Traffic traffic = Traffic.Of(blocks.Array) - before;
            double reads = (blocks.Servers == 3 ? 1.0 : 2.0) * count / blocks.Servers;
            double writes = 2.0 * count / blocks.Servers;
            Assert.All(traffic.BlocksRead, read => Assert.InRange(read, reads, reads + traffic.Hedges));
            Assert.All(traffic.BlocksWritten, written => Assert.Equal(writes, written));
            Assert.True(traffic.Requests.Max() <= 1.1 * traffic.Requests.Min(), string.Join(' ', traffic.Requests));
        }));

    /// <summary>The opposite: with a member away, the others bear its load.</summary>
    [Promise(10)]
    public Property Without_one_member_the_others_bear_its_load() => Spec.ForAllSeeds(seed =>
        BlockWorld.Run(seed, Shape, async (blocks, dice) =>
        {
            int away = dice.Next(blocks.Servers);
            blocks.Crash(away);
            await blocks.WriteAsync(0, blocks.Expected.Length, fill: seed + 1);
            await blocks.CommitAsync();
            Traffic before = Traffic.Of(blocks.Array);
            for (int block = 0; block < blocks.Expected.Length; block++)
            {
                Assert.Equal(blocks.Expected[block], (await blocks.ReadAsync(block)).Bytes);
            }

            Traffic traffic = Traffic.Of(blocks.Array) - before;
            Assert.True(traffic.BlocksRead.Sum() > blocks.Expected.Length);
            Assert.Equal(0, traffic.BlocksRead[away]);
        }));

    private static ClusterShape Shape(Simulation.Dice dice)
    {
        int servers = dice.Next(3, 9);
        int chunk = 1 << dice.Next(4);
        int rotation = servers * chunk;
        return new ClusterShape
        {
            Servers = servers,
            Block = new ByteSize(512),
            Chunk = chunk,

            // Whole rotations of the parity, and room for a file system.
            Rows = rotation * dice.Next(1, 3) * ((MinRows + rotation - 1) / rotation),
            Cache = 32,
        };
    }

    /// <summary>What went to each member, and reads that went to others as well.</summary>
    private sealed record Traffic(long[] Requests, long[] BlocksRead, long[] BlocksWritten, long Hedges)
    {
        public static Traffic Of(Raid5Array array)
        {
            ArrayStatus status = array.Status;
            return new(
                [.. status.Members.Select(member => member.Traffic.Requests)],
                [.. status.Members.Select(member => member.Traffic.BlocksRead)],
                [.. status.Members.Select(member => member.Traffic.BlocksWritten)],
                status.Counters.HedgedReads);
        }

        public static Traffic operator -(Traffic left, Traffic right) => new(
            [.. left.Requests.Zip(right.Requests, static (now, before) => now - before)],
            [.. left.BlocksRead.Zip(right.BlocksRead, static (now, before) => now - before)],
            [.. left.BlocksWritten.Zip(right.BlocksWritten, static (now, before) => now - before)],
            left.Hedges - right.Hedges);
    }
}
