using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

public sealed class ScrubTests
{
    [Fact]
    public void A_scrub_heals_what_nobody_read_and_a_second_one_finds_nothing() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        array.Server(0).Corrupt(new Row(3));
        array.Server(1).MakeUnreadable(new Row(4));
        array.Server(3).Corrupt(new Row(19));
        ScrubReport report = await array.Array.ScrubAsync();
        Assert.Equal(
            [(3, 0), (4, 1), (19, 3)],
            report.Findings.Select(finding => (finding.Row.Value, finding.Members.Single().Value)));
        Assert.All(report.Findings, finding => Assert.Equal(ScrubFindingKind.Healed, finding.Kind));
        Assert.Equal("row 3 is Healed: member 0", $"{report.Findings[0]}");
        Assert.Equal(3, array.Counters.Heals);
        await array.ExpectClean();
        await array.Expect(0, 1, (int)array.Array.BlockCount);
    });

    /// <summary>The next client goes on where the report says that it stopped.</summary>
    [Fact]
    public void A_scrub_that_was_stopped_goes_on_where_it_was() => ArrayStory.Tell(
        4,
        async array =>
        {
            await array.Fill(version: 1);
            array.Server(0).Corrupt(new Row(1));
            array.Server(1).Corrupt(new Row(19));
            using var stop = new CancellationTokenSource();
            Task<ScrubReport> scrub = array.Array.ScrubAsync(stop: stop.Token);
            await array.Pause(1.5);
            Assert.False(scrub.IsCompleted);
            stop.Cancel();
            ScrubReport first = await scrub;
            Assert.Equal((8, new Row(8)), (first.Rows, first.Next));
            Assert.Equal(new Row(1), Assert.Single(first.Findings).Row);

            await array.Array.CloseAsync();
            Assert.Equal(Errno.OK, await array.OpenAsync());
            ScrubReport rest = await array.Array.ScrubAsync(first.Next);
            Assert.Equal((ArrayStory.Rows - 8, new Row(ArrayStory.Rows)), (rest.Rows, rest.Next));
            Assert.Equal(new Row(19), Assert.Single(rest.Findings).Row);
            await array.ExpectClean();

            ScrubReport none = await array.Array.ScrubAsync(rest.Next);
            Assert.Equal((0, rest.Next), (none.Rows, none.Next));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => array.Array.ScrubAsync(new Row(21)));
        },
        options: new ArrayOptions { BackgroundRows = 4, ScrubRate = 4 });

    /// <summary>An epoch of a large array has room for all that its user may write, and for some rows beside.</summary>
    [Fact]
    public void However_many_rows_a_scrub_is_to_take_at_a_time_they_fit_beside_what_users_write() => ArrayStory.Tell(
        3,
        async array =>
        {
            using var stop = new CancellationTokenSource();
            Task<ScrubReport> scrub = array.Array.ScrubAsync(stop: stop.Token);
            await array.Pause(1);
            stop.Cancel();
            Assert.Equal(144, (await scrub).Rows);
        },
        options: new ArrayOptions { BackgroundRows = 1024, ScrubRate = 10 },
        rows: 1400);

    [Fact]
    public void A_misdirected_write_is_one_bad_unit_in_each_of_two_rows() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);

        // What was meant for row 3 stands in row 7, and row 3 is as it was: in both, data and table disagree.
        array.Server(1).Corrupt(new Row(3));
        array.Server(1).Corrupt(new Row(7));
        await array.Expect(0, 1, (int)array.Array.BlockCount);
        await array.Array.ScrubAsync();
        await array.ExpectClean();
    });

    [Fact]
    public void With_a_member_away_the_rest_is_verified_and_nothing_is_called_clean() =>
        ArrayStory.Tell(4, async array =>
        {
            await array.Fill(version: 1);
            await array.HolderOf(0).CrashDuringWrite(0, version: 2);
            ScrubReport report = await array.Array.ScrubAsync();
            Assert.Empty(report.Findings);
            Assert.Equal(ArrayStory.Rows, report.UnverifiedRows);
            Assert.False(report.IsClean);
        });

    [Fact]
    public void Damage_beside_an_absent_member_is_reported_and_left_alone() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        await array.HolderOf(0).CrashDuringWrite(0, version: 2);
        int other = (array.HolderOf(0).Member + 1) % array.Members;
        array.Server(other).Corrupt(new Row(11));
        ScrubReport report = await array.Array.ScrubAsync();
        Assert.Equal(ScrubFindingKind.Unrecoverable, Assert.Single(report.Findings).Kind);

        // With the member back there is one bad unit left, and that is mended.
        array.HolderOf(0).Restart();
        await array.UntilInSync();
        await array.Array.ScrubAsync();
        await array.ExpectClean();
        await array.Expect(1, 1, (int)array.Array.BlockCount - 1);
    });

    [Fact]
    public void A_row_of_sound_units_that_does_not_add_up_is_reported_and_not_touched() =>
        ArrayStory.Tell(4, async array =>
        {
            await array.Fill(version: 1);

            // Somebody else writes to one server: its own checksum is right, the row's sum is not.
            byte[] other = ArrayStory.Content(0, 77);
            MemberStore store = array.HolderOf(0).Store;
            CallStatus written = await store.WriteAsync(
                store.Record.Promised,
                array.Array.Status.Decided.Next(),
                [new NewBlock(array.RowOf(0), Sequence: 1, other, Checksum.Of(other))]);
            Assert.Equal(CallStatus.Ok, written);
            for (int scrub = 0; scrub < 2; scrub++)
            {
                ScrubFinding finding = Assert.Single((await array.Array.ScrubAsync()).Findings);
                Assert.Equal((array.RowOf(0), ScrubFindingKind.Inconsistent), (finding.Row, finding.Kind));
                Assert.Equal(
                    "row 0 is Inconsistent: all members were read, the unit of each matches its checksum", $"{finding}");
            }

            Assert.Equal(0, array.Counters.Heals);
            await array.Expect(0, 77);
        });

    [Fact]
    public void A_scrub_during_load_disturbs_nobody() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        Task<ScrubReport> scrub = array.Array.ScrubAsync();
        for (int version = 2; version < 20; version++)
        {
            await array.WriteWell(version, version, blocks: 5);
            await array.Expect(version, version, blocks: 5);
        }

        Assert.True((await scrub).IsClean);
    });
}
