using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using static Raid5Fs.Tests.BlockServer.OneMember;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>What a member keeps in memory grows with its rows alone.</summary>
public sealed class StoreMemoryTests
{
    [Theory]
    [InlineData(1 << 18)]
    [InlineData(1 << 20)]
    public void A_row_takes_at_most_32_bytes_with_the_largest_epochs_sealed_and_open(int rows)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var image = new MemberImage(rows);
        var space = new SlotSpace(SlotFile.Slots(GeometryOf(rows)));
        long table = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(table, 24L * rows, (24L * rows) + (rows / 4));

        long epoch = BytesOfEpoch(CallLimits.RowsInEpoch(rows));
        Assert.InRange(table + (2 * epoch), 0, 32L * rows);
        Assert.True(image.Table.Rows == rows && space.Free > rows);
    }

    /// <summary>What an epoch holds on to: it grows by doubling, so what it took last.</summary>
    private static long BytesOfEpoch(long blocks)
    {
        var epoch = new EpochBlocks(E(1));
        long largest = 0;
        for (long row = 0; row < blocks; row++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            epoch.Put(new Row(row), new EpochBlock((uint)row, default, Sequence: 1));
            largest = Math.Max(largest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(blocks, epoch.Count);
        return largest;
    }
}
