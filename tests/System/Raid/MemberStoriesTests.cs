using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

/// <summary>What befalls members between writes and commits, and how they come back.</summary>
public sealed class MemberStoriesTests
{
    [Fact]
    public void A_member_that_restarts_in_an_epoch_is_sent_again_what_it_forgot() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        ArrayStory.ServerOfStory holder = array.HolderOf(5);
        await array.WriteWell(5, version: 2);
        long before = array.Status(holder.Member).Traffic.BlocksWritten;
        holder.Crash();
        holder.Restart();
        await array.Pause(0.1);
        await array.Expect(5, 2);
        await array.CommitWell();
        Assert.Equal(before + 1, array.Status(holder.Member).Traffic.BlocksWritten);
        Assert.Equal(MemberState.InSync, array.Status(holder.Member).State);
        await array.Expect(5, 2);
        await array.ExpectClean();
    });

    [Fact]
    public void A_member_that_restarts_after_it_sealed_has_it_still() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        ArrayStory.ServerOfStory holder = array.HolderOf(5);
        var untold = holder.Lose("Commit");
        await array.WriteWell(5, version: 2);
        await array.CommitWell();
        holder.Crash();
        holder.Restart();
        await array.Pause(0.1);
        array.World.Network.Remove(untold);
        await array.Expect(5, 2);
        await array.WriteWell(6, version: 3, blocks: 4);
        await array.CommitWell();
        Assert.Equal(MemberState.InSync, array.Status(holder.Member).State);
        await array.Expect(5, 2);
        await array.ExpectClean();
    });

    [Fact]
    public void Two_members_that_restart_in_an_epoch_lose_nothing() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        await array.WriteWell(0, version: 2, blocks: 12);
        foreach (int member in new[] { 1, 2 })
        {
            array.Server(member).Crash();
            array.Server(member).Restart();
        }

        await array.Pause(0.1);
        await array.CommitWell();
        await array.Settle();
        await array.Expect(0, 2, blocks: 12);
        await array.UntilInSync();
        await array.ExpectClean();
    });

    [Fact]
    public void A_member_that_flaps_ends_in_sync() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        for (int version = 2; version < 12; version++)
        {
            array.Server(1).Crash();
            Task write = array.WriteWell(version, version, blocks: 3);
            await array.Pause(version * 0.5);
            array.Server(1).Restart();
            await write;
            await array.Expect(version, version, blocks: 3);
            await array.CommitWell();
        }

        await array.UntilInSync();
        for (int version = 2; version < 11; version++)
        {
            await array.Expect(version, version);
        }

        await array.Expect(11, 11, blocks: 3);
        await array.ExpectClean();
    });

    [Fact]
    public void A_member_that_stood_still_does_not_answer_from_the_past() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        ArrayStory.ServerOfStory holder = array.HolderOf(5);
        holder.Host.Pause();
        await array.WriteWell(5, version: 2);
        await array.CommitWell();
        Assert.Equal(MemberState.Away, array.Status(holder.Member).State);
        holder.Host.Resume();
        for (int i = 0; i < 20; i++)
        {
            await array.Expect(5, 2);
            await array.Pause(0.05);
        }

        await array.UntilInSync();
        await array.Expect(5, 2);
        await array.ExpectClean();
    });

    [Fact]
    public void Of_a_member_that_was_away_only_rows_written_since_are_refilled() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        int stripe = (int)array.Geometry.StripeBlocks;
        array.Server(2).Crash();
        await array.WriteWell(3 * stripe, version: 2, blocks: stripe);
        await array.CommitWell();
        await array.WriteWell(7 * stripe, version: 3, blocks: stripe);
        await array.CommitWell();
        array.Server(2).Restart();
        await array.UntilInSync();
        Assert.Equal(2 * ArrayStory.ChunkBlocks, array.Counters.RefilledRows);
        await array.Expect(3 * stripe, 2, stripe);
        await array.Expect(7 * stripe, 3, stripe);
        await array.ExpectClean();
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_blank_member_is_refilled_as_a_whole(bool wasMissed) => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        if (wasMissed)
        {
            await array.HolderOf(0).CrashDuringWrite(0, version: 2);
        }

        array.HolderOf(0).Crash();
        array.HolderOf(0).RestartBlank();
        await array.Pause(0.1);
        await array.Expect(0, wasMissed ? 2 : 1);
        await array.UntilInSync();
        Assert.Equal(ArrayStory.Rows, array.Counters.RefilledRows);

        // What it holds is really there: all is read without another one.
        array.Server((array.HolderOf(0).Member + 1) % array.Members).Crash();
        await array.Expect(0, wasMissed ? 2 : 1);
        await array.Expect(1, 1, (int)array.Array.BlockCount - 1);
    });

    [Fact]
    public void A_member_of_another_array_is_refused_and_left_alone() => RefusedInsteadOf(
        2, right => new MemberGeometry(
            new ArrayId(1, 2), right.Member, right.Members, right.BlockSize, right.ChunkBlocks, right.Rows));

    [Fact]
    public void A_member_of_another_geometry_is_refused_and_left_alone() => RefusedInsteadOf(
        2, right => new MemberGeometry(
            right.ArrayId, right.Member, right.Members, right.BlockSize, 2 * right.ChunkBlocks, right.Rows));

    [Fact]
    public void Two_members_that_change_places_while_the_array_is_in_use_are_refused() =>
        ArrayStory.Tell(5, async array =>
        {
            await array.Fill(version: 1);
            array.Formats = place => place is 2 or 3 ? array.GeometryOf(5 - place) : null;
            foreach (int member in new[] { 2, 3 })
            {
                array.Server(member).Crash();
                array.Server(member).RestartBlank();
            }

            await array.Pause(1);
            Assert.Equal(Errno.EIO, await array.Read(0, (int)array.Array.BlockCount));
            await array.Pause(5);
            foreach (int member in new[] { 2, 3 })
            {
                Assert.Equal(MemberState.Away, array.Status(member).State);
                Assert.Contains($"found member {5 - member}", array.Status(member).Refusal, StringComparison.Ordinal);
                Assert.Equal(0u, array.Server(member).Store.Record.Promised.Generation);
            }

            foreach (int block in Enumerable.Range(0, 40).Where(block => array.HolderOf(block).Member is not (2 or 3)))
            {
                await array.Expect(block, 1);
            }
        });

    [Fact]
    public void With_two_away_exactly_what_they_alone_hold_is_EIO() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        ArrayStory.ServerOfStory first = array.Server(1);
        ArrayStory.ServerOfStory second = array.Server(3);
        first.Crash();
        await array.WriteWell(0, version: 2, (int)array.Array.BlockCount);
        await array.CommitWell();
        second.Crash();
        for (long block = 0; block < array.Array.BlockCount; block++)
        {
            if (array.HolderOf(block) == first || array.HolderOf(block) == second)
            {
                Assert.Equal(Errno.EIO, await array.Read(block));
            }
            else
            {
                await array.Expect(block, 2);
            }
        }

        // What is refused has no effect, whether the block itself or its parity cannot be written.
        for (long block = 0; block < array.Array.BlockCount; block++)
        {
            bool isHeld = array.HolderOf(block) != first && array.HolderOf(block) != second;
            if (isHeld && array.ParityOf(block) == second)
            {
                Assert.Equal(Errno.EIO, await array.Write(block, version: 3));
                await array.Expect(block, 2);
            }
            else if (array.HolderOf(block) == second)
            {
                Assert.Equal(Errno.EIO, await array.Write(block, version: 3));
            }
        }

        second.Restart();
        first.Restart();
        await array.Pause(5);
        await array.CommitWell();
        await array.UntilInSync();
        await array.Expect(0, 2, (int)array.Array.BlockCount);
        await array.ExpectClean();
    });

    /// <summary>It left nothing behind that could be committed, so nothing waits for its commit.</summary>
    [Fact]
    public void A_write_that_was_refused_holds_nothing_up() => ArrayStory.Tell(
        5,
        async array =>
        {
            await array.Fill(version: 1);
            await array.Server(1).CrashDuringWrite(0, version: 1);
            array.Server(3).Crash();
            long block = Enumerable.Range(0, 40).First(block => array.HolderOf(block).Member == 3);
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(Errno.EIO, await array.Write(block, version: 3));
            }

            await array.CommitWell();
            array.Server(3).Restart();
            array.Server(1).Restart();
            await array.UntilInSync();
            await array.WriteWell(0, version: 4, blocks: 80);
        },
        options: new ArrayOptions { MaxUncommittedBlocks = 80 });

    /// <summary>
    /// A write that was given up as lost reaches the member after it joined again, and after that epoch was committed
    /// without it: it is no proof that the member holds the row.
    /// </summary>
    [Fact]
    public void What_a_member_took_late_and_never_sealed_is_not_current() => ArrayStory.Tell(3, async array =>
    {
        await array.Fill(version: 1);
        ArrayStory.ServerOfStory holder = array.HolderOf(5);
        var silence = holder.Hold("Read");
        var late = holder.Hold("Write");
        await array.WriteWell(5, version: 2);
        Assert.Equal(MemberState.Away, array.Status(holder.Member).State);

        var scan = holder.Hold("Scan");
        array.World.Network.Remove(silence);
        await array.Pause(0.6);
        Assert.Equal(MemberState.Refilling, array.Status(holder.Member).State);
        array.World.Network.Remove(late);
        await array.Pause(0.1);
        await array.CommitWell();
        array.World.Network.Remove(scan);
        await array.UntilInSync();
        await array.Expect(5, 2);
        await array.ExpectClean();
    });

    /// <summary>
    /// While a member joins, another one that was started anew cannot say what it has forgotten, and is sent it again: the
    /// joining one missed that as well.
    /// </summary>
    [Fact]
    public void What_another_one_forgot_while_a_member_joins_is_stale_on_it() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        ArrayStory.ServerOfStory joining = array.ParityOf(5);
        await joining.CrashDuringWrite(0, version: 2);
        await array.WriteWell(5, version: 2);
        array.HolderOf(5).Crash();
        array.HolderOf(5).Restart();

        var scan = joining.Hold("Scan");
        joining.Restart();
        await array.Pause(5);
        Assert.Equal(MemberState.Refilling, array.Status(joining.Member).State);
        await array.CommitWell();
        array.World.Network.Remove(scan);
        await array.UntilInSync();
        await array.Expect(5, 2);
        await array.ExpectClean();
    });

    /// <summary>
    /// What a member missed is being found out when a row is written whose parity is its own, and cannot be computed, as another
    /// block of the row is bad. That parity rebuilds nothing.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Parity_that_is_left_behind_on_a_joining_member_rebuilds_nothing(bool isCommitted) =>
        ArrayStory.Tell(3, async array =>
        {
            await array.Fill(version: 1);
            ArrayStory.ServerOfStory joining = array.ParityOf(5);
            long other = Enumerable.Range(0, 20).First(block =>
                array.RowOf(block) == array.RowOf(5) && array.HolderOf(block) != array.HolderOf(5));
            await joining.CrashDuringWrite(12, version: 1);
            var scan = joining.Hold("Scan");
            joining.Restart();
            await array.Pause(0.6);
            Assert.Equal(MemberState.Refilling, array.Status(joining.Member).State);
            array.HolderOf(other).MakeUnreadable(array.RowOf(other));
            await array.WriteWell(5, version: 2);
            if (isCommitted)
            {
                await array.CommitWell();
            }

            array.World.Network.Remove(scan);
            await array.Pause(5);
            Assert.Equal(Errno.EIO, await array.Read(other));
            await array.Expect(5, 2);
            Assert.Equal(1, array.Status(joining.Member).StaleRows);

            // Written anew, the row is whole again.
            await array.WriteWell(other, version: 3);
            await array.CommitWell();
            await array.UntilInSync();
            await array.Expect(other, 3);
            await array.ExpectClean();
        });

    /// <summary>
    /// A member that is being refilled was sent the parity of a row in this epoch, and cannot read it any more; nor can another one its
    /// block of the row. What is written there now leaves that parity behind: it rebuilds nothing, not from the client's memory and not
    /// when the member has joined anew.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Parity_of_the_open_epoch_that_is_left_behind_rebuilds_nothing(bool joinsAnew) => ArrayStory.Tell(3, async array =>
    {
        await array.Fill(version: 1);
        ArrayStory.ServerOfStory joining = array.ParityOf(5);
        long Beside(long block) => Enumerable.Range(0, 20).First(other =>
            array.RowOf(other) == array.RowOf(block) && array.HolderOf(other) != array.HolderOf(block));
        long other = Beside(5);

        // Row 2 cannot be refilled, so the member stays what it is.
        await joining.CrashDuringWrite(4, version: 2);
        await array.WriteWell(5, version: 2);
        await array.CommitWell();
        array.HolderOf(Beside(4)).MakeUnreadable(array.RowOf(4));
        joining.Restart();
        await array.Pause(2);
        Assert.Equal((MemberState.Refilling, 1L), (array.Status(joining.Member).State, array.Status(joining.Member).StaleRows));

        await array.WriteWell(5, version: 3);
        joining.MakeUnreadable(array.RowOf(5));
        array.HolderOf(other).MakeUnreadable(array.RowOf(5));
        await array.WriteWell(5, version: 4);
        Assert.Equal(Errno.EIO, await array.Read(other));
        if (joinsAnew)
        {
            await array.CommitWell();
            joining.Crash();
            joining.Restart();
            await array.Pause(2);
            Assert.Equal(Errno.EIO, await array.Read(other));
        }

        await array.Expect(5, 4);
        await array.WriteWell(other, version: 5);
        await array.WriteWell(Beside(4), version: 5);
        await array.CommitWell();
        await array.UntilInSync();
        await array.Expect(5, 4);
        await array.Expect(other, 5);
        await array.ExpectClean();
    });

    /// <summary>Writes bring it up to date before it is known which rows it missed: no row of it is stale any more.</summary>
    [Fact]
    public void A_member_may_be_counted_on_before_it_is_known_what_it_missed() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        ArrayStory.ServerOfStory joining = array.Server(2);
        await joining.CrashDuringWrite(0, version: 2);
        var scan = joining.Hold("Scan");
        joining.Restart();
        await array.Pause(0.6);
        Assert.Equal(MemberState.Refilling, array.Status(2).State);
        await array.WriteWell(0, version: 3, (int)array.Array.BlockCount);
        await array.CommitWell();
        array.World.Network.Remove(scan);
        await array.Pause(5);
        Assert.Equal(MemberState.InSync, array.Status(2).State);
        Assert.Equal(0, array.Status(2).StaleRows);
        array.Server(0).Crash();
        await array.Expect(0, 3, (int)array.Array.BlockCount);
    });

    /// <summary>
    /// A refilled member seals the epoch that is to count on it, is started anew, and joins again before the others have sealed:
    /// it has dropped what it was refilled with.
    /// </summary>
    [Fact]
    public void A_refilled_member_that_joins_anew_while_it_is_about_to_be_counted_on_is_not() =>
        ArrayStory.Tell(4, async array =>
        {
            await array.Fill(version: 1);
            ArrayStory.ServerOfStory joining = array.HolderOf(5);
            await joining.CrashDuringWrite(5, version: 2);
            var slow = array.Server((joining.Member + 1) % array.Members).Hold("Prepare");
            joining.Restart();
            await array.Pause(0.02);
            for (int i = 0; i < 100 && joining.Store.Record.Sealed is null; i++)
            {
                await array.Pause(0.02);
            }

            joining.Crash();
            joining.Restart();
            await array.Pause(0.05);
            await array.Expect(5, 2);
            await array.Pause(0.6);
            Assert.Null(joining.Store.Record.Sealed);
            array.World.Network.Remove(slow);
            await array.UntilInSync();
            await array.Expect(5, 2);
            await array.ExpectClean();
        });

    /// <summary>What is answered from memory needs the word of a member, not of a certain one.</summary>
    [Fact]
    public void An_uncommitted_block_is_read_whichever_member_is_dead() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        await array.WriteWell(0, version: 2, blocks: 6);
        array.Server(0).Crash();
        await array.Expect(0, 2, blocks: 6);
    });

    private static void RefusedInsteadOf(int member, Func<MemberGeometry, MemberGeometry> wrong) =>
        ArrayStory.TellOfServers(4, async array =>
        {
            array.Server(member).Crash();
            array.Formats = place => place == member ? wrong(array.GeometryOf(place)) : null;
            array.Server(member).RestartBlank();
            await array.Pause(1);
            Assert.Equal(Errno.OK, await array.OpenAsync());
            await array.Fill(version: 1);
            await array.Pause(10);
            MemberStatus status = array.Status(member);
            Assert.Equal(MemberState.Away, status.State);
            Assert.Equal(
                $"expected {array.GeometryOf(member)}; found {wrong(array.GeometryOf(member))}", status.Refusal);
            Assert.Equal(0, status.Traffic.BlocksWritten);
            Assert.Equal(0u, array.Server(member).Store.Record.Promised.Generation);

            // The right one in its place is taken in.
            array.Server(member).Crash();
            array.Formats = null;
            array.Server(member).RestartBlank();
            await array.UntilInSync();
            await array.Expect(0, 1, (int)array.Array.BlockCount);
            await array.ExpectClean();
            await array.Array.CloseAsync();
        });
}
