using System.Buffers.Binary;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.BlockServer;

/*
 * The state of a member at one moment, as a whole: what a log is replayed over. Written aside, flushed, and put in its
 * place by a rename, so there is always one that is complete.
 *
 *     sectors of 512 bytes, little endian, each with the checksum of its first 504 bytes at 504
 *
 *     sector 0                                    sectors 1 …: entries, 20 a sector
 *       0  magic "RAID5CKP"          8              0  number of the log        4
 *       8  format version            4              4  index of the sector      4
 *      12  number of the log         4              8  entries:                24 each
 *      16  array id                 16                  row                     4
 *      32  member                    4                  slot                    4
 *      36  view: version             4                  checksum                8
 *      40  view: epoch               8                  epoch                   8
 *      48  view: decided             8
 *      56  view: mask                4              first the table's entries by ascending row, then those of the
 *      60  sealed: version           4              sealed epoch
 *      64  self                      8
 *      72  sealed: epoch, or 0       8
 *      80  sealed: mask              4
 *      84  entries of the table      4
 *      88  entries of the epoch      4
 */

/// <summary>Writes and reads the checkpoint of a member.</summary>
internal static class Checkpoint
{
    public const string FileName = "checkpoint";
    public const string UnfinishedName = "checkpoint.new";

    private const int EntrySize = 24;
    private const int EntriesOffset = 8;
    private const int EntriesInSector = (DiskSector.ContentSize - EntriesOffset) / EntrySize;
    private const int SectorsInOneCall = 128;

    private static ReadOnlySpan<byte> Magic => "RAID5CKP"u8;

    /// <summary>Bytes of a checkpoint with so many entries.</summary>
    public static long Size(long entries) =>
        (1 + ((entries + EntriesInSector - 1) / EntriesInSector)) * DiskSector.Size;

    /// <summary>Writes a checkpoint aside, flushed; <see cref="MemberFolder"/> puts it in its place.</summary>
    public static async Task<Errno> WriteAsync(IDisk disk, Superblock superblock, MemberImage image, uint log)
    {
        Result<IDiskFile> file = await disk.OpenAsync(UnfinishedName, DiskOpenMode.OpenOrCreate);
        if (!file.IsOk)
        {
            return file.Error;
        }

        Errno error = await file.Value.TruncateAsync(0);
        long written = 0;
        byte[] chunk = new byte[Math.Min(SectorsInOneCall * DiskSector.Size, Size(image.Table.Rows + (image.Pending?.Count ?? 0)))];
        IEnumerator<Entry> entries = EntriesOf(image).GetEnumerator();
        EncodeHeader(chunk, superblock, image, log);
        int sectors = 1;
        bool more = true;
        while (error == Errno.OK && more)
        {
            while (sectors < chunk.Length / DiskSector.Size && (more = TryEncode(
                chunk.AsSpan(sectors * DiskSector.Size, DiskSector.Size), entries, log, (uint)(written + sectors))))
            {
                sectors++;
            }

            if (sectors > 0)
            {
                error = await file.Value.WriteAsync(
                    written * DiskSector.Size, chunk.AsMemory(0, sectors * DiskSector.Size));
                written += sectors;
                sectors = 0;
            }
        }

        return error == Errno.OK ? await file.Value.FlushAsync() : error;
    }

    /// <summary>Reads the checkpoint.</summary>
    /// <returns>The image and the number of the log to replay over it; or why it cannot be trusted.</returns>
    public static async Task<(MemberImage? Image, uint Log, StoreFault Fault)> ReadAsync(IDisk disk, Superblock superblock)
    {
        Result<IDiskFile> file = await disk.OpenAsync(FileName, DiskOpenMode.Open);
        if (!file.IsOk)
        {
            return (null, 0, file.Error == Errno.ENOENT ? StoreFault.DamagedCheckpoint : StoreFault.Unreadable);
        }

        byte[] first = new byte[DiskSector.Size];
        if (await file.Value.ReadAsync(0, first) != Errno.OK
            || !TryDecodeHeader(first, superblock, out MemberImage? image, out Header header))
        {
            return (null, 0, StoreFault.DamagedCheckpoint);
        }

        long entries = header.TableEntries + (long)header.EpochEntries;
        long sectors = (entries + EntriesInSector - 1) / EntriesInSector;
        byte[] chunk = new byte[(int)Math.Min(SectorsInOneCall, sectors) * DiskSector.Size];
        long taken = 0;
        for (long next = 1; next <= sectors; next += SectorsInOneCall)
        {
            int count = (int)Math.Min(SectorsInOneCall, sectors + 1 - next);
            if (await file.Value.ReadAsync(next * DiskSector.Size, chunk.AsMemory(0, count * DiskSector.Size)) != Errno.OK)
            {
                return (null, 0, StoreFault.DamagedCheckpoint);
            }

            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> sector = chunk.AsSpan(i * DiskSector.Size, DiskSector.Size);
                int here = (int)Math.Min(EntriesInSector, entries - taken);
                if (!TryDecode(sector, header, (uint)(next + i), here, image, taken))
                {
                    return (null, 0, StoreFault.DamagedCheckpoint);
                }

                taken += here;
            }
        }

