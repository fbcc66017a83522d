using System.Buffers.Binary;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.BlockServer;

/// <summary>Who a member is, and the last claim that it granted: what must be known even if all else is damaged.</summary>
/// <remarks>
/// <para>Kept twice, in sectors 4 KiB apart. A change is written to the second copy, flushed, then to the first,
/// flushed: so one copy is whole whenever power fails, and each is at least as new as the last change that was
/// acknowledged. At a start the newer whole one counts, and is written over the other where they differ.</para>
/// <code>
/// one sector of 512 bytes, little endian
///   0  magic "RAID5MBR"          8
///   8  format version            4
///  12  member                    4
///  16  members                   4
///  20  block size, bytes         4
///  24  chunk, blocks             4
///  28  promised generation       4
///  32  rows                      8
///  40  array id                 16
///  56  promised client           8
///  64  zero                    440
/// 504  checksum of the above     8
/// </code>
/// </remarks>
internal sealed record Superblock(MemberGeometry Geometry, Claim Promised)
{
    public const string FileName = "superblock";
    public const int FormatVersion = 2;

    private const int CopyDistance = 4096;

    private static ReadOnlySpan<byte> Magic => "RAID5MBR"u8;

    /// <summary>Writes both copies, each durable before the other is touched.</summary>
    public async Task<Errno> WriteAsync(IDiskFile file)
    {
        byte[] sector = Encode();
        Errno error = Errno.OK;
        for (int copy = 1; copy >= 0 && error == Errno.OK; copy--)
        {
            error = await file.WriteAsync((long)copy * CopyDistance, sector);
            error = error == Errno.OK ? await file.FlushAsync() : error;
        }

        return error;
    }

    /// <summary>Reads the newer whole copy.</summary>
    /// <returns>It, and whether both copies say so; or why there is none.</returns>
    public static async Task<(Superblock? Superblock, bool IsTwofold, StoreFault Fault)> ReadAsync(IDiskFile file)
    {
        byte[] sector = new byte[DiskSector.Size];
        Superblock? best = null;
        bool same = true;
        StoreFault fault = StoreFault.None;
        for (int copy = 0; copy < 2; copy++)
        {
            Superblock? found = null;
            StoreFault own = await file.ReadAsync((long)copy * CopyDistance, sector) == Errno.OK
                ? Decode(sector, out found)
                : StoreFault.DamagedSuperblock;
            same &= found is not null && (best is null || found == best);
            best = best is null || found?.Promised.Generation > best.Promised.Generation ? found ?? best : best;

            // Another version says more than damage does.
            fault = fault is StoreFault.None or StoreFault.DamagedSuperblock ? own : fault;
        }

        return best is null ? (null, false, fault) : (best, same, StoreFault.None);
    }

    private byte[] Encode()
    {
        byte[] sector = new byte[DiskSector.Size];
        Magic.CopyTo(sector);
        Span<byte> fields = sector.AsSpan();
        BinaryPrimitives.WriteInt32LittleEndian(fields[8..], FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(fields[12..], Geometry.Member.Value);
        BinaryPrimitives.WriteInt32LittleEndian(fields[16..], Geometry.Members);
        BinaryPrimitives.WriteInt32LittleEndian(fields[20..], Geometry.BlockSize);
        BinaryPrimitives.WriteInt32LittleEndian(fields[24..], Geometry.ChunkBlocks);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[28..], Promised.Generation);
        BinaryPrimitives.WriteInt64LittleEndian(fields[32..], Geometry.Rows);
        Geometry.ArrayId.Write(fields[40..]);
        BinaryPrimitives.WriteUInt64LittleEndian(fields[56..], Promised.Client);
        DiskSector.Seal(sector);
        return sector;
    }

    private static StoreFault Decode(ReadOnlySpan<byte> sector, out Superblock? superblock)
    {
        superblock = null;
        if (!DiskSector.Holds(sector) || !sector[..Magic.Length].SequenceEqual(Magic))
        {
            return StoreFault.DamagedSuperblock;
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(sector[8..]) != FormatVersion)
        {
            return StoreFault.OtherVersion;
        }

        int member = BinaryPrimitives.ReadInt32LittleEndian(sector[12..]);
        int members = BinaryPrimitives.ReadInt32LittleEndian(sector[16..]);
        int blockSize = BinaryPrimitives.ReadInt32LittleEndian(sector[20..]);
        int chunk = BinaryPrimitives.ReadInt32LittleEndian(sector[24..]);
        long rows = BinaryPrimitives.ReadInt64LittleEndian(sector[32..]);
        if (MemberGeometry.Fault(member, members, blockSize, chunk, rows) is not null)
        {
            return StoreFault.DamagedSuperblock;
        }

        superblock = new Superblock(
            new MemberGeometry(ArrayId.Read(sector[40..]), new MemberIndex(member), members, blockSize, chunk, rows),
            new Claim(
                BinaryPrimitives.ReadUInt32LittleEndian(sector[28..]),
                BinaryPrimitives.ReadUInt64LittleEndian(sector[56..])));
        return StoreFault.None;
    }
}
