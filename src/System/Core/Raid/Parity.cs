using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>The arithmetic of a row: its units XOR to zero, so any one of them is the XOR of all others.</summary>
/// <remarks>Nothing here allocates. A unit is one block, or empty: an empty unit stands for zeros.</remarks>
internal static class Parity
{
    /// <summary>
    /// Writes the XOR of any number of units over whatever the sum held; of none, zeros. Up to five units take one pass
    /// over the sum, each four more another.
    /// </summary>
    /// <param name="sum">One block, which overlaps no unit.</param>
    /// <param name="units">Each as long as the sum, or empty.</param>
    /// <remarks>
    /// To add unit after unit to the sum would cost a load and a store of it each, which is more than the units' own loads where
    /// blocks lie in the cache; see tests/Benchmarks.
    /// </remarks>
    public static void Xor(Span<byte> sum, ReadOnlySpan<ReadOnlyMemory<byte>> units)
    {
        ReadOnlySpan<ReadOnlyMemory<byte>> rest = units;
        ReadOnlySpan<byte> first = TakeUnit(ref rest, sum);
        ReadOnlySpan<byte> second = TakeUnit(ref rest, sum);
        if (second.IsEmpty)
        {
            // No first either: an empty copy, and zeros behind it.
            first.CopyTo(sum);
            sum[first.Length..].Clear();
            return;
        }

        // From the second pass on, the sum itself is the first of the five.
        while (!second.IsEmpty)
        {
            ReadOnlySpan<byte> third = TakeUnit(ref rest, sum);
            ReadOnlySpan<byte> fourth = TakeUnit(ref rest, sum);
            ReadOnlySpan<byte> fifth = TakeUnit(ref rest, sum);
            if (third.IsEmpty)
            {
                TensorPrimitives.Xor(first, second, sum);
            }
            else if (fourth.IsEmpty)
            {
                XorVectors(sum, first, second, third);
            }
            else if (fifth.IsEmpty)
            {
                XorVectors(sum, first, second, third, fourth);
            }
            else
            {
                XorVectors(sum, first, second, third, fourth, fifth);
            }

            first = sum;
            second = TakeUnit(ref rest, sum);
        }

        XorTail(sum, units);
    }

    /// <summary>The next unit that is not empty; empty if there is none.</summary>
    private static ReadOnlySpan<byte> TakeUnit(ref ReadOnlySpan<ReadOnlyMemory<byte>> rest, ReadOnlySpan<byte> sum)
    {
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> unit = rest[0].Span;
            rest = rest[1..];
            if (!unit.IsEmpty)
            {
                Invariant.Require(sum.Length == unit.Length, "units of one row have one length");
                Invariant.Require(!sum.Overlaps(unit), "a sum overwrites none of its units");
                return unit;
            }
        }

        return default;
    }

    // The slices to the sum's length let the JIT drop the bounds checks of the loops; Vector<byte> is as fast here as
    // Vector512<byte>, and one source for every width. A sum that is also the first source is read before it is written.
    private static void XorVectors(Span<byte> sum, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c)
    {
        Span<Vector<byte>> s = MemoryMarshal.Cast<byte, Vector<byte>>(sum);
        ReadOnlySpan<Vector<byte>> va = Vectors(a)[..s.Length];
        ReadOnlySpan<Vector<byte>> vb = Vectors(b)[..s.Length];
        ReadOnlySpan<Vector<byte>> vc = Vectors(c)[..s.Length];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = va[i] ^ vb[i] ^ vc[i];
        }
    }

    private static void XorVectors(
        Span<byte> sum, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d)
    {
        Span<Vector<byte>> s = MemoryMarshal.Cast<byte, Vector<byte>>(sum);
        ReadOnlySpan<Vector<byte>> va = Vectors(a)[..s.Length];
        ReadOnlySpan<Vector<byte>> vb = Vectors(b)[..s.Length];
        ReadOnlySpan<Vector<byte>> vc = Vectors(c)[..s.Length];
        ReadOnlySpan<Vector<byte>> vd = Vectors(d)[..s.Length];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = va[i] ^ vb[i] ^ vc[i] ^ vd[i];
        }
    }

    private static void XorVectors(
        Span<byte> sum,
        ReadOnlySpan<byte> a,
        ReadOnlySpan<byte> b,
        ReadOnlySpan<byte> c,
        ReadOnlySpan<byte> d,
        ReadOnlySpan<byte> e)
    {
        Span<Vector<byte>> s = MemoryMarshal.Cast<byte, Vector<byte>>(sum);
        ReadOnlySpan<Vector<byte>> va = Vectors(a)[..s.Length];
        ReadOnlySpan<Vector<byte>> vb = Vectors(b)[..s.Length];
        ReadOnlySpan<Vector<byte>> vc = Vectors(c)[..s.Length];
        ReadOnlySpan<Vector<byte>> vd = Vectors(d)[..s.Length];
        ReadOnlySpan<Vector<byte>> ve = Vectors(e)[..s.Length];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = va[i] ^ vb[i] ^ vc[i] ^ vd[i] ^ ve[i];
        }
    }

    private static ReadOnlySpan<Vector<byte>> Vectors(ReadOnlySpan<byte> unit) =>
        MemoryMarshal.Cast<byte, Vector<byte>>(unit);

    /// <summary>What is left behind the last whole vector: of a block, whose size is a power of two, nothing.</summary>
    private static void XorTail(Span<byte> sum, ReadOnlySpan<ReadOnlyMemory<byte>> units)
    {
        Span<byte> tail = sum[^(sum.Length % Vector<byte>.Count)..];
        if (tail.IsEmpty)
        {
            return;
        }

        tail.Clear();
        foreach (ReadOnlyMemory<byte> unit in units)
        {
            Add(tail, unit.IsEmpty ? default : unit.Span[^tail.Length..]);
        }
    }

    /// <summary>XORs a unit into a sum of the same length.</summary>
    private static void Add(Span<byte> sum, ReadOnlySpan<byte> unit)
    {
        if (unit.IsEmpty)
        {
            return;
        }

        Invariant.Require(sum.Length == unit.Length, "units of one row have one length");
        TensorPrimitives.Xor(sum, unit, sum);
    }
}
