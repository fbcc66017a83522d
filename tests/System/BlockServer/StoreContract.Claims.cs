using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using static Raid5Fs.Tests.BlockServer.OneMember;

namespace Raid5Fs.Tests.BlockServer;

/// <content>Whom a member belongs to, and how it comes back to an array that went on without it.</content>
public abstract partial class StoreContract
{
    [Fact]
    public Task A_claim_that_was_granted_outlives_the_process() => Tell(async member =>
    {
        Assert.Equal(default, member.Record.Promised);
        await member.OpenAsync(5);
        await member.RestartAsync();
        Assert.Equal(new Claim(5, 0xA), member.Record.Promised);
        Assert.Equal(CallStatus.Fenced, await member.TryOpenAsync(4));
    });

    [Fact]
    public Task A_generation_is_granted_to_the_client_that_asks_first() => Tell(async member =>
    {
        await member.OpenAsync(5, client: 0xA);
        Assert.Equal(CallStatus.Fenced, await member.TryOpenAsync(5, client: 0xB));
        Assert.Equal(CallStatus.Fenced, await member.TryOpenAsync(4, client: 0xB));
        Assert.Equal(new Claim(5, 0xA), member.Record.Promised);

        await member.RestartAsync();
        Assert.Equal(CallStatus.Fenced, await member.TryOpenAsync(5, client: 0xB));
        Assert.Equal(CallStatus.Ok, await member.TryOpenAsync(5, client: 0xA));
        Assert.Equal(CallStatus.Ok, await member.TryOpenAsync(6, client: 0xB));
        Assert.Equal(CallStatus.Fenced, await member.TryOpenAsync(5, client: 0xA));
        Assert.Equal(new Claim(6, 0xB), member.Record.Promised);
    });

    /// <summary>A refill that was begun leaves rows that are as they should be on a member that is complete up to no epoch.</summary>
    [Fact]
    public Task A_member_is_blank_until_it_adopts_a_decision() => Tell(async member =>
    {
        await member.OpenAsync(1);
        Assert.True(member.Record.IsBlank);
        await member.RestartAsync();
        Assert.True(member.Record.IsBlank);
        await member.JoinAsync(1, Decision(E(7), E(7), mask: Others));
        Assert.False(member.Record.IsBlank);
        await member.WriteAsync(E(8), (3, 30));
        await member.PrepareAsync(E(8), mask: Others);
        await member.CommitAsync(E(8));
        await member.RestartAsync();
        Assert.False(member.Record.IsBlank);
        Assert.Equal(Epoch.None, member.Record.Self);
        await member.ExpectAsync((3, 30));
    });

    [Fact]
    public Task Of_clients_that_claim_at_once_one_gets_the_generation() => Tell(async member =>
    {
        CallStatus[] answers = await Task.WhenAll(
            Enumerable.Range(1, 10).Select(client => member.TryOpenAsync(7, (ulong)client)));
        Assert.Single(answers, CallStatus.Ok);
        Assert.Equal(9, answers.Count(answer => answer == CallStatus.Fenced));
        Assert.Equal((ulong)Array.IndexOf(answers, CallStatus.Ok) + 1, member.Record.Promised.Client);
    });

    /// <summary>What it lacks of a generation that it witnessed it never had: a later claim needs to know.</summary>
    [Fact]
    public Task A_generation_is_witnessed_by_who_takes_part_in_it_until_the_process_ends() => Tell(async member =>
    {
        await member.OpenAsync(1);
        Assert.Equal(0u, member.Record.Witnessed);
        await member.RecordAsync(Decision(E(1, 0), Epoch.None));
        Assert.Equal(1u, member.Record.Witnessed);

        await member.RestartAsync();
        Assert.Equal(0u, member.Record.Witnessed);
        await member.WriteAsync(E(1), (3, 30));
        Assert.Equal(1u, member.Record.Witnessed);

        await member.RestartAsync();
        Assert.Equal(CallStatus.Mismatch, await member.TryPrepareAsync(E(1)));
        Assert.Equal(0u, member.Record.Witnessed);
        await member.PrepareAsync(E(2));
        Assert.Equal(1u, member.Record.Witnessed);

        await member.RestartAsync();
        await member.CommitAsync(E(2));
        Assert.Equal(0u, member.Record.Witnessed);
        await member.JoinAsync(1, Decision(E(2), E(2)));
        Assert.Equal(1u, member.Record.Witnessed);
        await member.OpenAsync(2);
        Assert.Equal(1u, member.Record.Witnessed);
    });

