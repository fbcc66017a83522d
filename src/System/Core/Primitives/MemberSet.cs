using System.Numerics;

namespace Raid5Fs.Primitives;

/// <summary>A set of members, one bit each: an array has at most 32.</summary>
public readonly record struct MemberSet(uint Bits)
{
    public static MemberSet None => default;

    public int Count => BitOperations.PopCount(Bits);

    public bool IsEmpty => Bits == 0;

    /// <summary>The lowest member; the set is not empty.</summary>
    public MemberIndex First
    {
        get
        {
            Invariant.Require(Bits != 0, "an empty set has no first member");
            return new MemberIndex(BitOperations.TrailingZeroCount(Bits));
        }
    }

    /// <summary>All members of an array of <paramref name="members"/>, 1 to 32.</summary>
    public static MemberSet All(int members) => new(uint.MaxValue >> (32 - members));

    public static MemberSet Of(MemberIndex member) => new(1u << member.Value);

    public static MemberSet operator |(MemberSet left, MemberSet right) => new(left.Bits | right.Bits);

    public static MemberSet operator &(MemberSet left, MemberSet right) => new(left.Bits & right.Bits);

    /// <summary>What is in the left set and not in the right.</summary>
    public static MemberSet operator -(MemberSet left, MemberSet right) => new(left.Bits & ~right.Bits);

    public bool Contains(MemberIndex member) => (Bits & (1u << member.Value)) != 0;

    public bool IsSubsetOf(MemberSet other) => (Bits & ~other.Bits) == 0;

    public MemberSet With(MemberIndex member) => new(Bits | (1u << member.Value));

    /// <summary>The members in ascending order.</summary>
    public Enumerator GetEnumerator() => new(Bits);

    public override string ToString() => $"{{{string.Join(", ", Enumerable.Range(0, 32).Where(HasBit))}}}";

    private bool HasBit(int bit) => (Bits & (1u << bit)) != 0;

    /// <summary>Walks the set without an allocation.</summary>
    public struct Enumerator(uint bits)
    {
        private uint _rest = bits;

        public MemberIndex Current { get; private set; }

        public bool MoveNext()
        {
            if (_rest == 0)
            {
                return false;
            }

            Current = new MemberIndex(BitOperations.TrailingZeroCount(_rest));
            _rest &= _rest - 1;
            return true;
        }
    }
}
