using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.Raid;

public sealed class Raid5ArrayTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(32)]
    public void What_was_written_is_read_back_and_all_rows_add_up(int members) =>
        ArrayStory.Tell(members, async array =>
        {
            await array.Fill(version: 1);
            await array.Expect(0, version: 1, blocks: (int)array.Array.BlockCount);
            await array.WriteWell(3, version: 2, blocks: 4);
            await array.Expect(0, version: 1, blocks: 3);
            await array.Expect(3, version: 2, blocks: 4);
            await array.Expect(7, version: 1);
            await array.ExpectClean();
        });

    [Fact]
    public void Blocks_never_written_are_zeros() =>
        ArrayStory.Tell(3, async array =>
        {
            byte[] found = ArrayStory.Content(0, 1, blocks: 6);
            Assert.Equal(Errno.OK, await array.Array.ReadAsync(new BlockAddress(4), found));
            Assert.True(found.All(b => b == 0));
            await array.ExpectClean();
        });

    [Fact]
    public void A_corrupt_block_is_rebuilt_and_healed() =>
        ArrayStory.Tell(4, async array =>
        {
            await array.Fill(version: 1);
            array.HolderOf(5).Corrupt(array.RowOf(5));
            await array.Expect(5, version: 1);
            Assert.Equal((1, 1), (array.Counters.DegradedReads, array.Counters.Heals));

            // Healed on the disk: the next read is an ordinary one.
            await array.Expect(5, version: 1);
            Assert.Equal(1, array.Counters.DegradedReads);
            await array.ExpectClean();
        });

    [Fact]
    public void A_server_that_dies_is_done_without_and_is_refilled_when_it_returns() =>
        ArrayStory.Tell(5, async array =>
        {
            await array.Fill(version: 1);
            await array.HolderOf(0).CrashDuringWrite(0, version: 2);
            await array.WriteWell(6, version: 3, blocks: 20);
            await array.Expect(0, version: 2);
            await array.Expect(6, version: 3, blocks: 20);
            await array.CommitWell();

            array.HolderOf(0).Restart();
            await array.UntilInSync();
            Assert.True(array.Counters.RefilledRows > 0);
            await array.Expect(0, version: 2);
            await array.Expect(6, version: 3, blocks: 20);
            await array.ExpectClean();
        });
}
