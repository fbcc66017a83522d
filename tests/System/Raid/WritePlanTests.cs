using System.Numerics.Tensors;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Tests.Raid;

/// <summary>Every plan for a row of up to five members, whatever is to be written and whatever is usable.</summary>
public sealed class WritePlanTests
{
    private const int BlockSize = 128;

    private sealed record Case(RowImage Row, MemberSet Asked, MemberSet Usable, MemberSet Reachable, MemberSet Missing);

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_plan_reads_only_what_is_usable_and_no_more_than_needed(int members)
    {
        foreach (Case it in Cases(members))
        {
            WritePlan plan = WritePlan.Before(it.Row, it.Usable, it.Reachable, it.Missing);
            Assert.True(plan.Reads.IsSubsetOf(it.Usable));
            int written = it.Row.Targets.Count;
            int expected = plan.Strategy switch
            {
                WriteStrategy.FullStripe => 0,
                WriteStrategy.Reconstruct => members - 1 - written,
                WriteStrategy.ReadModify => written + 1,
                _ => 0,
            };
            Assert.Equal(expected, plan.Reads.Count);
            if (it.Usable == it.Row.All)
            {
                Assert.Equal(Math.Min(members - 1 - written, written + 1), plan.Reads.Count);
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void With_at_most_one_member_away_every_block_can_be_kept(int members)
    {
        foreach (Case it in Cases(members).Where(it => (it.Row.All - it.Usable).Count <= 1))
        {
            WritePlan plan = WritePlan.Before(it.Row, it.Usable, it.Reachable, it.Missing);
            Assert.False(plan.IsShortened);
            Assert.Equal(it.Asked, it.Row.Targets);
            Assert.NotEqual(WriteStrategy.GiveUp, plan.Strategy);
            Assert.Equal(!it.Reachable.Contains(it.Row.Parity), plan.Strategy == WriteStrategy.DataOnly);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void The_parity_of_a_plan_is_that_of_the_row_as_it_will_be(int members)
    {
        foreach (Case it in Cases(members))
        {
            WritePlan plan = WritePlan.Before(it.Row, it.Usable, it.Reachable, it.Missing);
            byte[][] units = OldUnits(members, it.Row.Parity.Value);
            foreach (MemberIndex member in plan.Reads)
            {
                it.Row[member] = new Unit(UnitState.Good, units[member.Value]);
            }

            byte[]? parity = plan.Strategy == WriteStrategy.MendFirst ? null : plan.ComputeParity(BlockSize);
            if (parity is null)
            {
                continue;
            }

            foreach (MemberIndex member in it.Row.Targets)
            {
                units[member.Value] = NewContent(member);
            }

            units[it.Row.Parity.Value] = parity;
            byte[] sum = new byte[BlockSize];
            foreach (byte[] unit in units)
            {
                TensorPrimitives.Xor<byte>(sum, unit, sum);
            }

            Assert.Equal(new byte[BlockSize], sum);
        }
    }

    [Fact]
    public void A_block_on_an_absent_member_is_not_promised_when_another_unit_is_missing_too()
    {
        // Members 0 and 1 are away; both hold data of row 0, whose parity is on member 3.
        var row = new RowImage(new Raid5Geometry(4, 1, 4), new Row(0));
        row.Write(new MemberIndex(0), NewUnit.Take(NewContent(new MemberIndex(0))));
        row.Write(new MemberIndex(2), NewUnit.Take(NewContent(new MemberIndex(2))));
        var there = new MemberSet(0b1100);
        WritePlan plan = WritePlan.Before(row, there, there, MemberSet.None);
        Assert.True(plan.IsShortened);
        Assert.Equal(new MemberSet(0b0100), row.Targets);

        // What remains is possible without the absent ones.
        Assert.Equal(WriteStrategy.ReadModify, plan.Strategy);
    }

    private static IEnumerable<Case> Cases(int members)
    {
        var geometry = new Raid5Geometry(members, 1, members);
        uint all = MemberSet.All(members).Bits;
        for (int r = 0; r < members; r++)
        {
            MemberIndex parity = geometry.ParityOf(new Row(r));
            for (uint asked = 1; asked <= all; asked++)
            {
                for (uint usable = 0; usable <= all && (asked & (1u << parity.Value)) == 0; usable++)
                {
                    // What is not usable is away in one case, stale in the other.
                    foreach (uint reachable in new[] { usable, all })
                    {
                        var row = new RowImage(geometry, new Row(r));
                        foreach (MemberIndex member in new MemberSet(asked))
                        {
                            row.Write(member, NewUnit.Take(NewContent(member)));
                        }

                        yield return new Case(
                            row, new MemberSet(asked), new MemberSet(usable), new MemberSet(reachable), MemberSet.None);
                    }
                }
            }
        }
    }

    private static byte[] NewContent(MemberIndex member) =>
        [.. Enumerable.Range(0, BlockSize).Select(i => (byte)(i * 5 + 100 + member.Value))];

    private static byte[][] OldUnits(int members, int parity)
    {
        byte[][] units = [.. Enumerable.Range(0, members).Select(member =>
            Enumerable.Range(0, BlockSize).Select(i => (byte)(i * 3 + member)).ToArray())];
        units[parity] = new byte[BlockSize];
        for (int member = 0; member < members; member++)
        {
            if (member != parity)
            {
                TensorPrimitives.Xor<byte>(units[parity], units[member], units[parity]);
            }
        }

        return units;
    }
}
