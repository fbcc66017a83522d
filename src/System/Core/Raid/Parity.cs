using System.Numerics.Tensors;
using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>The arithmetic of a row: its units XOR to zero, so any one of them is the XOR of all others.</summary>
internal static class Parity
{
    /// <summary>XORs a unit into a sum of the same length. An empty unit stands for zeros.</summary>
    public static void Add(Span<byte> sum, ReadOnlySpan<byte> unit)
    {
        if (unit.IsEmpty)
        {
            return;
        }

        Invariant.Require(sum.Length == unit.Length, "units of one row have one length");
        TensorPrimitives.Xor(sum, unit, sum);
    }
}
