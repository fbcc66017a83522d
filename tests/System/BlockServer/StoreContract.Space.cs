using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using static Raid5Fs.Tests.BlockServer.OneMember;

namespace Raid5Fs.Tests.BlockServer;

/// <content>Scans, slots, the log and its checkpoints.</content>
public abstract partial class StoreContract
{
    [Fact]
    public Task A_scan_finds_what_was_written_after_an_epoch_committed_sealed_or_open() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), (0, 1), (10, 1), (20, 1));
        await member.CommitAsync(E(2), (10, 2), (30, 2));
        await member.WriteAsync(E(3), (20, 3), (40, 3));
        await member.PrepareAsync(E(3));
        await member.WriteAsync(E(4), (40, 4), (69, 4));

        Assert.Equal([(0, 1), (10, 2), (20, 3), (30, 2), (40, 4), (69, 4)], Found(Epoch.None));
        Assert.Equal([(10, 2), (20, 3), (30, 2), (40, 4), (69, 4)], Found(E(1)));
        Assert.Equal([(20, 3), (40, 4), (69, 4)], Found(E(2)));
        Assert.Equal([(40, 4), (69, 4)], Found(E(3)));
        Assert.Empty(Found(E(4)));
        Assert.Equal([(10, 2), (30, 2)], Found(E(1), committedOnly: true));

        await member.RestartAsync();
        Assert.Equal([(20, 3), (40, 3)], Found(E(2)));

        (long, ulong)[] Found(Epoch since, bool committedOnly = false) =>
        [
            .. member.Store.Scan(since, new Row(0), committedOnly, Rows).Rows
                .Select(found => (found.Row.Value, found.Epoch.Number)),
        ];
    });

    [Fact]
    public Task A_scan_goes_on_where_the_last_answer_ended() => Tell(async member =>
    {
        await member.OwnAsync(1);
        await member.CommitAsync(E(1), [.. Enumerable.Range(0, 25).Select(i => (i * 2, i + 1))]);
        List<long> rows = [];
        var from = new Row(0);
        int answers = 0;
        while (from.Value < Rows)
        {
            (List<(Row Row, Epoch Epoch)> found, Row next) = member.Store.Scan(Epoch.None, from, committedOnly: false, limit: 10);
            Assert.True(found.Count <= 10 && next > from);
            rows.AddRange(found.Select(one => one.Row.Value));
            from = next;
            answers++;
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(i => i * 2L), rows);
        Assert.Equal(3, answers);
        (List<(Row, Epoch)> beyond, Row end) = member.Store.Scan(Epoch.None, new Row(Rows), committedOnly: false, limit: 10);
        Assert.Empty(beyond);
        Assert.Equal(new Row(Rows), end);
    });

    [Fact]
    public Task With_one_epoch_committed_one_sealed_and_one_open_every_row_can_be_written_once_more() => Tell(async member =>
    {
        await FillAsync(member);
        for (int plus = 4000; plus < 7000; plus += 1000)
        {
            await member.WriteRangeAsync(E(3), 0, Rows, plus);
        }

        await member.ExpectAsync((0, 6000), (Rows - 1, Rows - 1 + 6000));
        await member.PrepareAsync(E(3));
        await member.RestartAsync();
        await member.ExpectAsync((0, 6000), (Rows - 1, Rows - 1 + 6000));
    });

    [Fact]
    public Task A_member_without_a_free_slot_says_so_and_loses_nothing() => Tell(async member =>
    {
        await FillAsync(member);

        // All rows are under way once more: that is what there is room for.
        Task<CallStatus> underWay = member.TryWriteAsync(E(3), Versions(0, Rows, plus: 4000));
        Assert.Equal(CallStatus.NoSpace, await member.TryWriteAsync(E(3), (5, 5)));
        Assert.Equal(CallStatus.Ok, await underWay);
        await member.ExpectAsync((4, 4004), (5, 4005), (6, 4006));

        await member.WriteAsync(E(3), (5, 5));
        await member.PrepareAsync(E(3));
        await member.ExpectAsync((4, 4004), (5, 5), (6, 4006));
        await member.RestartAsync();
        await member.ExpectAsync((4, 4004), (5, 5), (6, 4006));
    });

    [Fact]
    public Task Half_a_write_for_which_there_is_no_room_takes_none() => Tell(async member =>
    {
        await FillAsync(member);
        Task<CallStatus> underWay = member.TryWriteAsync(E(3), Versions(5, Rows - 5, plus: 4000));
        Task<CallStatus> half = member.TryWriteAsync(E(3), [.. Enumerable.Range(0, 6).Select(row => (row, 6))]);
        Task<CallStatus> rest = member.TryWriteAsync(E(3), Versions(0, 5, plus: 4000));
        Assert.Equal((CallStatus.Ok, CallStatus.NoSpace, CallStatus.Ok), (await underWay, await half, await rest));
        await member.ExpectAsync((0, 4000), (Rows - 1, Rows - 1 + 4000));
    });

    [Fact]
    public Task However_an_epoch_ends_its_slots_come_back() => Tell(async member =>
    {
        // Each generation writes every row in two epochs, and once more: there is no room for anything that was lost.
        for (uint generation = 1; generation <= 5; generation++)
        {
            await member.OwnAsync(generation, decided: member.Record.Self);
            await member.WriteRangeAsync(E(generation, 1), 0, Rows, plus: 100);
            await member.PrepareAsync(E(generation, 1));
            switch (generation)
            {
                case 1:
                    await member.CommitAsync(E(1, 1));
                    break;
                case 2:
                    await member.JoinAsync(1, Decision(E(2, 1), E(2, 1)));
                    break;
                case 3:
                    await member.JoinAsync(2, Decision(E(3, 1), E(2, 1)));
                    break;
            }

            Assert.Equal(CallStatus.Ok, await member.TryWriteAsync(E(generation, 2), 1, Versions(0, Rows, plus: 200)));
            Assert.Equal(CallStatus.Ok, await member.TryWriteAsync(E(generation, 2), 1, Versions(0, Rows, plus: 200)));
            Assert.Equal(CallStatus.Ok, await member.TryWriteAsync(E(generation, 2), 2, Versions(0, Rows, plus: 300)));
        }

        await member.PrepareAsync(E(5, 2));
        await member.WriteRangeAsync(E(5, 3), 0, Rows, plus: 500);
        await member.ExpectAsync((0, 500), (Rows - 1, Rows - 1 + 500));
    });

    [Fact]
    public Task A_long_log_gives_way_to_a_checkpoint_and_all_is_as_before() => Tell(
        async member =>
        {
            const int epochRows = 1152;
            await member.OwnAsync(1);
            ulong epoch = 0;
            while (member.Tally.Checkpoints == 0)
            {
                await member.WriteRangeAsync(E(++epoch), (int)(epoch * 100) % 800, epochRows, plus: (int)epoch * 10_000);
                await member.PrepareAsync(E(epoch));
                await member.Store.Checkpointing;
            }

            Assert.True(epoch > 2, "the log was never long");
            string before = await member.DescribeAsync();
            Assert.Equal(
                ["checkpoint", "log.2", "slots", "superblock"], (await member.Disk.ListAsync()).Value);
            await member.RestartAsync();
            Assert.Equal(before, await member.DescribeAsync());

            // And it goes on: what comes behind the checkpoint is replayed over it.
            await member.CommitAsync(E(epoch));
            await member.CommitAsync(E(epoch + 1), (0, 1), (1999, 2));
            before = await member.DescribeAsync();
            await member.RestartAsync();
            Assert.Equal(before, await member.DescribeAsync());
        },
        rows: 2000);

    [Fact]
    public Task A_block_costs_at_most_64_bytes_of_log() => Tell(
        async member =>
        {
            await member.OwnAsync(1);
            long records = member.Tally.LogRecordBytes;
            long bytes = member.Tally.LogBytes;
            await member.WriteRangeAsync(E(1), 0, 1152, plus: 1);
            await member.PrepareAsync(E(1));
            await member.CommitAsync(E(1));
            Assert.InRange(member.Tally.LogRecordBytes - records, 16 * 1152, (16 * 1152) + 64);
            Assert.InRange(member.Tally.LogBytes - bytes, 16 * 1152, 20 * 1152);

            // Padding and all, an epoch of a stripe or two stays within it.
            bytes = member.Tally.LogBytes;
            await member.WriteRangeAsync(E(2), 0, 16, plus: 2);
            await member.PrepareAsync(E(2));
            await member.WriteRangeAsync(E(3), 0, 16, plus: 3);
            await member.PrepareAsync(E(3));
            Assert.InRange(member.Tally.LogBytes - bytes, 1, 2 * 16 * 64);
            Assert.Equal((3, 2), (member.Tally.EpochsSealed, member.Tally.EpochsCommitted));
        },
        rows: 2000);

    /// <summary>One epoch is committed, one sealed and one open, all of them of every row.</summary>
    private static async Task FillAsync(OneMember member)
    {
        await member.OwnAsync(1);
        await member.WriteRangeAsync(E(1), 0, Rows, plus: 1000);
        await member.PrepareAsync(E(1));
        await member.CommitAsync(E(1));
        await member.WriteRangeAsync(E(2), 0, Rows, plus: 2000);
        await member.PrepareAsync(E(2));
        await member.WriteRangeAsync(E(3), 0, Rows, plus: 3000);
    }

    private static (int Row, int Version)[] Versions(int first, int count, int plus) =>
        [.. Enumerable.Range(first, count).Select(row => (row, row + plus))];
}
