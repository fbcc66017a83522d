using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Simulation;

namespace Raid5Fs.Tests.Raid;

/// <summary>What befalls members while an epoch is sealed, and how it is decided all the same.</summary>
public sealed class CommitStoriesTests
{
    [Fact]
    public void What_is_uncommitted_when_a_second_one_leaves_is_committed_when_it_is_back() =>
        ArrayStory.Tell(5, async array =>
        {
            await array.Fill(version: 1);
            await array.Server(1).CrashDuringWrite(0, version: 1);
            await array.WriteWell(0, version: 2, blocks: 16);
            array.Server(3).Crash();
            Assert.Equal(Errno.EIO, await array.Array.CommitAsync());
            Assert.True(array.Array.Status.IsInDoubt);
            Assert.Equal(Errno.EIO, await array.Write(20, version: 9));

            array.Server(3).Restart();
            await array.Pause(10);
            Assert.False(array.Array.Status.IsInDoubt);
            await array.Expect(0, 2, blocks: 16);
            await array.Expect(20, 1);
            await array.WriteWell(20, version: 3);
            await array.CommitWell();
            array.Server(1).Restart();
            await array.UntilInSync();
            await array.Expect(0, 2, blocks: 16);
            await array.Expect(20, 3);
            await array.ExpectClean();
        });

    [Fact]
    public void A_commit_in_doubt_is_settled_by_itself() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        await array.WriteWell(5, version: 2, blocks: 5);
        array.Server(1).Crash();
        array.Server(2).Crash();
        Assert.Equal(Errno.EIO, await array.Array.CommitAsync());
        Assert.True(array.Array.Status.IsInDoubt);
        array.Server(2).Restart();
        await array.Pause(10);
        Assert.False(array.Array.Status.IsInDoubt);
        await array.Expect(5, 2, blocks: 5);
        array.Server(1).Restart();
        await array.UntilInSync();
        await array.Expect(5, 2, blocks: 5);
        await array.ExpectClean();
    });

    /// <summary>The first one lost holds all that the commit needs, and is there again: it takes the second one's place.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_commit_that_lost_one_member_and_then_another_ends_when_the_first_is_back(bool isLate) =>
        ArrayStory.Tell(4, async array =>
        {
            await array.Fill(version: 1);
            await array.WriteWell(5, version: 2, blocks: 5);
            LossRule deaf = array.Server(0).LoseRequests();
            Task<Errno> commit = array.Array.CommitAsync();
            await array.Pause(1);
            array.Server(1).Crash();
            while (array.Status(0).State == MemberState.InSync)
            {
                await array.Pause(0.1);
            }

            await array.Pause(isLate ? 5 : 0);
            array.World.Network.Remove(deaf);
            Assert.Equal(isLate ? Errno.EIO : Errno.OK, await commit);
            await array.Pause(isLate ? 5 : 0);
            Assert.False(array.Array.Status.IsInDoubt);
            Assert.Equal((MemberState.InSync, MemberState.Away), (array.Status(0).State, array.Status(1).State));
            await array.Expect(5, 2, blocks: 5);

            array.Server(1).Restart();
            await array.UntilInSync();
            await array.Expect(5, 2, blocks: 5);
            await array.ExpectClean();
        });

    [Fact]
    public void A_member_that_is_lost_in_a_commit_leaves_the_mask() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        await array.WriteWell(5, version: 2);
        var deaf = array.Server(2).Lose("Prepare");
        await array.CommitWell();
        await array.Settle();
        Epoch decided = array.Array.Status.Decided;
        var rest = new MemberSet(0b1011);
        foreach (MemberIndex member in rest)
        {
            Assert.Equal(
                new View(new Stamp(decided, Version: 1), decided, rest), array.Server(member.Value).Store.Record.View);
        }

        array.World.Network.Remove(deaf);
        await array.UntilInSync();
        await array.Expect(5, 2);
        await array.ExpectClean();
    });

    /// <summary>
    /// It has sealed its part on a disk that lies, is started anew before the others have sealed theirs, and is met again by a
    /// read: it is asked again, and sent what it forgot.
    /// </summary>
    [Fact]
    public void What_a_member_sealed_and_forgot_while_others_seal_is_sealed_again() => ArrayStory.Tell(3, async array =>
    {
        await array.Fill(version: 1);
        ArrayStory.ServerOfStory forgetful = array.HolderOf(5);
        var slow = array.Server((forgetful.Member + 1) % array.Members).Hold("Prepare");
        await array.WriteWell(5, version: 2);
        FlushLie lie = forgetful.Host.Disk.LieAtFlushes(1000, null);
        Task commit = array.CommitWell();
        await array.Pause(0.05);
        Assert.NotNull(forgetful.Store.Record.Sealed);
        forgetful.Host.Crash(CrashKind.Power);
        lie.Disarm();
        forgetful.Restart();
        await array.Pause(0.05);
        Assert.Null(forgetful.Store.Record.Sealed);
        long other = Enumerable.Range(12, 20).First(block => array.HolderOf(block) == forgetful);
        await array.Expect(other, 1);
        Assert.False(commit.IsCompleted);
        array.World.Network.Remove(slow);
        await commit;
        await array.Expect(5, 2);
        await array.ExpectClean();
    });
}
