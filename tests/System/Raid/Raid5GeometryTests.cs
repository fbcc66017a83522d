using FsCheck.Xunit;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

public sealed class Raid5GeometryTests
{
    public static TheoryData<int> AllMemberCounts() => [.. Enumerable.Range(3, 30)];

    [Theory]
    [MemberData(nameof(AllMemberCounts))]
    public void Every_block_has_one_place_and_every_place_is_a_block_or_parity(int members)
    {
        var geometry = new Raid5Geometry(members, chunkBlocks: 3, rows: 3L * members * 2);
        var places = new HashSet<UnitPlace>();
        for (long block = 0; block < geometry.BlockCount; block++)
        {
            UnitPlace place = geometry.Locate(new BlockAddress(block));
            Assert.True(places.Add(place), $"{place} is taken twice");
            Assert.InRange(place.Row.Value, 0, geometry.Rows - 1);
            Assert.Equal(new BlockAddress(block), geometry.AddressOf(place));
        }

        for (long row = 0; row < geometry.Rows; row++)
        {
            var parity = new UnitPlace(new Row(row), geometry.ParityOf(new Row(row)));
            Assert.Null(geometry.AddressOf(parity));
            Assert.True(places.Add(parity));
        }

        Assert.Equal(geometry.Rows * members, places.Count);
    }

    [Theory]
    [MemberData(nameof(AllMemberCounts))]
    public void Parity_visits_every_member_equally_often(int members)
    {
        var geometry = new Raid5Geometry(members, chunkBlocks: 2, rows: 2L * members * 3);
        int[] counts = new int[members];
        for (long row = 0; row < geometry.Rows; row++)
        {
            counts[geometry.ParityOf(new Row(row)).Value]++;
        }

        Assert.All(counts, count => Assert.Equal(6, count));
    }

    [Theory]
    [MemberData(nameof(AllMemberCounts))]
    public void A_sequential_file_visits_all_members_in_turn(int members)
    {
        // What makes the layout left-symmetric: chunk i lies on member i modulo N.
        var geometry = new Raid5Geometry(members, chunkBlocks: 4, rows: 4L * members);
        for (long chunk = 0; chunk < geometry.BlockCount / 4; chunk++)
        {
            for (long offset = 0; offset < 4; offset++)
            {
                UnitPlace place = geometry.Locate(new BlockAddress((chunk * 4) + offset));
                Assert.Equal(chunk % members, place.Member.Value);
            }
        }
    }

    [Fact]
    public void The_diagram_in_the_docstring_is_what_the_code_does()
    {
        var geometry = new Raid5Geometry(members: 4, chunkBlocks: 1, rows: 4);
        var drawn = new List<string>();
        for (int row = 0; row < 4; row++)
        {
            drawn.Add(string.Join(' ', Enumerable.Range(0, 4).Select(member =>
                geometry.AddressOf(new UnitPlace(new Row(row), new MemberIndex(member))) is { } block
                    ? $"D{block.Value}"
                    : "P")));
        }

        Assert.Equal(["D0 D1 D2 P", "D4 D5 P D3", "D8 P D6 D7", "P D9 D10 D11"], drawn);
    }

    [Property]
    public bool A_window_never_splits_a_stripe_that_it_could_hold(ushort first, ushort count, byte chunk, byte members)
    {
        int n = 3 + (members % 30);
        int c = 1 + (chunk % 20);
        var geometry = new Raid5Geometry(n, c, (long)c * 100_000);
        var range = new BlockRange(new BlockAddress(first), 1 + count);
        BlockRange[] windows = [.. range.Windows(geometry, maxBlocksInCall: 64)];
        bool joined = windows[0].First == range.First
            && windows.Sum(window => window.Count) == range.Count
            && windows.Zip(windows.Skip(1)).All(pair => pair.First.First + pair.First.Count == pair.Second.First
                && pair.Second.First.Value % geometry.StripeBlocks == 0);
        return joined && windows.All(window => window.Count <= Math.Max(1, 64 / c) * geometry.StripeBlocks);
    }
}
