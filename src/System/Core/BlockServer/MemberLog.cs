using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Raid5Fs.Primitives;

namespace Raid5Fs.BlockServer;

/*
 * What happened to a member since its last checkpoint, appended group by group; a group is durable as a whole or not
 * at all. Groups are made of whole sectors, so that appending never touches a sector that is durable already: a torn
 * write of such a one could take with it what was acknowledged.
 *
 *     one sector of 512 bytes, little endian
 *       0  log number              4
 *       4  bytes of payload        2
 *       6  1: first of its group, 2: last of it    2
 *       8  index of the sector     4
 *      12  index of the first sector of its group  4
 *      16  checksum of the sector before; in the first, what the log before it ended with   8
 *      24  payload                 480
 *     504  checksum of the above   8
 *
 * One group is written at a time, and flushed before the next. So after a crash only the last group can be incomplete,
 * with sectors missing or unreadable: a torn tail, which is cut off. Anything else was damaged: a sector that can be
 * read, is not empty and is not what belongs there; or a gap with a later group behind it.
 *
 * A log that has grown long is left for one of the next number, which begins with the chain of its end. While a checkpoint
 * is written the state is in both of them, and behind a checkpoint that failed in any number. No group of the later one
 * was written before the earlier one was complete: so a first sector that does not follow from it proves a loss.
 */

/// <summary>Where a log begins: a checkpoint names it, or the end of the log before.</summary>
/// <param name="Number">Each log has the next one.</param>
/// <param name="Chain">What stands for the checksum of the sector before its first.</param>
internal readonly record struct LogStart(uint Number, ulong Chain)
{
    /// <summary>Of the first log of a member.</summary>
    public static LogStart First => After(0, 0);

    /// <summary>Of the one that follows a log.</summary>
    public static LogStart After(uint number, ulong chain)
    {
        ReadOnlySpan<ulong> seed = [number, chain];
        return new LogStart(number + 1, XxHash3.HashToUInt64(MemoryMarshal.AsBytes(seed)));
    }
}

/// <summary>The log of a member. Appended to by one caller at a time.</summary>
internal sealed class MemberLog
{
    private const int HeaderSize = 24;
    private const int PayloadSize = DiskSector.ContentSize - HeaderSize;
    private const int SectorsInOneRead = 128;
    private const string Prefix = "log.";

    private readonly IDiskFile _file;
    private uint _sectors;
    private ulong _chain;

    private MemberLog(IDiskFile file, LogStart start)
    {
        _file = file;
        Number = start.Number;
        _chain = start.Chain;
    }

    [Flags]
    private enum Place : ushort
    {
        Middle = 0,
        First = 1,
        Last = 2,
    }

    public uint Number { get; }

    /// <summary>Where the next one begins, if nothing more is appended to this one.</summary>
    public LogStart Next => LogStart.After(Number, _chain);

    /// <summary>Bytes in use.</summary>
    public long Length => (long)_sectors * DiskSector.Size;

    /// <summary>Bytes of records appended; the rest of <see cref="Length"/> is headers and padding.</summary>
    public long RecordBytes { get; private set; }

    public static string NameOf(uint number) => Prefix + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether a file is a log, and not only called like one.</summary>
    public static bool IsName(string name) => IsName(name, out _);

    /// <inheritdoc cref="IsName(string)"/>
    public static bool IsName(string name, out uint number)
    {
        number = 0;
        return name.StartsWith(Prefix, StringComparison.Ordinal)
            && uint.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && name == NameOf(number);
    }

    /// <summary>Makes an empty log, durable once the folder is flushed.</summary>
    public static async Task<Result<MemberLog>> CreateAsync(IDisk disk, LogStart start)
    {
        Result<IDiskFile> file = await disk.OpenAsync(NameOf(start.Number), DiskOpenMode.OpenOrCreate);
        if (!file.IsOk)
        {
            return file.Error;
        }

        Errno error = await file.Value.TruncateAsync(0);
        if (error == Errno.OK)
        {
            error = await file.Value.FlushAsync();
        }

        return error == Errno.OK ? new MemberLog(file.Value, start) : error;
    }

