using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

/// <summary>The refill of a member: beside users, throttled, with progress, and across its crashes.</summary>
public sealed class RefillTests
{
    private static readonly ArrayOptions Slow = new() { RefillRate = 10, BackgroundRows = 2 };

    [Theory]
    [InlineData(10.0, 1.5, 2.5)]
    [InlineData(40.0, 0.3, 0.8)]
    [InlineData(null, 0.0, 0.1)]
    public void A_refill_takes_the_time_that_its_rate_says(double? rate, double least, double most) => ArrayStory.Tell(
        4,
        async array =>
        {
            await MissEverything(array, member: 1);
            TimeSpan? began = null;
            TimeSpan? last = null;
            for (int i = 0; i < 1000 && array.Status(1).State != MemberState.InSync; i++)
            {
                began ??= array.Status(1).State == MemberState.Refilling ? array.World.Now : null;
                last = array.World.Now;
                await array.Pause(0.01);
            }

            Assert.InRange((last!.Value - began!.Value).TotalSeconds, least, most);
        },
        options: new ArrayOptions { RefillRate = rate, BackgroundRows = 2 });

    [Fact]
    public void It_tells_how_far_it_is() => ArrayStory.Tell(
        4,
        async array =>
        {
            await MissEverything(array, member: 1);
            var seen = new List<RefillProgress>();
            for (int i = 0; i < 1000 && array.Status(1).State != MemberState.InSync; i++)
            {
                if (array.Status(1).Refill is { } progress)
                {
                    seen.Add(progress);
                    Assert.Equal(progress.Rows - progress.RowsDone, array.Status(1).StaleRows);
                }

                await array.Pause(0.05);
            }

            Assert.All(seen, progress => Assert.Equal(ArrayStory.Rows, progress.Rows));
            Assert.Equal(seen.Select(progress => progress.RowsDone).Order(), seen.Select(progress => progress.RowsDone));
            RefillProgress half = seen.First(progress => progress.RowsDone >= ArrayStory.Rows / 2);
            Assert.InRange(half.Rate, 8, 16);
            Assert.InRange(half.TimeLeft!.Value.TotalSeconds, 0.5, 1.3);
            Assert.Null(array.Status(1).Refill);
        },
        options: Slow);

    [Fact]
    public void Users_write_and_commit_while_it_goes_on() => ArrayStory.Tell(
        4,
        async array =>
        {
            await MissEverything(array, member: 1);
            int version = 2;
            for (; array.Status(1).State != MemberState.InSync && version < 200; version++)
            {
                await array.WriteWell(version % 50, version, blocks: 3);
                await array.CommitWell();
                await array.Expect(version % 50, version, blocks: 3);
                await array.Pause(0.1);
            }

            Assert.InRange(version, 5, 199);
            await array.ExpectClean();
            Assert.InRange(array.Counters.RefilledRows, 1, ArrayStory.Rows);
        },
        options: Slow);

    [Fact]
    public void What_a_user_writes_in_a_stale_row_need_not_be_refilled() => ArrayStory.Tell(
        4,
        async array =>
        {
            await MissEverything(array, member: 1);
            while (array.Status(1).Refill is not { RowsDone: >= 2 })
            {
                await array.Pause(0.01);
            }

            await array.WriteWell(0, version: 3, (int)array.Array.BlockCount);
            await array.CommitWell();
            await array.UntilInSync();
            Assert.True(array.Counters.RefilledRows < 10, $"{array.Counters.RefilledRows} rows");
            await array.Expect(0, 3, (int)array.Array.BlockCount);
            await array.ExpectClean();
        },
        options: Slow);

    /// <summary>A large array commits refilled rows as it goes. What is committed is not refilled again.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_goes_on_where_it_was_when_its_member_crashed(bool isClientToo) => ArrayStory.Tell(
        3,
        async array =>
        {
            const int Written = 600;
            for (int part = 0; part < 2; part++)
            {
                await array.WriteWell(part * Written, version: 1, blocks: Written);
                await array.CommitWell();
            }

            array.Server(1).Crash();
            await array.Expect(0, 1, blocks: 6);
            array.Server(1).RestartBlank();
            while (array.Status(1).Refill is not { RowsDone: >= 400 })
            {
                await array.Pause(0.05);
            }

            array.Server(1).Crash();
            long before = array.Counters.RefilledRows;
            if (isClientToo)
            {
                await array.Array.CloseAsync();
                array.Server(1).Restart();
                await array.Pause(0.1);
                Assert.Equal(Errno.OK, await array.OpenAsync(new ArrayOptions()));

                // It is complete up to no epoch, and yet not blank: which rows it has is known before anything is served.
                Assert.Equal(MemberState.Refilling, array.Status(1).State);
                Assert.InRange(array.Status(1).StaleRows, Written - before, Written - before + 160);
            }
            else
            {
                await array.Expect(0, 1, blocks: 6);
                array.Server(1).Restart();
            }

            await array.UntilInSync();
            long after = isClientToo ? array.Counters.RefilledRows : array.Counters.RefilledRows - before;

            // An eighth of an epoch's rows may have been under way.
            Assert.InRange(after, Written - before, Written - before + 160);
            await array.Expect(0, 1, blocks: 900);
            await array.ExpectClean();
        },
        options: new ArrayOptions { RefillRate = 400 },
        rows: 1400);

    [Fact]
    public void A_row_that_cannot_be_rebuilt_stays_stale_and_the_others_are_refilled() => ArrayStory.Tell(
        4,
        async array =>
        {
            await MissEverything(array, member: 1);
            array.Server(2).Corrupt(new Row(7));
            await array.Pause(10);
            Assert.Equal((MemberState.Refilling, 1L), (array.Status(1).State, array.Status(1).StaleRows));

            // Written anew as a whole, it is as good as any other.
            await array.WriteWell(7 / 2 * array.Geometry.StripeBlocks, 3, (int)array.Geometry.StripeBlocks);
            await array.CommitWell();
            await array.UntilInSync();
            await array.ExpectClean();
        });

    /// <summary>A member is away while the whole array is written, and comes back.</summary>
    private static async Task MissEverything(ArrayStory array, int member)
    {
        await array.Fill(version: 1);
        array.Server(member).Crash();
        await array.Fill(version: 2);
        Assert.Equal(MemberState.Away, array.Status(member).State);
        array.Server(member).Restart();
    }
}
