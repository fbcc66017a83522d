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
 * those entries again, in order, and the last time to what they are. Before that two rows may have one slot. So the log must be
 * there up to where it was when the last entry was written, which the checkpoint says too.
 *
 *     sectors of 512 bytes, little endian, each with the checksum of its first 504 bytes at 504
 *
 *     sector 0, written last                      sectors 1 …: entries, 20 a sector
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
 *     104  to be replayed at least: up to this log      4
 *     108  and this many of its sectors                 4
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

/// <summary>What a checkpoint holds.</summary>
/// <param name="Image">The state that the logs are replayed over.</param>
/// <param name="Log">The first of them.</param>
/// <param name="Reached">How far they must be there.</param>
internal sealed record CheckpointContent(MemberImage Image, LogStart Log, LogPosition Reached);

/// <summary>Writes and reads the checkpoint of a member.</summary>
internal static class Checkpoint
{
    public const string FileName = "checkpoint";
    public const string UnfinishedName = "checkpoint.new";

    private const int EntrySize = 24;
    private const int EntriesOffset = 8;
    private const int EntriesInSector = (DiskSector.ContentSize - EntriesOffset) / EntrySize;
    private const int SectorsInOneRead = 128;

    /// <summary>Few, so that what else the member asks of its disk has its turn in between.</summary>
    private const int SectorsInOneWrite = 32;

    private static ReadOnlySpan<byte> Magic => "RAID5CKP"u8;

    /// <summary>Bytes of a checkpoint with so many entries.</summary>
    public static long Size(long entries) =>
        (1 + ((entries + EntriesInSector - 1) / EntriesInSector)) * DiskSector.Size;

    /// <summary>Writes a checkpoint aside, flushed; <see cref="MemberFolder"/> puts it in its place.</summary>
    /// <param name="disk">The member's folder.</param>
    /// <param name="geometry">Whose it is.</param>
    /// <param name="head">How the member stood.</param>
    /// <param name="table">It may change meanwhile.</param>
    /// <param name="reached">Asked when all of the table is written: up to where the log has been applied to it.</param>
    public static async Task<Errno> WriteAsync(
        IDisk disk, MemberGeometry geometry, CheckpointHead head, BlockTable table, Func<LogPosition> reached)
    {
        Result<IDiskFile> file = await disk.OpenAsync(UnfinishedName, DiskOpenMode.OpenOrCreate);
        if (!file.IsOk)
        {
            return file.Error;
        }

        Errno error = await file.Value.TruncateAsync(0);
        var writer = new EntryWriter(file.Value, head.Log.Number);
        for (long row = 0; row < table.Rows && error == Errno.OK; row++)
        {
            TableEntry entry = table[new Row(row)];
            if (entry.Slot is { } slot)
            {
                error = await writer.AddAsync((uint)row, slot, entry.Checksum, entry.Epoch);
            }

            if (row % CallLimits.MaxVisitedRows == CallLimits.MaxVisitedRows - 1)
            {
                // Rows that were never written are passed by without a call to the disk: the member has other things to do.
                await Task.Yield();
            }
        }

        long tableEntries = writer.Entries;
        foreach ((Row row, EpochBlock block) in head.Pending?.Sorted() ?? [])
        {
            error = error == Errno.OK
                ? await writer.AddAsync((uint)row.Value, block.Slot, block.Checksum, head.Pending!.Epoch)
                : error;
        }

        error = error == Errno.OK ? await writer.FinishAsync() : error;
        byte[] header = new byte[DiskSector.Size];
        EncodeHeader(header, geometry, head, tableEntries, reached());
        error = error == Errno.OK ? await file.Value.WriteAsync(0, header) : error;
        return error == Errno.OK ? await file.Value.FlushAsync() : error;
    }

