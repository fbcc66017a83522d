using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <summary>The place of a block: which member holds it, in which row.</summary>
internal readonly record struct UnitPlace(Row Row, MemberIndex Member);

/// <summary>
/// Where each block lies: left-symmetric RAID5. Pure arithmetic; immutable.
/// </summary>
/// <remarks>
/// <para>A stripe is one chunk of C blocks on each of the N members: N − 1 chunks of data and one of parity. The
/// parity moves one member to the left with each stripe, and the data starts just right of it and wraps round.
/// So a sequential file visits all members in turn, and parity traffic spreads evenly.</para>
/// <code>
/// N = 4    member 0   1   2   3
/// stripe 0        D0  D1  D2  P
/// stripe 1        D4  D5  P   D3
/// stripe 2        D8  P   D6  D7
/// stripe 3        P   D9  D10 D11
/// </code>
/// </remarks>
internal sealed class Raid5Geometry
{
    /// <param name="members">N, 3 to 32.</param>
    /// <param name="chunkBlocks">C, 1 to 65,536 blocks.</param>
    /// <param name="rows">Blocks on each member: a positive multiple of C.</param>
    public Raid5Geometry(int members, int chunkBlocks, long rows)
    {
        Invariant.Require(
            members is >= MemberGeometry.MinMembers and <= MemberGeometry.MaxMembers, "RAID5 has 3 to 32 members");
        Invariant.Require(chunkBlocks >= 1 && rows >= 1 && rows % chunkBlocks == 0, "a member has whole chunks");
        Members = members;
        ChunkBlocks = chunkBlocks;
        Rows = rows;
    }

    /// <summary>N, parity included.</summary>
    public int Members { get; }

    /// <summary>Data units in a row: N − 1.</summary>
    public int DataUnits => Members - 1;

    /// <summary>Consecutive blocks on one member.</summary>
    public int ChunkBlocks { get; }

    /// <summary>Blocks on each member.</summary>
    public long Rows { get; }

    /// <summary>Blocks that the array offers: (N − 1) × rows.</summary>
    public long BlockCount => Rows * DataUnits;

    /// <summary>Blocks of data in a stripe: (N − 1) × C.</summary>
    public long StripeBlocks => (long)DataUnits * ChunkBlocks;

    /// <summary>The place of a block of the array.</summary>
    public UnitPlace Locate(BlockAddress address)
    {
        Invariant.Require(address.Value >= 0 && address.Value < BlockCount, "a block of the array");
        (long chunk, long offset) = Math.DivRem(address.Value, ChunkBlocks);
        (long stripe, long unit) = Math.DivRem(chunk, DataUnits);
        int member = (int)((ParityOf(stripe) + 1 + unit) % Members);
        return new UnitPlace(new Row((stripe * ChunkBlocks) + offset), new MemberIndex(member));
    }

    /// <summary>The block of the array at a place, or null where parity lies.</summary>
    public BlockAddress? AddressOf(UnitPlace place)
    {
        (long stripe, long offset) = Math.DivRem(place.Row.Value, ChunkBlocks);
        int unit = (place.Member.Value - ParityOf(stripe) - 1 + Members) % Members;
        return unit == DataUnits
            ? null
            : new BlockAddress((((stripe * DataUnits) + unit) * ChunkBlocks) + offset);
    }

    /// <summary>The member that holds a row's parity.</summary>
    public MemberIndex ParityOf(Row row) => new(ParityOf(row.Value / ChunkBlocks));

    private int ParityOf(long stripe) => DataUnits - (int)(stripe % Members);
}
