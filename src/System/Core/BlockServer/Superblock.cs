using System.Buffers.Binary;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.BlockServer;

/// <summary>The first file of a member: who it is. Written once, by the format.</summary>
/// <remarks>
/// <code>
/// one sector of 512 bytes, little endian
///   0  magic "RAID5MBR"          8
///   8  format version            4
///  12  member                    4
///  16  members                   4
///  20  block size, bytes         4
///  24  chunk, blocks             4
///  28  zero                      4
///  32  rows                      8
///  40  array id                 16
///  56  zero                    448
/// 504  checksum of the above     8
/// </code>
/// </remarks>
internal static class Superblock
{
    public const string FileName = "superblock";
    public const int Size = 512;
    public const int FormatVersion = 1;

    private const int ChecksumOffset = Size - sizeof(ulong);

    private static ReadOnlySpan<byte> Magic => "RAID5MBR"u8;

    public static byte[] Encode(MemberGeometry geometry)
    {
        byte[] sector = new byte[Size];
        Magic.CopyTo(sector);
        Span<byte> fields = sector.AsSpan();
        BinaryPrimitives.WriteInt32LittleEndian(fields[8..], FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(fields[12..], geometry.Member.Value);
        BinaryPrimitives.WriteInt32LittleEndian(fields[16..], geometry.Members);
        BinaryPrimitives.WriteInt32LittleEndian(fields[20..], geometry.BlockSize);
        BinaryPrimitives.WriteInt32LittleEndian(fields[24..], geometry.ChunkBlocks);
        BinaryPrimitives.WriteInt64LittleEndian(fields[32..], geometry.Rows);
        geometry.ArrayId.Write(fields[40..]);
        BinaryPrimitives.WriteUInt64LittleEndian(
            fields[ChecksumOffset..], Checksum.Of(fields[..ChecksumOffset]).Value);
        return sector;
    }

    /// <summary>The geometry, or what is wrong with the sector.</summary>
    public static (MemberGeometry? Geometry, StoreFault Fault) Decode(ReadOnlySpan<byte> sector)
    {
        if (!sector.StartsWith(Magic))
        {
            return (null, StoreFault.Foreign);
        }

        ulong checksum = BinaryPrimitives.ReadUInt64LittleEndian(sector[ChecksumOffset..]);
        if (checksum != Checksum.Of(sector[..ChecksumOffset]).Value)
        {
            return (null, StoreFault.Damaged);
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(sector[8..]) != FormatVersion)
        {
            return (null, StoreFault.OtherVersion);
        }

        int member = BinaryPrimitives.ReadInt32LittleEndian(sector[12..]);
        int members = BinaryPrimitives.ReadInt32LittleEndian(sector[16..]);
        int blockSize = BinaryPrimitives.ReadInt32LittleEndian(sector[20..]);
        int chunk = BinaryPrimitives.ReadInt32LittleEndian(sector[24..]);
        long rows = BinaryPrimitives.ReadInt64LittleEndian(sector[32..]);
        if (MemberGeometry.Fault(member, members, blockSize, chunk, rows) is not null)
        {
            return (null, StoreFault.Damaged);
        }

        ArrayId id = ArrayId.Read(sector[40..]);
        return (new MemberGeometry(id, new MemberIndex(member), members, blockSize, chunk, rows), StoreFault.None);
    }
}
