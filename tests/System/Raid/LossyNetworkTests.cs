using Raid5Fs.Raid;
using Raid5Verify.Simulation;

namespace Raid5Fs.Tests.Raid;

/// <summary>Messages are lost, doubled, late or damaged: every call still has the effect of one.</summary>
public sealed class LossyNetworkTests
{
    [Fact]
    public void Lost_replies_cost_attempts_and_nothing_else() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        LossRule loss = array.HolderOf(5).LoseReplies(atMost: 3);
        await array.WriteWell(5, version: 2);
        Assert.Equal(3, loss.Met);
        Assert.Equal(3, array.Counters.Retries);
        await array.Expect(5, 2);
        await array.ExpectClean();
        Assert.All(array.Array.Status.Members, member => Assert.Equal(MemberState.InSync, member.State));
    });

    [Fact]
    public void A_silence_shorter_than_the_retry_budget_costs_nothing_but_time() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        LossRule loss = array.HolderOf(5).LoseRequests();
        Task write = array.WriteWell(5, version: 2);
        await array.Pause(new ArrayOptions().RetryBudget.TotalSeconds - 0.01);
        array.World.Network.Remove(loss);
        await write;
        Assert.Equal(MemberState.InSync, array.Status(array.HolderOf(5).Member).State);
        Assert.Equal(0, array.Counters.DegradedReads);
    });

    [Fact]
    public void A_write_that_arrives_after_a_newer_one_is_ignored() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        ArrayStory.ServerOfStory holder = array.HolderOf(5);

        // The first attempt of the old write's data is on its way for two seconds, the second arrives at once.
        TimeSpan late = TimeSpan.FromSeconds(2);
        DelayRule delay = array.World.Network.Add(
            new DelayRule { To = holder.Host, Kind = PacketKind.Request, Min = late, Max = late }, "late");
        Task old = array.WriteWell(5, version: 2);
        await array.Pause(0.4);
        array.World.Network.Remove(delay);
        await old;
        await array.WriteWell(5, version: 3);
        await array.Pause(3);
        await array.Expect(5, 3);
        await array.ExpectClean();
    });

    [Fact]
    public void A_write_of_an_earlier_boot_is_refused_and_sent_again_for_the_present_one() =>
        ArrayStory.Tell(4, async array =>
        {
            await array.Fill(version: 1);
            ArrayStory.ServerOfStory holder = array.HolderOf(5);
            ClogRule clog = array.World.Network.Add(
                new ClogRule { To = holder.Host, Kind = PacketKind.Request }, "clog");
            Task write = array.WriteWell(5, version: 2);
            await array.Pause(0.3);
            holder.Crash();
            holder.Restart();
            await array.Pause(0.1);
            array.World.Network.Remove(clog);
            await write;
            await array.WriteWell(5, version: 3);
            await array.Pause(3);
            await array.Expect(5, 3);
            Assert.Equal(MemberState.InSync, array.Status(holder.Member).State);
            await array.ExpectClean();
        });

    [Fact]
    public void Doubled_messages_have_the_effect_of_one() => ArrayStory.Tell(4, async array =>
    {
        array.World.Network.Add(new DuplicateRule(), "twice");
        await array.Fill(version: 1);
        for (int version = 2; version < 8; version++)
        {
            await array.WriteWell(5, version, blocks: 3);
            await array.Expect(5, version, blocks: 3);
        }

        await array.ExpectClean();
    });

    [Fact]
    public void A_flipped_bit_in_any_message_is_as_good_as_a_lost_message() => ArrayStory.Tell(4, async array =>
    {
        FlipRule flips = array.World.Network.Add(new FlipRule { OutOf = 5 }, "flips");
        await array.Fill(version: 1);
        for (int version = 2; version < 20; version++)
        {
            await array.WriteWell(5, version, blocks: 3);
            await array.Expect(5, version, blocks: 3);
        }

        Assert.True(flips.Met > 10);
        array.World.Network.Remove(flips);
        await array.UntilInSync();
        await array.ExpectClean();
        Assert.Equal((0, 0), (array.Counters.Heals, array.Counters.Errors));
    });
}
