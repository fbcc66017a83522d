using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using static Raid5Fs.Tests.BlockServer.OneMember;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>
/// What the array may count on from a member, whatever its disk: the same stories, told of the simulated disk and of
/// real files. Crashes and damage are told elsewhere, as only a simulated disk has them on demand.
/// </summary>
public abstract partial class StoreContract
{
    // Writes, and the open epoch.

    [Fact]
    public Task A_write_is_read_at_once_and_gone_with_the_process() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.WriteAsync(E(1), (3, 30), (4, 40), (69, 690));
        await member.ExpectAsync((3, 30), (4, 40), (69, 690), (5, 0));

        await member.RestartAsync();
        await member.ExpectAsync((3, 0), (4, 0), (69, 0));
        Assert.Empty(member.Store.Scan(Epoch.None, new Row(0), committedOnly: false, Rows).Rows);
    });

    [Fact]
    public Task Of_several_writes_to_one_row_the_highest_sequence_counts() => Tell(async member =>
    {
        await member.OwnAsync(1);
        Assert.Equal(CallStatus.Ok, await member.TryWriteAsync(E(1), 7, (3, 31)));
        Assert.Equal(CallStatus.Ok, await member.TryWriteAsync(E(1), 9, (3, 32)));
        Assert.Equal(CallStatus.Ok, await member.TryWriteAsync(E(1), 8, (3, 33), (4, 40)));
        Assert.Equal(CallStatus.Ok, await member.TryWriteAsync(E(1), 9, (3, 34)));
        await member.ExpectAsync((3, 32), (4, 40));
        Assert.Equal(2, member.Tally.SupersededBlocks);
    });

    [Fact]
    public Task Writes_to_one_row_that_overlap_leave_the_one_of_the_highest_sequence() => Tell(async member =>
    {
        await member.OwnAsync(1);
        Task<CallStatus>[] writes = [.. Enumerable.Range(1, 20).Select(i => member.TryWriteAsync(E(1), (ulong)(i * 7 % 20), (3, i)))];
        Assert.All(await Task.WhenAll(writes), status => Assert.Equal(CallStatus.Ok, status));
        await member.ExpectAsync((3, 17));
    });

    [Fact]
    public Task The_first_write_of_a_later_epoch_ends_the_open_one() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 30));
        await member.WriteAsync(E(2), (3, 31), (4, 41));
        await member.WriteAsync(E(3), (5, 52));
        await member.ExpectAsync((3, 30), (4, 0), (5, 52));

        // What comes late of the earlier one has no effect.
        await member.WriteAsync(E(2), (4, 41));
        await member.ExpectAsync((4, 0), (5, 52));
    });

    // Sealing it.

    [Fact]
    public Task What_was_sealed_outlives_the_process_and_awaits_its_decision() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.WriteAsync(E(1), (3, 30), (4, 40));
        await member.PrepareAsync(E(1), mask: Others);
        await member.RestartAsync();

        Assert.Equal(Sealed(E(1), mask: Others), member.Record.Sealed);
        Assert.Equal(Epoch.None, member.Record.Self);
        Assert.Equal(Decision(E(0), Epoch.None), member.Record.View);
        await member.ExpectAsync((3, 30), (4, 40), (5, 0));
    });

    [Fact]
    public Task An_epoch_that_wrote_nothing_here_is_sealed_too() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.PrepareAsync(E(1));
        await member.RestartAsync();
        Assert.Equal(Sealed(E(1)), member.Record.Sealed);
        await member.CommitAsync(E(1));
        Assert.Equal(E(1), member.Record.Self);
    });

    [Fact]
    public Task An_epoch_is_sealed_only_with_what_the_client_counts_on() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.WriteAsync(E(1), (3, 30), (4, 40));
        EpochDigest right = member.DigestOf(E(1));
        foreach (EpochDigest wrong in (EpochDigest[])
        [
            default, EpochDigest.Of(1, right.Value), EpochDigest.Of(3, right.Value), EpochDigest.Of(2, right.Value + 1),
        ])
        {
            Assert.Equal(CallStatus.Mismatch, await member.Store.PrepareAsync(member.Claim, Sealed(E(1)), Epoch.None, wrong));
        }

        Assert.Null(member.Record.Sealed);
        await member.PrepareAsync(E(1));
        await member.ExpectAsync((3, 30), (4, 40));
    });

    [Fact]
    public Task An_epoch_that_the_last_process_took_along_cannot_be_sealed_until_it_is_sent_again() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.WriteAsync(E(1), (3, 30), (4, 40));
        await member.RestartAsync();
        Assert.Equal(CallStatus.Mismatch, await member.TryPrepareAsync(E(1)));

        await member.WriteAsync(E(1), (4, 40));
        Assert.Equal(CallStatus.Mismatch, await member.TryPrepareAsync(E(1)));
        await member.WriteAsync(E(1), (3, 30));
        await member.PrepareAsync(E(1));
        await member.CommitAsync(E(1));
        await member.ExpectAsync((3, 30), (4, 40));
    });

    [Fact]
    public Task Nothing_is_sealed_before_a_decision_was_recorded_under_the_claim() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.OpenAsync(2);
        await member.WriteAsync(E(2, 1), (3, 30));
        Assert.Equal(CallStatus.NotOpen, await member.TryPrepareAsync(E(2, 1)));

        await member.RecordAsync(Decision(E(2, 0), Epoch.None));
        await member.PrepareAsync(E(2, 1));
        Assert.Equal(Sealed(E(2, 1)), member.Record.Sealed);
    });

    [Fact]
    public Task A_second_prepare_changes_the_mask_if_its_version_is_higher_and_the_content_never() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.WriteAsync(E(1), (3, 30));
        await member.PrepareAsync(E(1), version: 1, mask: Others);
        await member.PrepareAsync(E(1), version: 0, mask: All);
        await member.PrepareAsync(E(1), version: 1, mask: All);
        Assert.Equal(Sealed(E(1), 1, Others), member.Record.Sealed);

        await member.WriteAsync(E(1), (3, 31), (4, 41));
        await member.PrepareAsync(E(1), version: 2, mask: All);
        Assert.Equal(Sealed(E(1), 2), member.Record.Sealed);
        await member.RestartAsync();
        Assert.Equal(Sealed(E(1), 2), member.Record.Sealed);
        await member.ExpectAsync((3, 30), (4, 0));
    });

    [Fact]
    public Task A_late_write_to_a_sealed_or_committed_epoch_has_no_effect() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.WriteAsync(E(1), (3, 30));
        await member.PrepareAsync(E(1));
        await member.WriteAsync(E(1), (3, 31), (4, 41));
        await member.ExpectAsync((3, 30), (4, 0));

        await member.CommitAsync(E(1));
        await member.WriteAsync(E(1), (3, 31), (4, 41));
        await member.ExpectAsync((3, 30), (4, 0));
        await member.RestartAsync();
        await member.WriteAsync(E(1), (3, 31), (4, 41));
        await member.ExpectAsync((3, 30), (4, 0));
    });

    [Fact]
    public Task While_one_epoch_awaits_its_decision_the_next_is_written_over_it() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.WriteAsync(E(1), (3, 30), (4, 40));
        await member.PrepareAsync(E(1));
        await member.WriteAsync(E(2), (3, 31));
        await member.ExpectAsync((3, 31), (4, 40));

        await member.RestartAsync();
        await member.ExpectAsync((3, 30), (4, 40));
    });

    [Fact]
    public Task An_empty_epoch_leaves_the_open_one_behind_it_alone() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.WriteAsync(E(2), (3, 30));
        await member.PrepareAsync(E(1));
        await member.PrepareAsync(E(2));
        await member.CommitAsync(E(2));
        await member.ExpectAsync((3, 30));
    });

    // Committing it.

    [Fact]
    public Task A_commit_makes_the_sealed_epoch_history() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 30), (4, 40));
        Assert.Equal(E(1), member.Record.Self);
        Assert.Equal(Decision(E(1), E(1)), member.Record.View);
        Assert.Null(member.Record.Sealed);

        string before = await member.DescribeAsync();
        await member.RestartAsync();
        Assert.Equal(before, await member.DescribeAsync());
        await member.ExpectAsync((3, 30), (4, 40));
    });

    [Fact]
    public Task An_epoch_that_does_not_count_on_the_member_does_not_complete_it() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 30));
        await member.WriteAsync(E(2), (4, 40));
        await member.PrepareAsync(E(2), version: 3, mask: Others);
        await member.CommitAsync(E(2));
        Assert.Equal(E(1), member.Record.Self);
        Assert.Equal(Decision(E(2), E(2), 3, Others), member.Record.View);
        await member.ExpectAsync((3, 30), (4, 40));
    });

    [Fact]
    public Task The_next_prepare_commits_the_epoch_before() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.WriteAsync(E(1), (3, 30), (4, 40));
        await member.PrepareAsync(E(1));
        await member.WriteAsync(E(2), (3, 31));
        await member.PrepareAsync(E(2));
        Assert.Equal(E(1), member.Record.Self);
        Assert.Equal(Sealed(E(2)), member.Record.Sealed);

        string before = await member.DescribeAsync();
        await member.RestartAsync();
        Assert.Equal(before, await member.DescribeAsync());
        await member.ExpectAsync((3, 31), (4, 40));
    });

    [Fact]
    public Task A_prepare_that_leaves_another_epoch_pending_is_refused() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.WriteAsync(E(1), (3, 30));
        await member.PrepareAsync(E(1));
        await member.WriteAsync(E(3), (3, 32));
        foreach (Epoch previous in (Epoch[])[Epoch.None, E(2), E(3)])
        {
            Assert.Equal(
                CallStatus.Mismatch,
                await member.Store.PrepareAsync(member.Claim, Sealed(E(3)), previous, member.DigestOf(E(3))));
        }

        Assert.Equal(Sealed(E(1)), member.Record.Sealed);
        await member.PrepareAsync(E(3));
        Assert.Equal(E(1), member.Record.Self);
    });

    [Fact]
    public Task A_commit_of_what_is_not_sealed_or_committed_already_has_no_effect() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 30));
        await member.WriteAsync(E(2), (3, 31));
        await member.PrepareAsync(E(2));
        string before = await member.DescribeAsync();
        await member.CommitAsync(E(1));
        await member.CommitAsync(E(3));
        Assert.Equal(before, await member.DescribeAsync());

        await member.CommitAsync(E(2));
        before = await member.DescribeAsync();
        await member.CommitAsync(E(2));
        await member.PrepareAsync(E(2), version: 5);
        Assert.Equal(before, await member.DescribeAsync());
        Assert.Equal(2, member.Tally.EpochsCommitted);
    });

    // Decisions of a recovery.

    [Fact]
    public Task A_decision_for_the_sealed_epoch_keeps_it_until_it_is_committed() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 30));
        await member.WriteAsync(E(2), (3, 31));
        await member.PrepareAsync(E(2));
        await member.RestartAsync();
        await member.OwnAsync(2, decided: E(2));
        Assert.Equal(Sealed(E(2)), member.Record.Sealed);
        Assert.Equal(E(1), member.Record.Self);
        Assert.Equal(Decision(E(2, 0), E(2)), member.Record.View);
        await member.ExpectAsync((3, 31));

        await member.RestartAsync();
        Assert.Equal(Sealed(E(2)), member.Record.Sealed);
        await member.CommitAsync(E(2));
        Assert.Equal(E(2), member.Record.Self);
        Assert.Equal(Decision(E(2, 0), E(2)), member.Record.View);
    });

    [Fact]
    public Task A_decision_against_the_sealed_epoch_drops_it() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 30));
        await member.WriteAsync(E(2), (3, 31), (4, 41));
        await member.PrepareAsync(E(2));
        await member.OwnAsync(2, decided: E(1));
        Assert.Null(member.Record.Sealed);
        await member.ExpectAsync((3, 30), (4, 0));

        // Nor does it come back: not by a commit that is late, nor by a start.
        await member.CommitAsync(E(2));
        await member.RestartAsync();
        Assert.Null(member.Record.Sealed);
        Assert.Equal(E(1), member.Record.Self);
        await member.ExpectAsync((3, 30), (4, 0));
    });

    [Fact]
    public Task A_decision_that_is_not_newer_has_no_effect() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (3, 30));
        await member.OwnAsync(2, decided: E(1));
        await member.WriteAsync(E(2, 1), (3, 31));
        await member.PrepareAsync(E(2, 1));
        string before = await member.DescribeAsync();
        await member.RecordAsync(Decision(E(2, 0), E(1)));
        await member.RecordAsync(Decision(E(2, 0), Epoch.None, mask: Others));
        await member.RecordAsync(Decision(E(1), E(1), version: 7));
        Assert.Equal(before, await member.DescribeAsync());
    });

    [Fact]
    public Task A_decision_leaves_the_open_epoch_alone() => Tell(async member =>
    {
        await member.OpenAsync(1);
        await member.WriteAsync(E(1), (3, 30));
        await member.RecordAsync(Decision(E(0), Epoch.None));
        await member.PrepareAsync(E(1));
        await member.ExpectAsync((3, 30));
    });

    /// <summary>Tells a story of a process with an empty folder.</summary>
    protected abstract Task TellOfFolder(Func<ProcessWithDisk, Task> story);

    /// <summary>Tells a story of a member that was just formatted and started.</summary>
    private Task Tell(Func<OneMember, Task> story, int rows = Rows) =>
        TellOfFolder(async process => await story(await FormatAsync(process, rows)));
}

public sealed class StoreContractInSimulation : StoreContract
{
    protected override Task TellOfFolder(Func<ProcessWithDisk, Task> story) => SimulatedProcess.Tell(story);
}

public sealed class StoreContractInProduction : StoreContract
{
    protected override Task TellOfFolder(Func<ProcessWithDisk, Task> story) => RealProcess.Tell(story);
}
