namespace Raid5Fs.Primitives;

/// <summary>A block of the array's one virtual address space, from 0. The unit is a block, never a byte.</summary>
public readonly record struct BlockAddress(long Value) : IComparable<BlockAddress>
{
    public static BlockAddress operator +(BlockAddress address, long blocks) => new(address.Value + blocks);

    public static long operator -(BlockAddress left, BlockAddress right) => left.Value - right.Value;

    public static bool operator <(BlockAddress left, BlockAddress right) => left.Value < right.Value;

    public static bool operator >(BlockAddress left, BlockAddress right) => left.Value > right.Value;

    public static bool operator <=(BlockAddress left, BlockAddress right) => left.Value <= right.Value;

    public static bool operator >=(BlockAddress left, BlockAddress right) => left.Value >= right.Value;

    public int CompareTo(BlockAddress other) => Value.CompareTo(other.Value);

    public override string ToString() => $"block {Value}";
}

/// <summary>
/// A physical address: the same block position on every member, from 0. The N blocks of a row, one a member,
/// XOR to zero.
/// </summary>
public readonly record struct Row(long Value) : IComparable<Row>
{
    public static bool operator <(Row left, Row right) => left.Value < right.Value;

    public static bool operator >(Row left, Row right) => left.Value > right.Value;

    public static bool operator <=(Row left, Row right) => left.Value <= right.Value;

    public static bool operator >=(Row left, Row right) => left.Value >= right.Value;

    public int CompareTo(Row other) => Value.CompareTo(other.Value);

    public override string ToString() => $"row {Value}";
}

/// <summary>The place of one block server in the array, 0 to N−1.</summary>
public readonly record struct MemberIndex(int Value) : IComparable<MemberIndex>
{
    public static bool operator <(MemberIndex left, MemberIndex right) => left.Value < right.Value;

    public static bool operator >(MemberIndex left, MemberIndex right) => left.Value > right.Value;

    public static bool operator <=(MemberIndex left, MemberIndex right) => left.Value <= right.Value;

    public static bool operator >=(MemberIndex left, MemberIndex right) => left.Value >= right.Value;

    public int CompareTo(MemberIndex other) => Value.CompareTo(other.Value);

    public override string ToString() => $"member {Value}";
}
