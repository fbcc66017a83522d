using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

/// <summary>Opening, committing, cancelling and closing.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public void An_array_opens_without_one_member_which_is_refilled_as_a_whole_when_it_comes() =>
        ArrayStory.TellOfServers(4, async array =>
        {
            array.Server(2).Crash();
            Assert.Equal(Errno.OK, await array.OpenAsync());
            Assert.Equal((MemberState.Away, (long)ArrayStory.Rows), (array.Status(2).State, array.Status(2).StaleRows));
            await array.Fill(version: 1);
            array.Server(2).Restart();
            await array.UntilInSync();
            await array.Expect(0, 1, (int)array.Array.BlockCount);
            await array.ExpectClean();
            await array.Array.CloseAsync();
        });

    /// <summary>All that was ever written is stale on it, and to ask the others takes the longer the larger the array is.</summary>
    [Fact]
    public void An_opening_does_not_wait_until_it_is_known_what_a_blank_member_misses() =>
        ArrayStory.TellOfServers(4, async array =>
        {
            Assert.Equal(Errno.OK, await array.OpenAsync());
            await array.Fill(version: 1);
            await array.Array.CloseAsync();
            array.Server(2).Crash();
            array.Server(2).RestartBlank();
            await array.Pause(0.1);

            var slow = array.Server(0).Hold("Scan");
            TimeSpan before = array.World.Now;
            Assert.Equal(Errno.OK, await array.OpenAsync());
            Assert.True(array.World.Now - before < TimeSpan.FromSeconds(0.2), $"{array.World.Now - before}");
            Assert.Equal((MemberState.Away, (long)ArrayStory.Rows), (array.Status(2).State, array.Status(2).StaleRows));
            await array.Expect(0, 1, (int)array.Array.BlockCount);

            array.World.Network.Remove(slow);
            await array.UntilInSync();
            await array.Expect(0, 1, (int)array.Array.BlockCount);
            await array.ExpectClean();
            await array.Array.CloseAsync();
        });

    [Fact]
    public void An_array_does_not_open_without_two_members() => ArrayStory.TellOfServers(4, async array =>
    {
        array.Server(1).Crash();
        array.Server(2).Crash();
        Assert.Equal(Errno.EIO, await array.OpenAsync());
    });

    [Fact]
    public void Swapped_members_are_refused() => ArrayStory.TellOfServers(4, async array =>
        Assert.Equal(Errno.ESTALE, await array.OpenAsync(options: null, 0, 2, 1, 3)));

    [Fact]
    public void A_wrong_server_at_one_address_is_refused_in_words_and_never_written_to() =>
        ArrayStory.TellOfServers(4, async array =>
        {
            Assert.Equal(Errno.OK, await array.OpenAsync(options: null, 0, 1, 2, 2));
            await array.Fill(version: 1);
            await array.Pause(10);
            await array.Expect(0, 1, (int)array.Array.BlockCount);
            MemberStatus wrong = array.Status(3);
            Assert.Equal(MemberState.Away, wrong.State);
            Assert.StartsWith("expected member 3 of 4", wrong.Refusal, StringComparison.Ordinal);
            Assert.Contains("found member 2 of 4", wrong.Refusal, StringComparison.Ordinal);
            Assert.Equal((0, 0), (wrong.Traffic.BlocksRead, wrong.Traffic.BlocksWritten));
            await array.Array.CloseAsync();
        });

    [Fact]
    public void An_array_of_two_is_none() => ArrayStory.TellOfServers(3, async array =>
        Assert.Equal(Errno.EINVAL, await array.OpenAsync(options: null, 0, 1)));

    [Fact]
    public void A_second_opening_in_the_same_boots_is_heard() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        await array.Array.CloseAsync();
        Assert.Equal(Errno.OK, await array.OpenAsync());

        // The servers would take its writes for late ones if it counted from the beginning.
        await array.WriteWell(5, version: 2);
        await array.Expect(5, 2);
        await array.ExpectClean();
    });

    [Fact]
    public void Blocks_beyond_the_end_are_invalid() => ArrayStory.Tell(3, async array =>
    {
        long end = array.Array.BlockCount;
        Assert.Equal(ArrayStory.Rows * 2, end);
        Assert.Equal(default, await array.CostOf(async () =>
        {
            Assert.Equal(Errno.EINVAL, await array.Read(end));
            Assert.Equal(Errno.EINVAL, await array.Read(end - 1, blocks: 2));
            Assert.Equal(Errno.EINVAL, await array.Read(-1));
            Assert.Equal(Errno.EINVAL, await array.Write(end - 1, 1, blocks: 2));
            Assert.Equal(Errno.EINVAL, await array.Read(long.MaxValue));
            Assert.Equal(Errno.OK, await array.Read(end, blocks: 0));
        }));
    });

    [Fact]
    public void A_commit_waits_for_the_writes_under_way() => ArrayStory.Tell(4, async array =>
    {
        Task<Errno> write = array.Write(0, 1, blocks: 10);
        Task<Errno> commit = array.Array.CommitAsync();
        Task<Errno> later = array.Write(20, 1);
        Assert.Equal(Errno.OK, await commit);
        Assert.True(write.IsCompletedSuccessfully);
        Assert.False(later.IsCompleted);
        Assert.Equal(Errno.OK, await later);
    });

    [Fact]
    public void A_cancelled_operation_lets_go_of_its_rows() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        using var soon = new CancellationTokenSource();
        var clog = array.World.Network.Add(
            new Raid5Verify.Simulation.ClogRule { To = array.HolderOf(5).Host }, "clog");
        // Both wait for the same server: the write reads the old block before it sends anything.
        Task<Errno> read = array.Array.ReadAsync(new(5), new byte[ArrayStory.BlockSize], soon.Token);
        Task<Errno> write = array.Array.WriteAsync(new(5), ArrayStory.Content(5, 2), soon.Token);
        await array.Pause(0.1);
        soon.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        array.World.Network.Remove(clog);

        await array.Expect(5, 1);
        await array.WriteWell(5, version: 3);
        await array.Expect(5, 3);
        await array.ExpectClean();
    });

    [Fact]
    public void An_array_closes_at_once_while_a_member_is_away_or_refilled() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        await array.HolderOf(0).CrashDuringWrite(0, version: 2);
        await array.Settle();
        TimeSpan before = array.World.Now;
        await array.Array.CloseAsync();
        Assert.True(array.World.Now - before < TimeSpan.FromMilliseconds(1));
        Assert.True(array.Array.Background.IsCompletedSuccessfully);
    });

    [Fact]
    public void An_option_out_of_range_is_named()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new ArrayOptions { AttemptTimeout = TimeSpan.FromMilliseconds(9) }.Validate());
        Assert.Contains(nameof(ArrayOptions.AttemptTimeout), error.Message, StringComparison.Ordinal);
        new ArrayOptions().Validate();
        new ArrayOptions { RetryBudget = TimeSpan.Zero }.Validate();
    }
}