    /// <summary>
    /// Reads a log and those that follow it, hands their records on in order, cuts off a torn tail, and makes the rest durable.
    /// </summary>
    /// <param name="disk">The member's folder.</param>
    /// <param name="start">Of the first.</param>
    /// <param name="apply">Told of each record; says whether it fits what came before.</param>
    /// <returns>The last of them, and bytes in those before it; or why they cannot be trusted.</returns>
    public static async Task<(MemberLog? Log, long BytesBefore, StoreFault Fault)> ReplayAsync(
        IDisk disk, LogStart start, Func<LogRecord, bool> apply)
    {
        MemberLog? last = null;
        long bytesBefore = 0;
        while (true)
        {
            LogStart next = last?.Next ?? start;
            Result<IDiskFile> file = await disk.OpenAsync(NameOf(next.Number), DiskOpenMode.Open);
            if (last is not null && !file.IsOk && file.Error == Errno.ENOENT)
            {
                return (last, bytesBefore, StoreFault.None);
            }

            if (!file.IsOk)
            {
                return (null, 0, file.Error == Errno.ENOENT ? StoreFault.DamagedLog : StoreFault.Unreadable);
            }

            bytesBefore += last?.Length ?? 0;
            (last, StoreFault fault) = await ReplayAsync(file.Value, next, apply);
            if (last is null)
            {
                return (null, 0, fault);
            }
        }
    }

    private static async Task<(MemberLog? Log, StoreFault Fault)> ReplayAsync(
        IDiskFile file, LogStart start, Func<LogRecord, bool> apply)
    {
        Result<long> length = await file.LengthAsync();
        if (!length.IsOk)
        {
            return (null, StoreFault.Unreadable);
        }

        var log = new MemberLog(file, start);
        if (!await log.ReplayAsync(length.Value, apply))
        {
            return (null, StoreFault.DamagedLog);
        }

        // What is left of a torn group must not be found behind a later one.
        Errno error = length.Value > log.Length ? await file.TruncateAsync(log.Length) : Errno.OK;

        // A process that was killed may have left a group whole and not flushed: from here on it counts.
        error = error == Errno.OK ? await file.FlushAsync() : error;
        return error == Errno.OK ? (log, StoreFault.None) : (null, StoreFault.Unreadable);
    }

    /// <summary>Appends a group of records and makes it durable. After an error the log may not be used again.</summary>
    public async Task<Errno> AppendAsync(params IReadOnlyList<LogRecord> records)
    {
        var payload = new ArrayBufferWriter<byte>(PayloadSize);
        foreach (LogRecord record in records)
        {
            record.WriteTo(payload);
        }

        int count = (payload.WrittenCount + PayloadSize - 1) / PayloadSize;
        byte[] sectors = new byte[count * DiskSector.Size];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> part = payload.WrittenSpan[(i * PayloadSize)..Math.Min((i + 1) * PayloadSize, payload.WrittenCount)];
            Place place = (i == 0 ? Place.First : Place.Middle) | (i == count - 1 ? Place.Last : Place.Middle);
            _chain = Encode(sectors.AsSpan(i * DiskSector.Size, DiskSector.Size), (uint)(_sectors + i), part, place);
        }

