using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

/// <summary>A client dies, and another one takes the array over: what was committed is there, what was not is undone.</summary>
public sealed class RecoveryTests
{
    /// <summary>Long enough for every answer that comes at all, and far shorter than a member is waited for.</summary>
    private const double Moment = 0.3;

    [Fact]
    public void After_a_clean_end_there_is_nothing_to_decide() => ArrayStory.TellOfServers(4, async array =>
    {
        ClientOfStory client = array.AddClient();
        await client.OpenWell();
        await client.Fill(version: 1);
        await array.Settle();
        client.Crash();
        await client.RecoverWell();
        Assert.Equal(RecoveryDirection.Clean, client.Status.Recovery);
        await client.Expect(0, 1, (int)client.Array.BlockCount);
        await client.ExpectClean();
    });

    [Fact]
    public void What_was_not_committed_is_undone() => ArrayStory.TellOfServers(4, async array =>
    {
        ClientOfStory client = array.AddClient();
        await client.OpenWell();
        await client.Fill(version: 1);
        Assert.Equal(Errno.OK, await client.Write(3, version: 2, blocks: 9));
        client.Crash();
        await client.RecoverWell();
        await client.Expect(0, 1, (int)client.Array.BlockCount);
        await client.ExpectClean();
    });

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(2)]
    public void What_all_sealed_is_history_though_none_was_told(int? away) => ArrayStory.TellOfServers(4, async array =>
    {
        ClientOfStory client = array.AddClient();
        await DieAfterCommit(array, client);
        if (away is { } absent)
        {
            array.Server(absent).Crash();
        }

        await client.RecoverWell();
        Assert.Equal(RecoveryDirection.Forward, client.Status.Recovery);
        await client.Expect(5, 2);
        await client.Expect(6, 1, blocks: 10);
        if (away is { } back)
        {
            array.Server(back).Restart();
        }

        await client.UntilInSync();
        await client.Expect(5, 2);
        await client.ExpectClean();
    });

    /// <summary>One member was started anew, and cannot tell: its part follows from the others.</summary>
    [Fact]
    public void What_all_but_one_sealed_may_have_been_meant_for_them_alone_and_is_kept() =>
        ArrayStory.TellOfServers(4, async array =>
        {
            ClientOfStory client = array.AddClient();
            await client.OpenWell();
            await client.Fill(version: 1);
            var deaf = array.HolderOf(5).Lose("Prepare");
            Assert.Equal(Errno.OK, await client.Write(5, version: 2));
            Task<Errno> commit = client.Commit();
            await array.Pause(Moment);
            Assert.False(commit.IsCompleted);
            client.Crash();
            array.HolderOf(5).Crash();
            array.HolderOf(5).Restart();
            await array.Pause(Moment);
            array.World.Network.Remove(deaf);
            await client.RecoverWell();
            Assert.Equal(RecoveryDirection.Forward, client.Status.Recovery);
            await client.Expect(5, 2);
            await client.UntilInSync();
            await client.Expect(5, 2);
            await client.ExpectClean();
        });

    /// <summary>
    /// One member never heard of it. To keep it would leave that one stale in the row, and the other data block, which rotted
    /// unnoticed, would have nothing to be rebuilt from.
    /// </summary>
    [Fact]
    public void What_one_never_sealed_is_undone_so_that_no_row_is_stale() => ArrayStory.TellOfServers(3, async array =>
    {
        ClientOfStory client = array.AddClient();
        await client.OpenWell();
        await client.Fill(version: 1);
        await array.Settle();
        long other = Enumerable.Range(0, 20).First(block =>
            array.RowOf(block) == array.RowOf(5) && array.HolderOf(block) != array.HolderOf(5));
        array.HolderOf(other).Corrupt(array.RowOf(other));
        var deaf = array.HolderOf(5).Lose("Prepare");
        Assert.Equal(Errno.OK, await client.Write(5, version: 2));
        _ = client.Commit();
        await array.Pause(Moment);
        client.Crash();
        array.World.Network.Remove(deaf);
        await client.RecoverWell();
        Assert.Equal(RecoveryDirection.Back, client.Status.Recovery);
        Assert.All(client.Status.Members, member => Assert.Equal(MemberState.InSync, member.State));
        await client.Expect(0, 1, (int)client.Array.BlockCount);
    });

    /// <summary>A member that was away is there again when the array is opened: only what it missed is stale on it.</summary>
    [Fact]
    public void What_is_bad_on_another_member_is_rebuilt_from_one_that_missed_other_rows() =>
        ArrayStory.TellOfServers(3, async array =>
        {
            ClientOfStory client = array.AddClient();
            await client.OpenWell();
            await client.Fill(version: 1);
            await array.Settle();
            ArrayStory.ServerOfStory away = array.HolderOf(0);
            away.Crash();
            await client.WriteDurably(0, version: 2);
            await array.Settle();
            long rotten = Enumerable.Range(8, 20).First(block => array.HolderOf(block) != away);
            array.HolderOf(rotten).Corrupt(array.RowOf(rotten));
            client.Crash();
            away.Restart();
            await array.Pause(Moment);
            var deaf = away.Lose("Join");
            Task recovery = client.RecoverWell();
            await array.Pause(1);
            array.World.Network.Remove(deaf);
            await recovery;
            await client.Expect(rotten, 1);
            await client.UntilInSync();
            await client.ExpectClean();
        });

    [Fact]
    public void What_one_that_is_reached_lacks_is_undone() => ArrayStory.TellOfServers(4, async array =>
    {
        ClientOfStory client = array.AddClient();
        await DieInCommit(array, client);
        await client.RecoverWell();
        Assert.Equal(RecoveryDirection.Back, client.Status.Recovery);
        await client.Expect(0, 1, (int)client.Array.BlockCount);
        await client.ExpectClean();
    });

    /// <summary>Three of four made up the array. One of them is away, and it is the one that could tell.</summary>
    [Theory]
    [InlineData(true, RecoveryDirection.Forward, 3)]
    [InlineData(false, RecoveryDirection.Back, 2)]
    public void While_the_one_that_could_tell_is_away_nothing_is_decided(
        bool isSealedThere, RecoveryDirection direction, int version) => ArrayStory.TellOfServers(4, async array =>
    {
        ClientOfStory client = array.AddClient();
        await client.OpenWell();
        await client.Fill(version: 1);
        array.Server(3).Crash();
        await client.WriteDurably(5, version: 2);
        await array.Settle();
        var rule = isSealedThere ? array.Server(2).LoseAnswers("Prepare") : array.Server(2).Lose("Prepare");
        Assert.Equal(Errno.OK, await client.Write(5, version: 3));
        Task<Errno> commit = client.Commit();
        await array.Pause(Moment);
        Assert.False(commit.IsCompleted);
        client.Crash();
        array.Server(2).Crash();
        array.Server(3).Restart();
        array.World.Network.Remove(rule);
        await array.Pause(Moment);

        client.Host.Restart();
        Assert.Equal(Errno.EIO, await client.OpenAsync());
        Assert.Equal(Errno.EIO, await client.OpenAsync());

        array.Server(2).Restart();
        await array.Pause(Moment);
        await client.OpenWell();
        Assert.Equal(direction, client.Status.Recovery);
        await client.Expect(5, version);
        await client.UntilInSync();
        await client.Expect(5, version);
        await client.ExpectClean();
    });

    /// <summary>The first recovery dies when its decision is recorded on so many; whoever recovers next decides the same.</summary>
    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    public void What_one_recovery_decided_the_next_one_decides(bool isCommitted, int recorded) =>
        ArrayStory.TellOfServers(4, async array =>
        {
            ClientOfStory first = array.AddClient();
            await (isCommitted ? DieAfterCommit(array, first) : DieInCommit(array, first));
            int version = isCommitted ? 2 : 1;

            ClientOfStory second = array.AddClient();
            var rules = Enumerable.Range(recorded, array.Members - recorded)
                .Select(member => array.Server(member).Lose("Record")).ToArray();
            Task<Errno> recovery = second.OpenAsync();
            await array.Pause(Moment);
            Assert.False(recovery.IsCompleted);
            second.Crash();
            Array.ForEach(rules, array.World.Network.Remove);

            // Each time without another member.
            foreach (int away in new[] { 1, 2, 3 })
            {
                array.Server(away).Crash();
                await second.RecoverWell();
                await second.Expect(5, version);
                array.Server(away).Restart();
                await second.UntilInSync();
                await second.Expect(5, version);
                second.Crash();
            }

            await second.RecoverWell();
            await second.ExpectClean();
        });

    [Fact]
    public void A_recovery_that_cannot_record_does_not_serve() => ArrayStory.TellOfServers(4, async array =>
    {
        ClientOfStory client = array.AddClient();
        await client.OpenWell();
        await client.Fill(version: 1);
        client.Crash();
        array.Server(1).Lose("Record");
        array.Server(2).Lose("Record");
        client.Host.Restart();
        Assert.Equal(Errno.EIO, await client.OpenAsync());
        array.World.Network.Heal();
        await client.OpenWell();
        await client.Expect(0, 1, (int)client.Array.BlockCount);
    });

    /// <summary>Block 5 is 2, and its client dies before it can tell any member that this is decided.</summary>
    private static async Task DieAfterCommit(ArrayStory array, ClientOfStory client)
    {
        await client.OpenWell();
        await client.Fill(version: 1);
        await array.Settle();
        await client.WriteDurably(5, version: 2);
        client.Crash();
    }

    /// <summary>Block 5 was to be 2, but two members never heard that they should seal that.</summary>
    private static async Task DieInCommit(ArrayStory array, ClientOfStory client)
    {
        await client.OpenWell();
        await client.Fill(version: 1);
        await array.Settle();
        array.Server(0).Lose("Prepare");
        array.Server(3).Lose("Prepare");
        Assert.Equal(Errno.OK, await client.Write(5, version: 2));
        Task<Errno> commit = client.Commit();
        await array.Pause(Moment);
        Assert.False(commit.IsCompleted);
        client.Crash();
        array.World.Network.Heal();
    }
}
