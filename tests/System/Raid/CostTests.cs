using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

/// <summary>What the array's operations cost on a healthy array, exactly.</summary>
public sealed class CostTests
{
    [Fact]
    public void A_read_is_one_call() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        Assert.Equal(new(Calls: 1, BlocksRead: 1, BlocksWritten: 0), await array.CostOf(() => array.Expect(9, 1)));
    });

    [Fact]
    public void A_small_write_reads_two_blocks_and_writes_two() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        Assert.Equal(new(Calls: 4, BlocksRead: 2, BlocksWritten: 2), await array.CostOf(() => array.WriteWell(9, 2)));
        Assert.Equal(1, array.Counters.ReadModifyWrites);
    });

    [Fact]
    public void What_the_open_epoch_holds_is_not_read_again() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        await array.WriteWell(9, version: 2);
        Assert.Equal(new(Calls: 2, BlocksRead: 0, BlocksWritten: 2), await array.CostOf(() => array.WriteWell(9, 3)));

        // The parity of its row is there, its own old content is not.
        Assert.Equal(array.RowOf(9), array.RowOf(11));
        Assert.Equal(new(Calls: 3, BlocksRead: 1, BlocksWritten: 2), await array.CostOf(() => array.WriteWell(11, 3)));
    });

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void A_commit_is_one_round_and_moves_no_block(int members) => ArrayStory.Tell(members, async array =>
    {
        await array.Fill(version: 1);
        await array.WriteWell(9, version: 2);
        Assert.Equal(new(Calls: members, BlocksRead: 0, BlocksWritten: 0), await array.CostOf(array.CommitWell));

        // Members hear of it a little later: no user waits for that.
        await array.WriteWell(9, version: 3);
        Assert.Equal(new(Calls: 2 * members, BlocksRead: 0, BlocksWritten: 0), await array.CostOf(async () =>
        {
            await array.CommitWell();
            await array.Settle();
        }));
        Assert.Equal(default, await array.CostOf(array.Settle));
    });

    [Fact]
    public void A_commit_of_nothing_costs_nothing() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        Assert.Equal(default, await array.CostOf(array.CommitWell));
    });

    [Fact]
    public void With_three_members_the_other_data_block_is_all_that_is_read() => ArrayStory.Tell(3, async array =>
    {
        await array.Fill(version: 1);
        Assert.Equal(new(Calls: 3, BlocksRead: 1, BlocksWritten: 2), await array.CostOf(() => array.WriteWell(9, 2)));
        Assert.Equal(1, array.Counters.ReconstructWrites);
    });

    [Fact]
    public void A_full_stripe_reads_nothing_and_writes_each_member_once() => ArrayStory.Tell(5, async array =>
    {
        int stripe = (int)array.Geometry.StripeBlocks;
        Assert.Equal(
            new(Calls: 5, BlocksRead: 0, BlocksWritten: 5 * ArrayStory.ChunkBlocks),
            await array.CostOf(() => array.WriteWell(2 * stripe, 1, blocks: stripe)));
        Assert.Equal(ArrayStory.ChunkBlocks, array.Counters.FullStripeWrites);
    });

    [Fact]
    public void Most_of_a_row_is_written_by_reading_the_rest() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);

        // The first three of the four chunks of a stripe: two rows, one block of each is read.
        Assert.Equal(
            new(Calls: 1 + 4, BlocksRead: 2, BlocksWritten: 8),
            await array.CostOf(() => array.WriteWell(0, 2, blocks: 3 * ArrayStory.ChunkBlocks)));
        Assert.Equal(ArrayStory.ChunkBlocks, array.Counters.ReconstructWrites);
    });

    [Fact]
    public void A_long_write_is_one_call_a_member_and_phase() => ArrayStory.Tell(5, async array =>
    {
        // All rows, all full: one write to each of the five members.
        Assert.Equal(
            new(Calls: 5, BlocksRead: 0, BlocksWritten: 5 * ArrayStory.Rows),
            await array.CostOf(() => array.WriteWell(0, 1, (int)array.Array.BlockCount)));
        await array.CommitWell();
        Assert.Equal(
            new(Calls: 5, BlocksRead: array.Array.BlockCount, BlocksWritten: 0),
            await array.CostOf(() => array.Expect(0, 1, (int)array.Array.BlockCount)));
    });

    [Fact]
    public void A_degraded_read_reads_the_rest_of_the_row() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        await array.HolderOf(9).CrashDuringWrite(9, version: 2);
        Assert.Equal(new(Calls: 4, BlocksRead: 4, BlocksWritten: 0), await array.CostOf(() => array.Expect(9, 2)));
    });

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void Degraded_reads_read_twice_what_is_asked_at_most(int members) => ArrayStory.Tell(
        members,
        async array =>
        {
            await array.Fill(version: 1);
            await array.Server(1).CrashDuringWrite(0, version: 1);
            ArrayStory.Cost cost = await array.CostOf(async () =>
            {
                for (int block = 0; block < array.Array.BlockCount; block++)
                {
                    await array.Expect(block, 1);
                }
            });

            // Whole rotations of the parity, so that it is exact: 2(N - 1)/N on average.
            Assert.Equal(array.Array.BlockCount * 2 * (members - 1) / members, cost.BlocksRead);
        },
        options: new ArrayOptions { HedgeReads = false },
        rows: ArrayStory.ChunkBlocks * members);

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void A_sequential_read_asks_every_member_alike(int members) => ArrayStory.Tell(
        members,
        async array =>
        {
            await array.Fill(version: 1);
            long[] before = [.. array.Array.Status.Members.Select(member => member.Traffic.Requests)];
            for (int block = 0; block < array.Array.BlockCount; block++)
            {
                await array.Expect(block, 1);
            }

            long[] requests =
                [.. array.Array.Status.Members.Select((member, i) => member.Traffic.Requests - before[i])];
            Assert.Equal(array.Array.BlockCount, requests.Sum());
            Assert.True(requests.Max() - requests.Min() <= ArrayStory.ChunkBlocks, string.Join(' ', requests));
            Assert.True(requests.Max() <= 1.1 * requests.Min(), string.Join(' ', requests));
        },
        options: new ArrayOptions { HedgeReads = false },
        rows: 2 * ArrayStory.ChunkBlocks * members);

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void The_load_of_small_operations_is_spread_evenly(int members) => ArrayStory.Tell(members, async array =>
    {
        // Whole rotations of the parity only, so that the closed form is exact.
        int blocks = (int)array.Geometry.StripeBlocks * members
            * (ArrayStory.Rows / ArrayStory.ChunkBlocks / members);
        long[] before = [.. array.Array.Status.Members.Select(member => member.Traffic.Requests)];
        for (int block = 0; block < blocks; block++)
        {
            await array.WriteWell(block, 1);
            await array.Expect(block, 1);
        }

        long[] requests = [.. array.Array.Status.Members.Select((member, i) => member.Traffic.Requests - before[i])];
        Assert.True(requests.Max() <= 1.1 * requests.Min(), string.Join(' ', requests));
    });
}