        long offset = Length;
        _sectors += (uint)count;
        RecordBytes += payload.WrittenCount;
        Errno error = await _file.WriteAsync(offset, sectors);
        return error == Errno.OK ? await _file.FlushAsync() : error;
    }

    private ulong Encode(Span<byte> sector, uint index, ReadOnlySpan<byte> part, Place place)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(sector, Number);
        BinaryPrimitives.WriteUInt16LittleEndian(sector[4..], (ushort)part.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(sector[6..], (ushort)place);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[8..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[12..], _sectors);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[16..], _chain);
        part.CopyTo(sector[HeaderSize..]);
        return DiskSector.Seal(sector);
    }

    /// <returns>False if the log is damaged.</returns>
    private async Task<bool> ReplayAsync(long length, Func<LogRecord, bool> apply)
    {
        var replay = new Replay(this, apply);
        long sectors = (length + DiskSector.Size - 1) / DiskSector.Size;
        byte[] bytes = new byte[(int)Math.Min(Math.Max(sectors, 1), SectorsInOneRead) * DiskSector.Size];
        for (long first = 0; first < sectors; first += SectorsInOneRead)
        {
            int count = (int)Math.Min(SectorsInOneRead, sectors - first);
            Memory<byte> all = bytes.AsMemory(0, count * DiskSector.Size);
            bool readable = await _file.ReadAsync(first * DiskSector.Size, all) == Errno.OK;
            for (int i = 0; i < count; i++)
            {
                Memory<byte> sector = all.Slice(i * DiskSector.Size, DiskSector.Size);
                bool isRead = readable || await _file.ReadAsync((first + i) * DiskSector.Size, sector) == Errno.OK;
                if (!replay.Take((uint)(first + i), isRead ? sector.Span : default))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Goes through the sectors of a log, and tells a torn tail from damage.</summary>
    private sealed class Replay(MemberLog log, Func<LogRecord, bool> apply)
    {
        private readonly List<byte> _group = [];
        private uint _groupStart;
        private ulong _chain = log._chain;
        private uint? _tornGroup;

        /// <param name="index">The next one.</param>
        /// <param name="sector">Its bytes; empty if they cannot be read.</param>
        /// <returns>False if this proves that the log is damaged.</returns>
        public bool Take(uint index, ReadOnlySpan<byte> sector)
        {
            bool isMine = !sector.IsEmpty && DiskSector.Holds(sector) && IsPlaced(sector, index);
            if (_tornGroup is null && isMine && Continues(sector, index))
            {
                return Accept(sector, index);
            }

            _tornGroup ??= _group.Count > 0 ? _groupStart : index;
            if (isMine)
            {
                // Of a torn group later sectors may be there. The first of a log follows from what is durable long since.
                return index > 0 && GroupOf(sector) <= _tornGroup;
            }

            return sector.IsEmpty || DiskSector.IsZero(sector);
        }

        private bool IsPlaced(ReadOnlySpan<byte> sector, uint index) =>
            BinaryPrimitives.ReadUInt32LittleEndian(sector) == log.Number
            && BinaryPrimitives.ReadUInt32LittleEndian(sector[8..]) == index
            && BinaryPrimitives.ReadUInt16LittleEndian(sector[4..]) <= PayloadSize;

        private static uint GroupOf(ReadOnlySpan<byte> sector) => BinaryPrimitives.ReadUInt32LittleEndian(sector[12..]);

        private static Place PlaceOf(ReadOnlySpan<byte> sector) =>
            (Place)BinaryPrimitives.ReadUInt16LittleEndian(sector[6..]);

        private bool Continues(ReadOnlySpan<byte> sector, uint index)
        {
            bool isFirst = PlaceOf(sector).HasFlag(Place.First);
            return BinaryPrimitives.ReadUInt64LittleEndian(sector[16..]) == _chain
                && isFirst == (_group.Count == 0)
                && GroupOf(sector) == (isFirst ? index : _groupStart);
        }

        private bool Accept(ReadOnlySpan<byte> sector, uint index)
        {
            _groupStart = GroupOf(sector);
            _chain = DiskSector.ChecksumOf(sector);
            _group.AddRange(sector.Slice(HeaderSize, BinaryPrimitives.ReadUInt16LittleEndian(sector[4..])));
            if (!PlaceOf(sector).HasFlag(Place.Last))
            {
                return true;
            }

            List<LogRecord>? records = LogRecord.ReadAll(CollectionsMarshal.AsSpan(_group));
            log.RecordBytes += _group.Count;
            log._sectors = index + 1;
            log._chain = _chain;
            _group.Clear();
            return records is not null && records.TrueForAll(record => apply(record));
        }
    }
}
