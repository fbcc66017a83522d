using System.Buffers.Binary;

namespace Raid5Fs.Primitives;

/// <summary>The name of an array, drawn at random when it is made: 128 bits that no other array has.</summary>
public readonly record struct ArrayId(ulong High, ulong Low)
{
    /// <summary>Bytes of its written form.</summary>
    public const int Size = 16;

    /// <summary>A new name from the given dice.</summary>
    public static ArrayId Draw(Random dice)
    {
        Span<byte> bytes = stackalloc byte[Size];
        dice.NextBytes(bytes);
        return Read(bytes);
    }

    /// <summary>Reads the first 16 bytes, big endian.</summary>
    public static ArrayId Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[8..]));

    /// <summary>Writes 16 bytes, big endian.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    public override string ToString() => $"{High:x16}{Low:x16}";
}
