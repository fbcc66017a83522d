using System.IO.Hashing;
using System.Runtime.InteropServices;
using Raid5Fs.Primitives;

namespace Raid5Fs.Protocol;

/// <summary>
/// What client and member compare when an epoch is sealed: that both mean the same blocks with the same content. A
/// sum, so that the order in which blocks came does not matter.
/// </summary>
internal struct EpochDigest
{
    public int Blocks { get; private set; }

    public ulong Value { get; private set; }

    public static EpochDigest Of(int blocks, ulong value) => new() { Blocks = blocks, Value = value };

    public void Add(Row row, Checksum checksum)
    {
        ReadOnlySpan<ulong> pair = [(ulong)row.Value, checksum.Value];
        Blocks++;
        unchecked
        {
            Value += XxHash3.HashToUInt64(MemoryMarshal.AsBytes(pair));
        }
    }
}
