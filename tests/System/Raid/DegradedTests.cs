using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

/// <summary>One member of the array is away, or gives nothing to be trusted.</summary>
public sealed class DegradedTests
{
    [Fact]
    public void A_block_whose_server_is_away_lives_in_the_parity() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        await array.HolderOf(9).CrashDuringWrite(9, version: 2);

        // Its old content cannot be read, so the parity is made from the rest of the row.
        Assert.Equal(
            new(Calls: 3 + 1, BlocksRead: 3, BlocksWritten: 1), await array.CostOf(() => array.WriteWell(9, 3)));
        await array.Expect(9, 3);
        Assert.Equal(1, array.Counters.DegradedReads);
    });

    [Fact]
    public void Without_the_parity_server_data_is_written_alone() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        await array.ParityOf(9).CrashDuringWrite(9, version: 2);
        Assert.Equal(new(Calls: 1, BlocksRead: 0, BlocksWritten: 1), await array.CostOf(() => array.WriteWell(9, 3)));
        Assert.Equal(1, array.Counters.DataOnlyWrites);
        await array.Expect(9, 3);
        await array.CommitWell();

        array.ParityOf(9).Restart();
        await array.UntilInSync();
        await array.ExpectClean();
    });

    [Fact]
    public void A_write_beside_an_absent_block_keeps_that_block() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);

        // The blocks of one row: 0 to 6 in steps of a chunk.
        const int Absent = 2 * ArrayStory.ChunkBlocks;
        await array.HolderOf(Absent).CrashDuringWrite(Absent, version: 2);
        await array.WriteWell(0, version: 3);
        await array.Expect(Absent, 2);
        await array.Expect(0, 3);
    });

    [Fact]
    public void A_stripe_over_an_absent_server_is_kept_as_a_whole() => ArrayStory.Tell(4, async array =>
    {
        await array.HolderOf(0).CrashDuringWrite(0, version: 1);
        await array.Fill(version: 2);
        await array.Expect(0, 2, (int)array.Array.BlockCount);
        array.HolderOf(0).Restart();
        await array.UntilInSync();
        await array.ExpectClean();
        await array.Expect(0, 2, (int)array.Array.BlockCount);
    });

    [Fact]
    public void A_corrupt_source_is_mended_before_it_enters_a_parity() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        array.HolderOf(9).Corrupt(array.RowOf(9));
        await array.WriteWell(9, version: 2);
        Assert.Equal(1, array.Counters.MendedWrites);
        await array.Expect(9, 2);
        await array.ExpectClean();
    });

    [Fact]
    public void A_corrupt_parity_is_mended_before_it_is_changed() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        array.ParityOf(9).MakeUnreadable(array.RowOf(9));
        await array.WriteWell(9, version: 2);
        Assert.Equal(1, array.Counters.MendedWrites);
        await array.ExpectClean();
    });

    [Fact]
    public void Two_bad_units_are_EIO_exactly_there_and_the_neighbours_stay_readable() =>
        ArrayStory.Tell(5, async array =>
        {
            await array.Fill(version: 1);
            Row row = array.RowOf(0);
            const int Second = ArrayStory.ChunkBlocks;
            Assert.Equal(row, array.RowOf(Second));
            array.HolderOf(0).Corrupt(row);
            array.HolderOf(Second).MakeUnreadable(row);

            for (long block = 0; block < array.Array.BlockCount; block++)
            {
                if (block is 0 or Second)
                {
                    Assert.Equal(Errno.EIO, await array.Read(block));
                }
                else
                {
                    await array.Expect(block, 1);
                }
            }

            ScrubReport report = await array.Array.ScrubAsync();
            ScrubFinding finding = Assert.Single(report.Findings);
            Assert.Equal((row, ScrubFindingKind.Unrecoverable), (finding.Row, finding.Kind));
            Assert.Equal(
                new[] { array.HolderOf(0).Member, array.HolderOf(Second).Member }.Order(),
                finding.Members.Select(member => member.Value));

            // The rest of the row can still be written, and a write of one bad block is refused, not half done.
            await array.WriteWell(2 * ArrayStory.ChunkBlocks, version: 2);
            await array.Expect(2 * ArrayStory.ChunkBlocks, 2);
            Assert.Equal(Errno.EIO, await array.Write(0, version: 2));
            Assert.Equal(Errno.EIO, await array.Read(0));

            // Writing them all makes the row whole.
            await array.WriteWell(0, version: 3, blocks: (int)array.Geometry.StripeBlocks);
            await array.Expect(0, 3, (int)array.Geometry.StripeBlocks);
            await array.ExpectClean();
        });

    [Fact]
    public void With_two_servers_away_what_the_others_hold_is_served_and_comes_to_no_harm() =>
        ArrayStory.Tell(5, async array =>
        {
            await array.Fill(version: 1);
            await array.HolderOf(0).CrashDuringWrite(0, version: 2);
            const int Second = ArrayStory.ChunkBlocks;
            array.HolderOf(Second).Crash();
            Assert.Equal(Errno.EIO, await array.Read(Second));
            Assert.Equal(Errno.EIO, await array.Write(Second, version: 3));
            await array.Expect(2 * ArrayStory.ChunkBlocks, 1);
            await array.WriteWell(2 * ArrayStory.ChunkBlocks, version: 4);

            array.HolderOf(0).Restart();
            array.HolderOf(Second).Restart();
            await array.Pause(5);
            await array.CommitWell();
            await array.UntilInSync();
            await array.Expect(0, 2);
            await array.Expect(Second, 1);
            await array.Expect(2 * ArrayStory.ChunkBlocks, 4);
            await array.ExpectClean();
        });

    [Fact]
    public void A_block_never_written_on_an_absent_server_is_zeros() => ArrayStory.Tell(3, async array =>
    {
        await array.HolderOf(0).CrashDuringWrite(0, version: 1);
        byte[] found = ArrayStory.Content(0, 9);
        Assert.Equal(Errno.OK, await array.Array.ReadAsync(new BlockAddress(1), found));
        Assert.Equal(new byte[ArrayStory.BlockSize], found);
    });

    /// <summary>A server tries other slots before it gives a block up.</summary>
    private const int WritesUntilRefused = 3;

    [Fact]
    public void A_heal_that_the_disk_refuses_is_not_counted_as_one() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        array.HolderOf(5).Corrupt(array.RowOf(5));
        array.HolderOf(5).Host.Disk.FailWrites(WritesUntilRefused);
        await array.Expect(5, 1);
        Assert.Equal((0, 1), (array.Counters.Heals, array.Counters.FailedHeals));

        // It is done without now, joins again, and has it refilled when the disk is well.
        await array.UntilInSync();
        await array.Expect(5, 1);
        await array.ExpectClean();
    });

    [Fact]
    public void A_write_that_one_disk_refuses_is_kept_by_the_others() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        array.HolderOf(5).Host.Disk.FailWrites(WritesUntilRefused);
        await array.WriteWell(5, version: 2);
        await array.Expect(5, 2);
        await array.CommitWell();
        await array.UntilInSync();
        await array.Expect(5, 2);
        await array.ExpectClean();
    });

    [Fact]
    public void Where_a_disk_refuses_one_of_many_blocks_the_others_are_written() => ArrayStory.Tell(4, async array =>
    {
        await array.Fill(version: 1);
        array.Server(2).Host.Disk.FailWrites(WritesUntilRefused);
        await array.Fill(version: 2);
        await array.Expect(0, 2, (int)array.Array.BlockCount);
        await array.UntilInSync();
        await array.ExpectClean();
    });
}
