using Raid5Fs.Raid;
using Raid5Verify.Simulation;

namespace Raid5Fs.Tests.Raid;

/// <summary>One slow member does not make the array slow: what it holds is rebuilt from the others meanwhile.</summary>
public sealed class HedgedReadTests
{
    private const int Reads = 600;

    /// <summary>Of a message, evenly: without a rare long one, which would be the tail whatever the members do.</summary>
    private static readonly Latency Steady = new(
        TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(3), TailOneIn: 0);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_tail_with_one_slow_member_is_at_most_twice_the_healthy_one(ulong seed) => ArrayStory.Tell(
        5,
        async array =>
        {
            await array.Fill(version: 1);
            Calm(array);
            TimeSpan healthy = await TailOf(array);
            MakeSlow(array);
            TimeSpan slow = await TailOf(array);
            Assert.True(slow <= 2 * healthy, $"{slow.TotalMilliseconds:f2} ms, healthy {healthy.TotalMilliseconds:f2} ms");
            Assert.True(array.Counters.HedgesWon > Reads / 10);
            Assert.Equal(MemberState.InSync, array.Status(2).State);
        },
        seed);

    /// <summary>One in a hundred is what the delay is made for; until it is well known it may be a few more.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_healthy_array_hardly_hedges(ulong seed) => ArrayStory.Tell(
        5,
        async array =>
        {
            await array.Fill(version: 1);
            Calm(array);
            await TailOf(array);
            Assert.True(array.Counters.HedgedReads <= 2 * Reads / 20, $"{array.Counters.HedgedReads} of {2 * Reads} reads");
        },
        seed);

    [Fact]
    public void Without_hedging_the_tail_is_the_slow_member() => ArrayStory.Tell(
        5,
        async array =>
        {
            await array.Fill(version: 1);
            MakeSlow(array);
            Assert.True(await TailOf(array) >= TimeSpan.FromMilliseconds(80));
            Assert.Equal(0, array.Counters.HedgedReads);
        },
        options: new ArrayOptions { HedgeReads = false });

    [Fact]
    public void A_hedge_beside_a_write_answers_what_was_written() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        await TailOf(array);
        MakeSlow(array);
        for (int version = 2; version < 12; version++)
        {
            await array.WriteWell(0, version, blocks: 30);
            await array.CommitWell();
            for (int block = 0; block < 30; block++)
            {
                await array.Expect(block, version);
            }
        }

        Assert.True(array.Counters.HedgesWon > 0);
        await array.ExpectClean();
    });

    private static void Calm(ArrayStory array)
    {
        for (int member = 0; member < array.Members; member++)
        {
            array.World.Network.SetLatency(array.World.Harness, array.Server(member).Host, Steady);
            array.World.Network.SetLatency(array.Server(member).Host, array.World.Harness, Steady);
        }
    }

    private static void MakeSlow(ArrayStory array) => array.World.Network.SetLatency(
        array.World.Harness, array.Server(2).Host, Latency.Constant(TimeSpan.FromMilliseconds(80)));

    /// <summary>The 99th percentile of single reads over all blocks, in virtual time; a first round warms it up.</summary>
    private static async Task<TimeSpan> TailOf(ArrayStory array)
    {
        var latencies = new List<TimeSpan>(Reads);
        for (int i = 0; i < 2 * Reads; i++)
        {
            TimeSpan before = array.World.Now;
            await array.Expect(i * 7 % array.Array.BlockCount, 1);
            if (i >= Reads)
            {
                latencies.Add(array.World.Now - before);
            }
        }

        latencies.Sort();
        return latencies[Reads * 99 / 100];
    }
}
