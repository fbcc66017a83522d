using System.Buffers.Binary;
using System.IO.Hashing;

namespace Raid5Fs.BlockServer;

/// <summary>
/// The unit that a disk writes whole or not at all: after a crash a sector is wholly old, wholly new or unreadable.
/// What the store writes apart from blocks comes in such sectors, each with a checksum in its last 8 bytes: so one that
/// can be read and does not match was damaged, never torn.
/// </summary>
internal static class DiskSector
{
    /// <summary>Bytes.</summary>
    public const int Size = 512;

    /// <summary>Bytes before the checksum.</summary>
    public const int ContentSize = Size - sizeof(ulong);

    /// <summary>Sets the checksum of a sector whose content is complete, and returns it.</summary>
    public static ulong Seal(Span<byte> sector)
    {
        ulong checksum = XxHash3.HashToUInt64(sector[..ContentSize]);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[ContentSize..], checksum);
        return checksum;
    }

    public static bool Holds(ReadOnlySpan<byte> sector) =>
        ChecksumOf(sector) == XxHash3.HashToUInt64(sector[..ContentSize]);

    public static ulong ChecksumOf(ReadOnlySpan<byte> sector) =>
        BinaryPrimitives.ReadUInt64LittleEndian(sector[ContentSize..]);

    public static bool IsZero(ReadOnlySpan<byte> sector) => sector.IndexOfAnyExcept((byte)0) < 0;
}
