using System.Buffers.Binary;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.BlockServer;

/*
 * The state of a member, as a whole: what its logs are replayed over, from the one on that the checkpoint names. Written
 * aside, flushed, and put in its place by a rename, so there is always one that is complete.
 *
 * The member goes on meanwhile. View, self and sealed epoch are those of the moment at which that log was begun; of the
 * table each entry is as it was when it was written, then or later. What was committed since is in the log: replayed, it sets
 * those entries again, in order, and the last time to what they are. Before that two rows may have one slot.
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
 *      96  chain of the log's start  8
 */

/// <summary>What a checkpoint says beside the table: how a member stood when a log was begun.</summary>
/// <param name="Log">That log.</param>
/// <param name="View">The last decision.</param>
/// <param name="Self">What the member was complete up to.</param>
/// <param name="Sealed">The sealed epoch, if there was one.</param>
/// <param name="Pending">Its blocks.</param>
internal sealed record CheckpointHead(LogStart Log, View View, Epoch Self, SealedEpoch? Sealed, EpochBlocks? Pending)
{
    public static CheckpointHead Of(MemberImage image, LogStart log) =>
        new(log, image.View, image.Self, image.Sealed, image.Pending);
}

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
    /// <param name="disk">The member's folder.</param>
    /// <param name="geometry">Whose it is.</param>
    /// <param name="head">How the member stood.</param>
    /// <param name="table">It may change meanwhile.</param>
    public static async Task<Errno> WriteAsync(IDisk disk, MemberGeometry geometry, CheckpointHead head, BlockTable table)
    {
        Result<IDiskFile> file = await disk.OpenAsync(UnfinishedName, DiskOpenMode.OpenOrCreate);
        if (!file.IsOk)
        {
            return file.Error;
        }

        // How many entries there are is known at the end: so the sectors that begin with the head are written last.
        int capacity = (int)Math.Min(SectorsInOneCall, Size(table.Rows + (head.Pending?.Count ?? 0)) / DiskSector.Size);
        byte[] first = new byte[capacity * DiskSector.Size];
        byte[] further = [];
        using IEnumerator<Entry> rest = EntriesOf(table, head.Pending).GetEnumerator();
        Errno error = await file.Value.TruncateAsync(0);
        (int firstSectors, long entries) = Encode(first, rest, head.Log.Number, index: 1, from: 1);
        long index = firstSectors;
        for (bool more = firstSectors == capacity; error == Errno.OK && more;)
        {
            further = further.Length > 0 ? further : new byte[capacity * DiskSector.Size];
            (int sectors, int count) = Encode(further, rest, head.Log.Number, (uint)index, from: 0);
            error = sectors > 0
                ? await file.Value.WriteAsync(index * DiskSector.Size, further.AsMemory(0, sectors * DiskSector.Size))
                : Errno.OK;
            index += sectors;
            entries += count;
            more = sectors == capacity;
        }

        EncodeHeader(first, geometry, head, entries - (head.Pending?.Count ?? 0));
        error = error == Errno.OK ? await file.Value.WriteAsync(0, first.AsMemory(0, firstSectors * DiskSector.Size)) : error;
        return error == Errno.OK ? await file.Value.FlushAsync() : error;
    }

    /// <summary>Reads the checkpoint.</summary>
    /// <returns>The image and the log to replay over it; or why it cannot be trusted.</returns>
    public static async Task<(MemberImage? Image, LogStart Log, StoreFault Fault)> ReadAsync(
        IDisk disk, MemberGeometry geometry)
    {
        Result<IDiskFile> file = await disk.OpenAsync(FileName, DiskOpenMode.Open);
        if (!file.IsOk)
        {
            return (null, default, file.Error == Errno.ENOENT ? StoreFault.DamagedCheckpoint : StoreFault.Unreadable);
        }

        byte[] first = new byte[DiskSector.Size];
        if (await file.Value.ReadAsync(0, first) != Errno.OK
            || !TryDecodeHeader(first, geometry, out MemberImage? image, out Header header))
        {
            return (null, default, StoreFault.DamagedCheckpoint);
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
                return (null, default, StoreFault.DamagedCheckpoint);
            }

            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> sector = chunk.AsSpan(i * DiskSector.Size, DiskSector.Size);
                int here = (int)Math.Min(EntriesInSector, entries - taken);
                if (!TryDecode(sector, header, (uint)(next + i), here, image, taken))
                {
                    return (null, default, StoreFault.DamagedCheckpoint);
                }

                taken += here;
            }
        }

        return (image, header.Log, StoreFault.None);
    }

    private static IEnumerable<Entry> EntriesOf(BlockTable table, EpochBlocks? pending)
    {
        for (long row = 0; row < table.Rows; row++)
        {
            TableEntry entry = table[new Row(row)];
            if (entry.Slot is { } slot)
            {
                yield return new Entry((uint)row, slot, entry.Checksum, entry.Epoch);
            }
        }

        foreach ((Row row, EpochBlock block) in pending?.Sorted() ?? [])
        {
            yield return new Entry((uint)row.Value, block.Slot, block.Checksum, pending!.Epoch);
        }
    }

    private static void EncodeHeader(Span<byte> sector, MemberGeometry geometry, CheckpointHead head, long tableEntries)
    {
        sector[..DiskSector.Size].Clear();
        Magic.CopyTo(sector);
        BinaryPrimitives.WriteInt32LittleEndian(sector[8..], Superblock.FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[12..], head.Log.Number);
        geometry.ArrayId.Write(sector[16..]);
        BinaryPrimitives.WriteInt32LittleEndian(sector[32..], geometry.Member.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[36..], head.View.Stamp.Version);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[40..], head.View.Stamp.Epoch.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[48..], head.View.Decided.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[56..], head.View.Mask.Bits);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[60..], head.Sealed?.Stamp.Version ?? 0);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[64..], head.Self.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[72..], head.Sealed?.Epoch.Value ?? 0);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[80..], head.Sealed?.Mask.Bits ?? 0);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[84..], (uint)tableEntries);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[88..], (uint)(head.Pending?.Count ?? 0));
        BinaryPrimitives.WriteUInt64LittleEndian(sector[96..], head.Log.Chain);
        DiskSector.Seal(sector[..DiskSector.Size]);
    }

    private static bool TryDecodeHeader(
        ReadOnlySpan<byte> sector,
        MemberGeometry geometry,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MemberImage? image,
        out Header header)
    {
        image = null;
        header = default;
        if (!DiskSector.Holds(sector)
            || !sector[..Magic.Length].SequenceEqual(Magic)
            || BinaryPrimitives.ReadInt32LittleEndian(sector[8..]) != Superblock.FormatVersion
            || ArrayId.Read(sector[16..]) != geometry.ArrayId
            || BinaryPrimitives.ReadInt32LittleEndian(sector[32..]) != geometry.Member.Value)
        {
            return false;
        }

        header = new Header(
            new LogStart(
                BinaryPrimitives.ReadUInt32LittleEndian(sector[12..]), BinaryPrimitives.ReadUInt64LittleEndian(sector[96..])),
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

    /// <summary>Fills sectors with entries, from one of them on, until there are no more.</summary>
    /// <returns>Sectors up to the last that has any, and entries.</returns>
    private static (int Sectors, int Entries) Encode(Span<byte> sectors, IEnumerator<Entry> rest, uint log, uint index, int from)
    {
        int all = 0;
        for (int place = from; place < sectors.Length / DiskSector.Size; place++, index++)
        {
            Span<byte> sector = sectors.Slice(place * DiskSector.Size, DiskSector.Size);
            sector.Clear();
            int count = 0;
            while (count < EntriesInSector && rest.MoveNext())
            {
                Span<byte> field = sector[(EntriesOffset + (count * EntrySize))..];
                BinaryPrimitives.WriteUInt32LittleEndian(field, rest.Current.Row);
                BinaryPrimitives.WriteUInt32LittleEndian(field[4..], rest.Current.Slot);
                BinaryPrimitives.WriteUInt64LittleEndian(field[8..], rest.Current.Checksum.Value);
                BinaryPrimitives.WriteUInt64LittleEndian(field[16..], rest.Current.Epoch.Value);
                count++;
            }

            if (count == 0)
            {
                return (place, all);
            }

            all += count;
            BinaryPrimitives.WriteUInt32LittleEndian(sector, log);
            BinaryPrimitives.WriteUInt32LittleEndian(sector[4..], index);
            DiskSector.Seal(sector);
        }

        return (sectors.Length / DiskSector.Size, all);
    }

    private static bool TryDecode(
        ReadOnlySpan<byte> sector, Header header, uint index, int count, MemberImage image, long first)
    {
        if (!DiskSector.Holds(sector)
            || BinaryPrimitives.ReadUInt32LittleEndian(sector) != header.Log.Number
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

    private readonly record struct Header(LogStart Log, uint TableEntries, uint EpochEntries);

    private readonly record struct Entry(uint Row, uint Slot, Checksum Checksum, Epoch Epoch);
}
