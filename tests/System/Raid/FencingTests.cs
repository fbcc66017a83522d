using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Simulation;

namespace Raid5Fs.Tests.Raid;

/// <summary>One client owns the array: whoever owned it before is refused, and may not answer from memory either.</summary>
public sealed class FencingTests
{
    public static TheoryData<string> Operations() => ["read", "write", "commit", "read of its own write"];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Whatever_the_old_client_asks_first_is_refused(string operation) =>
        ArrayStory.TellOfServers(4, async array =>
        {
            ClientOfStory old = array.AddClient();
            await old.OpenWell();
            await old.Fill(version: 1);
            Assert.Equal(Errno.OK, await old.Write(5, version: 2));
            ClientOfStory owner = array.AddClient();
            await owner.OpenWell();

            Assert.Equal(Errno.ESHUTDOWN, await Do(old, operation));
            Assert.True(old.Status.IsFenced);
            foreach (string again in Operations())
            {
                Assert.Equal(Errno.ESHUTDOWN, await Do(old, again));
            }

            await owner.Expect(0, 1, (int)owner.Array.BlockCount);
            await owner.WriteDurably(5, version: 3);
            await owner.Expect(5, 3);
            await owner.ExpectClean();
        });

    /// <summary>One member grants it what was meant for another: that one is dead, and owns nothing.</summary>
    [Fact]
    public void A_client_is_not_outdone_by_a_late_claim_of_one_that_died() => ArrayStory.TellOfServers(4, async array =>
    {
        ClientOfStory dying = array.AddClient();
        var held = array.Server(0).Hold("Open");
        LinkRule[] lost = [.. Enumerable.Range(1, 3).Select(member => array.Server(member).Lose("Open"))];
        _ = dying.OpenAsync();
        await array.Pause(0.01);
        dying.Crash();
        foreach (LinkRule rule in lost)
        {
            array.World.Network.Remove(rule);
        }

        ClientOfStory owner = array.AddClient();
        Task<Errno> opening = owner.OpenAsync();
        await array.Pause(0.01);
        Assert.Equal(0u, array.Server(0).Store.Record.Promised.Generation);
        array.World.Network.Remove(held);
        Assert.Equal(Errno.OK, await opening);
        await owner.Fill(version: 1);
        await owner.UntilInSync();
        await owner.ExpectClean();
    });

    [Fact]
    public void A_commit_that_is_overtaken_is_acknowledged_and_kept_or_neither() =>
        ForSeeds(30, seed => ArrayStory.TellOfServers(
            4,
            async array =>
            {
                ClientOfStory old = array.AddClient();
                await old.OpenWell();
                await old.Fill(version: 1);
                Assert.Equal(Errno.OK, await old.Write(5, version: 2, blocks: 4));
                Task<Errno> commit = old.Commit();
                await array.Pause(array.World.Dice.Fork("story").NextDouble() * 0.003);
                ClientOfStory owner = array.AddClient();
                await owner.OpenWell();
                bool isKept = owner.Status.Recovery != RecoveryDirection.Back && await IsAt(owner, block: 5, version: 2);
                Errno answer = await commit;
                Assert.True(answer == Errno.ESHUTDOWN || (answer == Errno.OK && isKept), $"{answer}, kept: {isKept}");
                await owner.Expect(5, isKept ? 2 : 1, blocks: 4);
                await owner.UntilInSync();
                await owner.Expect(5, isKept ? 2 : 1, blocks: 4);
                await owner.ExpectClean();
            },
            seed));

    [Fact]
    public void Of_two_that_open_at_once_one_owns_it_or_both_are_told() => ForSeeds(60, seed => ArrayStory.TellOfServers(
        3 + (int)(seed % 3),
        async array =>
        {
            ClientOfStory[] clients = [array.AddClient(), array.AddClient()];
            Task<Errno> first = clients[0].OpenAsync();
            await array.Pause(array.World.Dice.Fork("story").NextDouble() * 0.004);
            Task<Errno> second = clients[1].OpenAsync();
            Errno[] opened = await Task.WhenAll(first, second);

            int owners = 0;
            for (int i = 0; i < clients.Length; i++)
            {
                if (opened[i] == Errno.OK)
                {
                    Errno written = await clients[i].Write(5, version: i + 1);
                    Errno error = written == Errno.OK ? await clients[i].Commit() : written;
                    Assert.Contains(error, new[] { Errno.OK, Errno.ESHUTDOWN });
                    owners += error == Errno.OK ? 1 : 0;
                }
            }

            Assert.True(owners <= 1, "two owners");
            await clients[1].OpenWell();
            await clients[1].UntilInSync();
        },
        seed));

