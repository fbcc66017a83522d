using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>
/// File content that is a function of a fill number and the offset: no two blocks alike, none of them zero, and
/// a byte found anywhere tells where it belongs.
/// </summary>
internal static class FillPattern
{
    /// <param name="fill">Names the content.</param>
    /// <param name="offset">Bytes from the start of the file to the first of <paramref name="destination"/>.</param>
    /// <param name="destination">Overwritten.</param>
    public static void Fill(ulong fill, long offset, Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        int done = 0;
        if (offset % sizeof(ulong) == 0)
        {
            ulong index = (ulong)(offset / sizeof(ulong));
            Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(destination);
            for (int i = 0; i < words.Length; i++)
            {
                ulong mixed = Mix(fill, index + (ulong)i);
                words[i] = BitConverter.IsLittleEndian ? mixed : BinaryPrimitives.ReverseEndianness(mixed);
            }

            done = words.Length * sizeof(ulong);
        }

        while (done < destination.Length)
        {
            (long at, long within) = Math.DivRem(offset + done, sizeof(ulong));
            BinaryPrimitives.WriteUInt64LittleEndian(word, Mix(fill, (ulong)at));
            int part = Math.Min(sizeof(ulong) - (int)within, destination.Length - done);
            word.Slice((int)within, part).CopyTo(destination[done..]);
            done += part;
        }
    }

    /// <summary>SplitMix64's finalizer over the two numbers.</summary>
    private static ulong Mix(ulong fill, ulong index)
    {
        ulong z = unchecked((fill * 0x9E3779B97F4A7C15) + (index * 0xD1B54A32D192ED03) + 0x2545F4914F6CDD1D);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }
}
