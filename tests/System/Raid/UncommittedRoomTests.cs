using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Simulation;

namespace Raid5Fs.Tests.Raid;

/// <summary>What may be written before a commit: so many distinct blocks, and as often as one likes.</summary>
public sealed class UncommittedRoomTests
{
    [Fact]
    public void More_than_the_array_can_keep_uncommitted_is_refused() => ArrayStory.Tell(
        3,
        async array =>
        {
            await array.WriteWell(0, version: 1, blocks: 8);
            Assert.Equal(Errno.ENOSPC, await array.Write(8, version: 1));

            // What is uncommitted already may be written again.
            await array.WriteWell(0, version: 2, blocks: 8);
            Assert.Equal(Errno.ENOSPC, await array.Write(7, version: 1, blocks: 2));
            await array.WriteWell(0, version: 1, blocks: 8);
            await array.CommitWell();
            await array.WriteWell(8, version: 1);
            await array.Expect(0, 1, blocks: 9);
        },
        options: new ArrayOptions { MaxUncommittedBlocks = 8 });

    [Fact]
    public void A_block_that_two_writes_write_at_once_takes_room_once() => ArrayStory.Tell(
        3,
        async array =>
        {
            // None of them is a whole stripe, so each reads before it writes.
            Task<Errno>[] writes = [array.Write(1, 1, blocks: 8), array.Write(1, 2, blocks: 8), array.Write(5, 2, blocks: 4)];
            Assert.Equal(Errno.ENOSPC, await array.Write(0, version: 1));
            Assert.All(await Task.WhenAll(writes), error => Assert.Equal(Errno.OK, error));
            Assert.Equal(Errno.ENOSPC, await array.Write(0, version: 1));
            await array.CommitWell();
            await array.WriteWell(9, version: 1, blocks: 8);
            await array.Expect(1, 2, blocks: 8);
        },
        options: new ArrayOptions { MaxUncommittedBlocks = 8 });

    [Fact]
    public void A_block_that_is_being_written_takes_room_once() => ArrayStory.Tell(
        3,
        async array =>
        {
            var slow = array.HolderOf(0).Hold("Write");
            Task<Errno> first = array.Write(0, version: 1, blocks: 4);
            await array.Pause(0.1);
            Task<Errno> second = array.Write(4, version: 1, blocks: 4);
            await array.Pause(0.1);
            Assert.False(first.IsCompleted || second.IsCompleted);
            Assert.Equal(Errno.ENOSPC, await array.Write(8, version: 1));
            array.World.Network.Remove(slow);
            Assert.Equal((Errno.OK, Errno.OK), (await first, await second));
            await array.Expect(0, 1, blocks: 8);
        },
        options: new ArrayOptions { MaxUncommittedBlocks = 8 });

    [Fact]
    public void A_write_that_was_given_up_takes_no_room() => ArrayStory.Tell(
        3,
        async array =>
        {
            await array.WriteWell(0, version: 1, blocks: 8);
            await array.CommitWell();
            using var soon = new CancellationTokenSource();
            var slow = array.World.Network.Add(
                new ClogRule { To = array.HolderOf(2).Host }, "clog");
            Task<Errno> write = array.Array.WriteAsync(new(0), ArrayStory.Content(0, 2), soon.Token);
            await array.Pause(0.1);
            soon.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
            array.World.Network.Remove(slow);
            await array.WriteWell(8, version: 1, blocks: 8);
            Assert.Equal(Errno.ENOSPC, await array.Write(0, version: 2));
        },
        options: new ArrayOptions { MaxUncommittedBlocks = 8 });

    /// <summary>One epoch is committed, the next is sealed and not told yet, the third is open: and each wrote every row.</summary>
    [Fact]
    public void Every_row_can_be_written_in_epoch_after_epoch_and_again() => ArrayStory.Tell(
        3,
        async array =>
        {
            int all = (int)array.Array.BlockCount;
            for (int version = 1; version <= 3; version++)
            {
                await array.WriteWell(0, version, all);
                await (version < 3 ? array.CommitWell() : Task.CompletedTask);
            }

            await array.WriteWell(5, version: 4);
            await array.WriteWell(0, version: 5, all);
            Assert.All(array.Array.Status.Members, member => Assert.Equal(MemberState.InSync, member.State));
            Assert.Equal(0, array.Array.Status.Members.Sum(member => member.Traffic.Errors));
            await array.CommitWell();
            await array.Expect(0, 5, all);
            await array.ExpectClean();
        },
        options: new ArrayOptions { CommitDelay = TimeSpan.FromMinutes(1) });
}