    /// <summary>And to be told so is not to be told that members are missing.</summary>
    [Fact]
    public void Who_is_outdone_while_it_opens_is_told_so() => ForSeeds(60, seed => ArrayStory.TellOfServers(
        4,
        async array =>
        {
            ClientOfStory[] clients = [array.AddClient(), array.AddClient()];
            Task<Errno> first = clients[0].OpenAsync();
            await array.Pause(array.World.Dice.Fork("story").NextDouble() * 0.004);
            Task<Errno> second = clients[1].OpenAsync();
            Assert.All(
                await Task.WhenAll(first, second), error => Assert.Contains(error, new[] { Errno.OK, Errno.ESTALE }));
        },
        seed));

    [Fact]
    public void Who_reaches_every_member_serves_at_once_and_who_does_not_waits_for_the_lease() =>
        ArrayStory.TellOfServers(4, async array =>
        {
            var options = new ArrayOptions();
            ClientOfStory old = array.AddClient();
            await old.OpenWell();
            await old.Fill(version: 1);
            await old.Read(0);

            ClientOfStory second = array.AddClient();
            TimeSpan before = array.World.Now;
            await second.OpenWell();
            Assert.True(array.World.Now - before < TimeSpan.FromSeconds(1));

            ClientOfStory third = array.AddClient();
            array.Server(3).CutOff(third.Host);
            before = array.World.Now;
            await third.OpenWell();
            Assert.True(array.World.Now - before >= options.Lease * (1 + ArrayOptions.ClockSkewBound));
        });

    /// <summary>Its clock may run slow, within the bound.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-100_000)]
    public void Who_reaches_only_what_the_new_owner_did_not_stops_to_read_in_time(int driftPpm) =>
        ArrayStory.TellOfServers(4, async array =>
        {
            ClientOfStory old = array.AddClient();
            old.Host.SetClock(TimeSpan.Zero, driftPpm);
            await old.OpenWell();
            await old.Fill(version: 1);
            await old.Expect(0, 1, (int)old.Array.BlockCount);
            const int Between = 3;
            long block = Enumerable.Range(0, 100).First(block => array.HolderOf(block).Member == Between);

            ClientOfStory owner = array.AddClient();
            array.Server(Between).CutOff(owner.Host);
            for (int member = 0; member < Between; member++)
            {
                array.Server(member).CutOff(old.Host);
            }

            Task<Errno> opening = owner.OpenAsync();
            await array.Pause(5);
            await old.Expect(block, 1);
            Assert.Equal(Errno.OK, await opening);
            await owner.WriteDurably(block, version: 2);
            Assert.NotEqual(Errno.OK, await old.Read(block));
            await owner.Expect(block, 2);
        });

    private static async Task<bool> IsAt(ClientOfStory client, long block, int version)
    {
        byte[] found = new byte[ArrayStory.BlockSize];
        Assert.Equal(Errno.OK, await client.Array.ReadAsync(new BlockAddress(block), found));
        return found.AsSpan().SequenceEqual(ArrayStory.Content(block, version));
    }

    private static Task<Errno> Do(ClientOfStory client, string operation) => operation switch
    {
        "read" => client.Read(9),
        "write" => client.Write(9, version: 4),
        "commit" => client.Commit(),
        _ => client.Read(5),
    };

    private static void ForSeeds(ulong count, Action<ulong> story)
    {
        for (ulong seed = 1; seed <= count; seed++)
        {
            try
            {
                story(seed);
            }
            catch (Exception thrown) when (thrown is Xunit.Sdk.XunitException or SimulationException)
            {
                throw new Xunit.Sdk.XunitException($"seed {seed}: {thrown.Message}", thrown);
            }
        }
    }
}
