using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

/// <summary>What is counted of each member: its own, and nobody else's.</summary>
public sealed class TrafficTests
{
    [Fact]
    public void A_bad_block_and_its_repair_are_counted_on_the_member_that_had_it() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        array.HolderOf(7).Corrupt(array.RowOf(7));
        MemberTraffic[] before = Traffic(array);
        await array.Expect(7, 1);

        for (int member = 0; member < array.Members; member++)
        {
            MemberTraffic now = array.Status(member).Traffic;
            bool isHolder = member == array.HolderOf(7).Member;

            // It is asked for the block alone, then for it with the rest of the row.
            Assert.Equal(
                (isHolder ? 2 : 0, isHolder ? 1 : 0, 0),
                (now.BadBlocks - before[member].BadBlocks, now.Repairs - before[member].Repairs, now.Errors - before[member].Errors));
        }
    });

    [Fact]
    public void Bytes_are_those_of_the_blocks() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        MemberTraffic[] before = Traffic(array);
        await array.Expect(3, 1);
        await array.WriteWell(3, version: 2);

        int holder = array.HolderOf(3).Member;
        int parity = array.ParityOf(3).Member;
        Assert.True(Since(holder).BlocksRead > 0);
        Assert.Equal((1, 1), (Since(holder).BlocksWritten, Since(parity).BlocksWritten));
        for (int member = 0; member < array.Members; member++)
        {
            MemberTraffic since = Since(member);
            Assert.Equal(
                (since.BlocksRead * ArrayStory.BlockSize, since.BlocksWritten * ArrayStory.BlockSize),
                (since.BytesRead, since.BytesWritten));
        }

        MemberTraffic Since(int member)
        {
            MemberTraffic now = array.Status(member).Traffic;
            return now with
            {
                BlocksRead = now.BlocksRead - before[member].BlocksRead,
                BlocksWritten = now.BlocksWritten - before[member].BlocksWritten,
                BytesRead = now.BytesRead - before[member].BytesRead,
                BytesWritten = now.BytesWritten - before[member].BytesWritten,
            };
        }
    });

    [Fact]
    public void A_call_that_is_never_answered_is_an_error_of_the_member_that_it_was_made_to() => ArrayStory.Tell(5, async array =>
    {
        await array.Fill(version: 1);
        MemberTraffic[] before = Traffic(array);
        array.HolderOf(7).Crash();
        await array.Expect(7, 1);

        int away = array.HolderOf(7).Member;
        Assert.True(array.Status(away).Traffic.Errors > before[away].Errors);
        Assert.True(array.Status(away).Traffic.Retries > before[away].Retries);
        Assert.All(
            Enumerable.Range(0, array.Members).Where(member => member != away),
            member => Assert.Equal(
                (before[member].Errors, before[member].Retries),
                (array.Status(member).Traffic.Errors, array.Status(member).Traffic.Retries)));
    });

    private static MemberTraffic[] Traffic(ArrayStory array) => [.. array.Array.Status.Members.Select(member => member.Traffic)];
}