    [Fact]
    public Task A_higher_claim_drops_the_open_epoch_and_keeps_the_sealed_one() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 30), (4, 40), (5, 50));
        await member.WriteAsync(E(2), (4, 41));
        await member.PrepareAsync(E(2));
        await member.WriteAsync(E(3), (4, 42), (5, 52));
        await member.OpenAsync(2, client: 0xB);
        await member.ExpectAsync((3, 30), (4, 41), (5, 50));
        Assert.Equal(Sealed(E(2)), member.Record.Sealed);
        Assert.DoesNotContain(member.Store.Scan(E(2), new Row(0), committedOnly: false, Rows).Rows, found => true);
    });

    [Fact]
    public Task The_same_claim_again_drops_nothing() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.WriteAsync(E(1), (3, 30));
        await member.OpenAsync(1);
        Assert.Equal(CallStatus.Fenced, await member.TryOpenAsync(1, client: 0xB));
        await member.ExpectAsync((3, 30));
        await member.PrepareAsync(E(1));
    });

    [Fact]
    public Task A_write_that_is_under_way_when_a_higher_claim_is_granted_leaves_nothing() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 30));
        Task<CallStatus> write = member.TryWriteAsync(E(2), (3, 31), (4, 41));
        Task<CallStatus> claim = member.TryOpenAsync(2, client: 0xB);
        Assert.Equal(CallStatus.Ok, await claim);
        Assert.True(await write is CallStatus.Ok or CallStatus.Fenced);
        await member.ExpectAsync((3, 30), (4, 0));
    });

    [Fact]
    public Task Calls_under_another_claim_than_the_granted_one_are_refused() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.WriteAsync(E(1), (3, 30));
        await member.PrepareAsync(E(1));
        await member.OpenAsync(2);
        string before = await member.DescribeAsync();
        foreach ((Claim claim, CallStatus refusal) in ((Claim, CallStatus)[])
        [
            (new Claim(1, 0xA), CallStatus.Fenced),
            (new Claim(0, 0xA), CallStatus.Fenced),
            (new Claim(2, 0xB), CallStatus.NotOpen),
            (new Claim(3, 0xA), CallStatus.NotOpen),
        ])
        {
            member.Claim = claim;
            Assert.Equal(refusal, member.Store.Judge(claim));
            Assert.Equal(refusal, await member.TryCommitAsync(E(1)));
            Assert.Equal(refusal, await member.TryPrepareAsync(E(1), version: 9));
            Assert.Equal(refusal, await member.TryRecordAsync(Decision(E(9, 0), Epoch.None)));
        }

        Assert.Equal(before, await member.DescribeAsync());
    });

    [Fact]
    public Task A_member_that_nobody_claimed_takes_no_calls() => Tell(async member =>
    {
        Assert.Equal(CallStatus.NotOpen, member.Store.Judge(default));
        Assert.Equal(CallStatus.NotOpen, member.Store.Judge(new Claim(1, 0xA)));
        Assert.Equal(CallStatus.NotOpen, await member.Store.RecordAsync(default, Decision(E(0, 1), Epoch.None)));
        Assert.Equal(CallStatus.Malformed, await member.Store.OpenAsync(default));
        Assert.Equal(CallStatus.Malformed, await member.TryOpenAsync(Epoch.MaxGeneration + 1));
        Assert.Equal(default, member.Record.Promised);
    });

    // Joins.

    [Fact]
    public Task A_join_applies_the_sealed_epoch_if_it_was_decided() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.WriteAsync(E(1), (3, 30));
        await member.PrepareAsync(E(1));
        await member.RestartAsync();
        await member.JoinAsync(1, Decision(E(1), E(1), version: 1, mask: Others));
        Assert.Equal(E(1), member.Record.Self);
        Assert.Null(member.Record.Sealed);
        Assert.Equal(Decision(E(1), E(1), 1, Others), member.Record.View);

        string before = await member.DescribeAsync();
        await member.RestartAsync();
        Assert.Equal(before, await member.DescribeAsync());
        await member.ExpectAsync((3, 30));
    });

    [Fact]
    public Task A_join_drops_the_sealed_epoch_if_another_was_decided_and_the_open_one_always() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 30), (4, 40));
        await member.WriteAsync(E(2), (3, 31));
        await member.PrepareAsync(E(2));
        await member.WriteAsync(E(3), (4, 42));
        await member.JoinAsync(1, Decision(E(5), E(5), mask: Others));
        Assert.Equal(E(1), member.Record.Self);
        Assert.Null(member.Record.Sealed);
        Assert.Equal(Decision(E(5), E(5), mask: Others), member.Record.View);
        await member.ExpectAsync((3, 30), (4, 40));
        await member.RestartAsync();
        await member.ExpectAsync((3, 30), (4, 40));
    });

    [Fact]
    public Task A_join_drops_an_epoch_that_was_sealed_after_the_last_decision() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 30));
        await member.WriteAsync(E(2), (3, 31));
        await member.PrepareAsync(E(2));

        // The view is what the member has already; the epoch beyond it never came to anything.
        await member.JoinAsync(1, Decision(E(1), E(1)));
        Assert.Null(member.Record.Sealed);
        await member.ExpectAsync((3, 30));
    });

    [Fact]
    public Task A_join_grants_the_claim_of_who_owns_the_array() => Tell(async member =>
    {
        // Another asked for the same generation first, but got it from too few members.
        await member.OpenAsync(2, client: 0xB);
        Assert.Equal(CallStatus.Ok, await member.TryJoinAsync(new Claim(2, 0xA), 1, Decision(E(2, 0), Epoch.None)));
        Assert.Equal(new Claim(2, 0xA), member.Record.Promised);
        Assert.Equal(CallStatus.Fenced, await member.TryOpenAsync(2, client: 0xB));

        // It is no way around a higher generation.
        await member.OpenAsync(3);
        Assert.Equal(CallStatus.Fenced, await member.TryJoinAsync(new Claim(2, 0xA), 2, Decision(E(9, 0), Epoch.None)));
        await member.RestartAsync();
        Assert.Equal(new Claim(3, 0xA), member.Record.Promised);
        Assert.Equal(Decision(E(2, 0), Epoch.None), member.Record.View);
    });

    [Fact]
    public Task A_late_duplicate_of_a_join_has_no_effect() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.JoinAsync(3, Decision(E(1), E(1)));
        await member.WriteAsync(E(2), (3, 30));
        await member.JoinAsync(3, Decision(E(1), E(1)));
        await member.JoinAsync(2, Decision(E(1), E(1), version: 9));
        await member.ExpectAsync((3, 30));
        Assert.Equal(Decision(E(1), E(1)), member.Record.View);

        await member.PrepareAsync(E(2));
        await member.JoinAsync(2, Decision(E(1), E(1)));
        Assert.Equal(Sealed(E(2)), member.Record.Sealed);
    });

    [Fact]
    public Task Each_client_numbers_its_joins_from_the_beginning() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.JoinAsync(7, Decision(E(1), E(1)));
        await member.WriteAsync(E(2), (3, 30));
        await member.PrepareAsync(E(2));
        Assert.Equal(CallStatus.Ok, await member.TryJoinAsync(new Claim(2, 0xB), 1, Decision(E(2, 0), E(1))));
        Assert.Equal(Decision(E(2, 0), E(1)), member.Record.View);
        Assert.Null(member.Record.Sealed);
        await member.ExpectAsync((3, 0));
    });
}
