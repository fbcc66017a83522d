using System.IO.Hashing;

namespace Raid5Fs.Primitives;

/// <summary>XxHash3-64 of a block's content. Kept apart from the block, so that a lost or misdirected write shows.</summary>
/// <remarks>Every value is possible, zero included: no value means "not checked".</remarks>
public readonly record struct Checksum(ulong Value)
{
    public static Checksum Of(ReadOnlySpan<byte> content) => new(XxHash3.HashToUInt64(content));

    public override string ToString() => $"{Value:x16}";
}
