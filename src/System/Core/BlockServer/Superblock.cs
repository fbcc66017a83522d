using System.Buffers.Binary;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.BlockServer;

/// <summary>Who a member is, and the last claim that it granted: what must be known even if all else is damaged.</summary>
/// <remarks>
/// <para>Kept twice, in sectors 4 KiB apart. A change is written to the second copy, flushed, then to the first,
/// flushed: so one copy is whole whenever power fails, and each is at least as new as the last change that was
/// acknowledged. At a start the newer whole one counts; the other, if it differs, is written anew, and only that one:
/// a crash in between must find the whole one whole.</para>
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
    public const int FormatVersion = 4;

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

    /// <summary>Writes one copy and leaves the other alone, as that may be the only whole one.</summary>
    public async Task<Errno> MendAsync(IDiskFile file, int copy)
    {
        // What the other says must not depend on a flush that a process before this one did not live to make.
        Errno error = await file.FlushAsync();
        error = error == Errno.OK ? await file.WriteAsync((long)copy * CopyDistance, Encode()) : error;
        return error == Errno.OK ? await file.FlushAsync() : error;
    }

    /// <summary>Reads the newer whole copy.</summary>
    /// <returns>It, and which copy does not say the same, if any; or why there is none.</returns>
    public static async Task<(Superblock? Superblock, int? Lacking, StoreFault Fault)> ReadAsync(IDiskFile file)
    {
        byte[] sector = new byte[DiskSector.Size];
        var copies = new Superblock?[2];
        var faults = new StoreFault[2];
        for (int copy = 0; copy < 2; copy++)
        {
            faults[copy] = await file.ReadAsync((long)copy * CopyDistance, sector) == Errno.OK
                ? Decode(sector, out copies[copy])
                : StoreFault.DamagedSuperblock;
        }

        int best = copies[0] is null || copies[1]?.Promised.Generation > copies[0]!.Promised.Generation ? 1 : 0;
        if (copies[best] is not { } superblock)
        {
            // Another version says more than damage does.
            return (null, null, faults[0] == StoreFault.DamagedSuperblock ? faults[1] : faults[0]);
        }

        return (superblock, copies[1 - best] == superblock ? null : 1 - best, StoreFault.None);
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