        return (image, header.Log, StoreFault.None);
    }

    private static IEnumerable<Entry> EntriesOf(MemberImage image)
    {
        for (long row = 0; row < image.Table.Rows; row++)
        {
            TableEntry entry = image.Table[new Row(row)];
            if (entry.Slot is { } slot)
            {
                yield return new Entry((uint)row, slot, entry.Checksum, entry.Epoch);
            }
        }

        if (image.Pending is { } pending)
        {
            foreach ((Row row, EpochBlock block) in pending.Sorted())
            {
                yield return new Entry((uint)row.Value, block.Slot, block.Checksum, pending.Epoch);
            }
        }
    }

    private static void EncodeHeader(Span<byte> sector, Superblock superblock, MemberImage image, uint log)
    {
        sector[..DiskSector.Size].Clear();
        Magic.CopyTo(sector);
        BinaryPrimitives.WriteInt32LittleEndian(sector[8..], Superblock.FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[12..], log);
        superblock.Geometry.ArrayId.Write(sector[16..]);
        BinaryPrimitives.WriteInt32LittleEndian(sector[32..], superblock.Geometry.Member.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[36..], image.View.Stamp.Version);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[40..], image.View.Stamp.Epoch.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[48..], image.View.Decided.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[56..], image.View.Mask.Bits);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[60..], image.Sealed?.Stamp.Version ?? 0);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[64..], image.Self.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[72..], image.Sealed?.Epoch.Value ?? 0);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[80..], image.Sealed?.Mask.Bits ?? 0);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[84..], (uint)image.Table.Written);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[88..], (uint)(image.Pending?.Count ?? 0));
        DiskSector.Seal(sector[..DiskSector.Size]);
    }

    private static bool TryDecodeHeader(
        ReadOnlySpan<byte> sector,
        Superblock superblock,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MemberImage? image,
        out Header header)
    {
        image = null;
        header = default;
        MemberGeometry geometry = superblock.Geometry;
        if (!DiskSector.Holds(sector)
            || !sector[..Magic.Length].SequenceEqual(Magic)
            || BinaryPrimitives.ReadInt32LittleEndian(sector[8..]) != Superblock.FormatVersion
            || ArrayId.Read(sector[16..]) != geometry.ArrayId
            || BinaryPrimitives.ReadInt32LittleEndian(sector[32..]) != geometry.Member.Value)
        {
            return false;
        }

        header = new Header(
            BinaryPrimitives.ReadUInt32LittleEndian(sector[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(sector[84..]),
            BinaryPrimitives.ReadUInt32LittleEndian(sector[88..]));
        var view = new View(
            new Stamp(
                new Epoch(BinaryPrimitives.ReadUInt64LittleEndian(sector[40..])),
                BinaryPrimitives.ReadUInt32LittleEndian(sector[36..])),
            new Epoch(BinaryPrimitives.ReadUInt64LittleEndian(sector[48..])),
            new MemberSet(BinaryPrimitives.ReadUInt32LittleEndian(sector[56..])));
        var sealedEpoch = new Epoch(BinaryPrimitives.ReadUInt64LittleEndian(sector[72..]));
        image = new MemberImage(geometry.Rows)
        {
            View = view,
            Self = new Epoch(BinaryPrimitives.ReadUInt64LittleEndian(sector[64..])),
        };
        if (sealedEpoch != Epoch.None)
        {
            image.Seal(
                new SealedEpoch(
                    new Stamp(sealedEpoch, BinaryPrimitives.ReadUInt32LittleEndian(sector[60..])),
                    new MemberSet(BinaryPrimitives.ReadUInt32LittleEndian(sector[80..]))),
                new EpochBlocks(sealedEpoch));
        }

        return header.TableEntries <= geometry.Rows && header.EpochEntries <= geometry.Rows;
    }

    private static bool TryEncode(Span<byte> sector, IEnumerator<Entry> entries, uint log, uint index)
    {
        sector.Clear();
        int count = 0;
        while (count < EntriesInSector && entries.MoveNext())
        {
            Span<byte> field = sector[(EntriesOffset + (count * EntrySize))..];
            BinaryPrimitives.WriteUInt32LittleEndian(field, entries.Current.Row);
            BinaryPrimitives.WriteUInt32LittleEndian(field[4..], entries.Current.Slot);
            BinaryPrimitives.WriteUInt64LittleEndian(field[8..], entries.Current.Checksum.Value);
            BinaryPrimitives.WriteUInt64LittleEndian(field[16..], entries.Current.Epoch.Value);
            count++;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(sector, log);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[4..], index);
        DiskSector.Seal(sector);
        return count > 0;
    }

    private static bool TryDecode(
        ReadOnlySpan<byte> sector, Header header, uint index, int count, MemberImage image, long first)
    {
        if (!DiskSector.Holds(sector)
            || BinaryPrimitives.ReadUInt32LittleEndian(sector) != header.Log
            || BinaryPrimitives.ReadUInt32LittleEndian(sector[4..]) != index)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> field = sector[(EntriesOffset + (i * EntrySize))..];
            var row = new Row(BinaryPrimitives.ReadUInt32LittleEndian(field));
            uint slot = BinaryPrimitives.ReadUInt32LittleEndian(field[4..]);
            var checksum = new Checksum(BinaryPrimitives.ReadUInt64LittleEndian(field[8..]));
            var epoch = new Epoch(BinaryPrimitives.ReadUInt64LittleEndian(field[16..]));
            if (row.Value >= image.Table.Rows)
            {
                return false;
            }

            if (first + i < header.TableEntries)
            {
                image.Table.Set(row, slot, checksum, epoch);
            }
            else
            {
                image.Pending?.Put(row, new EpochBlock(slot, checksum, Sequence: 0));
            }
        }

        return true;
    }

    private readonly record struct Header(uint Log, uint TableEntries, uint EpochEntries);

    private readonly record struct Entry(uint Row, uint Slot, Checksum Checksum, Epoch Epoch);
}