    /// <summary>Reads the checkpoint.</summary>
    /// <returns>What it holds; or why it cannot be trusted.</returns>
    public static async Task<(CheckpointContent? Content, StoreFault Fault)> ReadAsync(IDisk disk, MemberGeometry geometry)
    {
        Result<IDiskFile> file = await disk.OpenAsync(FileName, DiskOpenMode.Open);
        if (!file.IsOk)
        {
            return (null, file.Error == Errno.ENOENT ? StoreFault.DamagedCheckpoint : StoreFault.Unreadable);
        }

        byte[] first = new byte[DiskSector.Size];
        if (await file.Value.ReadAsync(0, first) != Errno.OK
            || !TryDecodeHeader(first, geometry, out MemberImage? image, out Header header))
        {
            return (null, StoreFault.DamagedCheckpoint);
        }

        long entries = header.TableEntries + (long)header.EpochEntries;
        long sectors = (entries + EntriesInSector - 1) / EntriesInSector;
        byte[] chunk = new byte[(int)Math.Min(SectorsInOneRead, sectors) * DiskSector.Size];
        long taken = 0;
        for (long next = 1; next <= sectors; next += SectorsInOneRead)
        {
            int count = (int)Math.Min(SectorsInOneRead, sectors + 1 - next);
            if (await file.Value.ReadAsync(next * DiskSector.Size, chunk.AsMemory(0, count * DiskSector.Size)) != Errno.OK)
            {
                return (null, StoreFault.DamagedCheckpoint);
            }

            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> sector = chunk.AsSpan(i * DiskSector.Size, DiskSector.Size);
                int here = (int)Math.Min(EntriesInSector, entries - taken);
                if (!TryDecode(sector, header, (uint)(next + i), here, image, taken))
                {
                    return (null, StoreFault.DamagedCheckpoint);
                }

                taken += here;
            }
        }

        return (new CheckpointContent(image, header.Log, header.Reached), StoreFault.None);
    }

    private static void EncodeHeader(
        Span<byte> sector, MemberGeometry geometry, CheckpointHead head, long tableEntries, LogPosition reached)
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
        BinaryPrimitives.WriteUInt32LittleEndian(sector[104..], reached.Log);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[108..], reached.Sectors);
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
            new LogPosition(
                BinaryPrimitives.ReadUInt32LittleEndian(sector[104..]), BinaryPrimitives.ReadUInt32LittleEndian(sector[108..])),
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

    private readonly record struct Header(LogStart Log, LogPosition Reached, uint TableEntries, uint EpochEntries);

    /// <summary>Writes entries into the sectors behind the header, many at a time.</summary>
    private sealed class EntryWriter(IDiskFile file, uint log)
    {
        private readonly byte[] _sectors = new byte[SectorsInOneWrite * DiskSector.Size];
        private long _first = 1;
        private int _count;

        /// <summary>Entries so far.</summary>
        public long Entries { get; private set; }

        public Task<Errno> AddAsync(uint row, uint slot, Checksum checksum, Epoch epoch)
        {
            (int sector, int place) = Math.DivRem(_count, EntriesInSector);
            Span<byte> field = _sectors.AsSpan((sector * DiskSector.Size) + EntriesOffset + (place * EntrySize));
            BinaryPrimitives.WriteUInt32LittleEndian(field, row);
            BinaryPrimitives.WriteUInt32LittleEndian(field[4..], slot);
            BinaryPrimitives.WriteUInt64LittleEndian(field[8..], checksum.Value);
            BinaryPrimitives.WriteUInt64LittleEndian(field[16..], epoch.Value);
            _count++;
            Entries++;
            return _count == SectorsInOneWrite * EntriesInSector ? FinishAsync() : Succeeded;
        }

        /// <summary>Writes what is not yet written.</summary>
        public async Task<Errno> FinishAsync()
        {
            int sectors = (_count + EntriesInSector - 1) / EntriesInSector;
            for (int i = 0; i < sectors; i++)
            {
                Span<byte> sector = _sectors.AsSpan(i * DiskSector.Size, DiskSector.Size);
                BinaryPrimitives.WriteUInt32LittleEndian(sector, log);
                BinaryPrimitives.WriteUInt32LittleEndian(sector[4..], (uint)(_first + i));
                DiskSector.Seal(sector);
            }

            Errno error = await file.WriteAsync(_first * DiskSector.Size, _sectors.AsMemory(0, sectors * DiskSector.Size));
            _first += sectors;
            _count = 0;
            Array.Clear(_sectors);
            return error;
        }

        private static Task<Errno> Succeeded { get; } = Task.FromResult(Errno.OK);
    }
}
