using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using static Raid5Fs.Tests.BlockServer.OnOneServer;

namespace Raid5Fs.Tests.BlockServer;

public sealed class MemberStoreTests
{
    [Fact]
    public void What_was_acknowledged_survives_a_crash_and_the_rest_was_never_written() => Tell(async server =>
    {
        MemberStore store = await server.FormatAndOpenAsync();
        Assert.Equal(Errno.OK, await store.WriteAsync(1, [Block(3, 1), Block(4, 2), Block(40, 3)]));
        store = await server.CrashAndOpenAsync();
        await Expect(store, 3, 1);
        await Expect(store, 4, 2);
        await Expect(store, 40, 3);
        Assert.Equal(StoredBlockState.NeverWritten, await StateOf(store, 5));
        Assert.Equal(Geometry, store.Geometry);
    });

    [Fact]
    public void A_flipped_bit_is_corrupt_and_a_dead_sector_unreadable_until_written_again() => Tell(async server =>
    {
        MemberStore store = await server.FormatAndOpenAsync();
        await store.WriteAsync(1, [Block(0, 1), Block(1, 2), Block(2, 3)]);
        server.Data.FlipBit((1 * BlockSize) + 5, 0);
        server.Data.MakeUnreadable(2 * BlockSize, BlockSize);

        // All in one call: the bad ones do not take the good one along.
        StoredBlock[] blocks = await store.ReadAsync([new Row(0), new Row(1), new Row(2)]);
        Assert.Equal(
            [StoredBlockState.Good, StoredBlockState.Corrupt, StoredBlockState.Unreadable],
            blocks.Select(block => block.State));

        await store.WriteAsync(2, [Block(1, 4), Block(2, 5)]);
        await Expect(store, 1, 4);
        await Expect(store, 2, 5);
    });

    [Fact]
    public void Rot_in_a_block_that_was_never_written_is_found_too() => Tell(async server =>
    {
        MemberStore store = await server.FormatAndOpenAsync();
        server.Data.FlipBit(7 * BlockSize, 7);
        Assert.Equal(StoredBlockState.Corrupt, await StateOf(store, 7));
    });

    [Fact]
    public void A_damaged_table_sector_costs_its_rows_and_no_others() => Tell(async server =>
    {
        MemberStore store = await server.FormatAndOpenAsync();
        await store.WriteAsync(1, [Block(0, 1), Block(31, 2), Block(32, 3)]);
        server.Table.FlipBit(100, 4);
        store = await server.CrashAndOpenAsync();
        Assert.Equal(1, store.DamagedTableGroups);
        Assert.Equal(StoredBlockState.Unreadable, await StateOf(store, 0));
        Assert.Equal(StoredBlockState.Unreadable, await StateOf(store, 15));
        Assert.Equal(StoredBlockState.Unreadable, await StateOf(store, 31));
        await Expect(store, 32, 3);

        // Writing one row of the group does not make the others trusted, not even after a restart.
        await store.WriteAsync(1, [Block(0, 4)]);
        store = await server.CrashAndOpenAsync();
        Assert.Equal(0, store.DamagedTableGroups);
        await Expect(store, 0, 4);
        Assert.Equal(StoredBlockState.Unreadable, await StateOf(store, 15));
        Assert.Equal(StoredBlockState.Unreadable, await StateOf(store, 31));
    });

    [Fact]
    public void An_unreadable_table_sector_costs_its_rows_and_no_others() => Tell(async server =>
    {
        MemberStore store = await server.FormatAndOpenAsync();
        await store.WriteAsync(1, [Block(0, 1), Block(40, 2), Block(69, 3)]);
        server.Table.MakeUnreadable(512, 512);
        store = await server.CrashAndOpenAsync();
        await Expect(store, 0, 1);
        Assert.Equal(StoredBlockState.Unreadable, await StateOf(store, 40));
        await Expect(store, 69, 3);
    });

    [Fact]
    public void A_late_duplicate_changes_nothing_and_a_repetition_is_done_once() => Tell(async server =>
    {
        MemberStore store = await server.FormatAndOpenAsync();
        Assert.Equal(Errno.OK, await store.WriteAsync(5, [Block(1, 1)]));
        Assert.Equal(Errno.OK, await store.WriteAsync(9, [Block(1, 2)]));
        Assert.Equal(Errno.OK, await store.WriteAsync(5, [Block(1, 1), Block(2, 3)]));
        Assert.Equal(Errno.OK, await store.WriteAsync(9, [Block(1, 2)]));
        await Expect(store, 1, 2);
        await Expect(store, 2, 3);
        Assert.Equal(2, store.SupersededBlocks);
        Assert.Equal(9UL, store.HighestSequence);
    });

    [Fact]
    public void After_a_failed_write_the_block_is_unreadable_until_the_repetition() => Tell(async server =>
    {
        MemberStore store = await server.FormatAndOpenAsync();
        await store.WriteAsync(1, [Block(1, 1), Block(2, 2)]);
        server.Host.Disk.FailWrites(1);
        Assert.Equal(Errno.EIO, await store.WriteAsync(2, [Block(1, 3)]));
        Assert.Equal(StoredBlockState.Unreadable, await StateOf(store, 1));
        await Expect(store, 2, 2);
        Assert.Equal(Errno.OK, await store.WriteAsync(2, [Block(1, 3)]));
        await Expect(store, 1, 3);
    });

    [Fact]
    public void Reads_and_writes_of_one_row_take_turns() => Tell(async server =>
    {
        MemberStore store = await server.FormatAndOpenAsync();
        Task<Errno> first = store.WriteAsync(1, [Block(1, 1)]);
        Task<StoredBlock[]> between = store.ReadAsync([new Row(1)]);
        Task<Errno> second = store.WriteAsync(2, [Block(1, 2)]);
        await Task.WhenAll(first, between, second);
        Assert.True((await between)[0].Content.Span.SequenceEqual(Content(1)));
        await Expect(store, 1, 2);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_crash_during_a_write_leaves_that_block_old_new_or_corrupt_and_all_others_alone(int crashAfter) =>
        Tell(
            async server =>
            {
                MemberStore store = await server.FormatAndOpenAsync();
                for (int row = 0; row < Rows; row++)
                {
                    await store.WriteAsync((ulong)row + 1, [Block(row, row)]);
                }

                Task<Errno> write = store.WriteAsync(1000, [Block(8, 100), Block(33, 101)]);
                await Task.Delay(TimeSpan.FromMicroseconds(60 * crashAfter), server.World.Clock);
                bool acknowledged = write.IsCompleted;
                store = await server.CrashAndOpenAsync();
                for (int row = 0; row < Rows; row++)
                {
                    if (row is not (8 or 33))
                    {
                        await Expect(store, row, row);
                    }
                    else if (acknowledged)
                    {
                        await Expect(store, row, row == 8 ? 100 : 101);
                    }
                    else
                    {
                        StoredBlock block = (await store.ReadAsync([new Row(row)]))[0];
                        bool allowed = block.State == StoredBlockState.Corrupt
                            || block.Content.Span.SequenceEqual(Content(row))
                            || block.Content.Span.SequenceEqual(Content(row == 8 ? 100 : 101));
                        Assert.True(allowed, $"row {row} is {block.State} and none of its versions");
                    }
                }
            },
            (ulong)crashAfter);
}
