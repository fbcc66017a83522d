using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Raid5Verify.Campaigns;

/// <summary>
/// A hash over many runs that no order matters to: the sum, modulo 2^64, of one number a run. So the sums of the shards of a
/// campaign add up to the sum of the whole, whoever ran which of them, and where.
/// </summary>
public static class HashSum
{
    /// <summary>What a run adds to the sum.</summary>
    /// <param name="seed">Its seed.</param>
    /// <param name="hash">Its trace hash.</param>
    public static ulong TermOf(ulong seed, ulong hash)
    {
        Span<byte> both = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(both, seed);
        BinaryPrimitives.WriteUInt64LittleEndian(both[8..], hash);
        return XxHash3.HashToUInt64(both);
    }

    /// <param name="name">What was run, where that is no seed.</param>
    /// <param name="hash">Its trace hash.</param>
    public static ulong TermOf(string name, ulong hash) => TermOf(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name)), hash);
}
