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
 * A log that has grown long is left for one of the next number: when that one is there, durably, the long one ends with a record
 * that says so, and the next begins with the chain of that end. While a checkpoint is written the state is in both of them,
 * and behind a checkpoint that was put off in any number. So a log that ended and has no next one, or a next one that does not
 * follow from it, proves a loss.
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

/// <summary>Between two groups of the logs.</summary>
/// <param name="Log">The number of a log.</param>
/// <param name="Sectors">Sectors before it in that log.</param>
internal readonly record struct LogPosition(uint Log, uint Sectors)
{
    public bool IsBehind(LogPosition other) => (Log, Sectors).CompareTo((other.Log, other.Sectors)) > 0;
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
        Start = start;
        _chain = start.Chain;
    }

    [Flags]
    private enum Place : ushort
    {
        Middle = 0,
        First = 1,
        Last = 2,
    }

    public LogStart Start { get; }

    public uint Number => Start.Number;

    /// <summary>Behind its last group.</summary>
    public LogPosition End => new(Number, _sectors);

    /// <summary>Where the next one begins, once this one has ended.</summary>
    private LogStart Next => LogStart.After(Number, _chain);

    /// <summary>It has ended: there is a next one.</summary>
    private bool HasEnded { get; set; }

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

    /// <summary>Makes the first log of a member, empty; durable once the folder is flushed.</summary>
    public static async Task<Result<MemberLog>> CreateFirstAsync(IDisk disk, LogStart start)
    {
        Result<IDiskFile> file = await CreateFileAsync(disk, start.Number);
        return file.IsOk ? new MemberLog(file.Value, start) : file.Error;
    }

    /// <summary>Makes an empty file for the log of a number; durable once the folder is flushed.</summary>
    public static async Task<Result<IDiskFile>> CreateFileAsync(IDisk disk, uint number)
    {
        Result<IDiskFile> file = await disk.OpenAsync(NameOf(number), DiskOpenMode.OpenOrCreate);
        if (!file.IsOk)
        {
            return file.Error;
        }

        Errno error = await file.Value.TruncateAsync(0);
        error = error == Errno.OK ? await file.Value.FlushAsync() : error;
        return error == Errno.OK ? file : error;
    }

    /// <summary>Ends this log, and begins the next one. After an error neither may be used.</summary>
    /// <param name="file">Of the next number, empty and durable.</param>
    public async Task<Result<MemberLog>> ContinueAsync(IDiskFile file)
    {
        Errno error = await AppendAsync(new LogRecord.End());
        return error == Errno.OK ? new MemberLog(file, Next) : error;
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
        MemberLog? log = null;
        long bytesBefore = 0;
        while (log is null || log.HasEnded)
        {
            bytesBefore += log?.Length ?? 0;
            (log, StoreFault fault) = await ReplayOneAsync(disk, log?.Next ?? start, apply);
            if (log is null)
            {
                return (null, 0, fault);
            }
        }

        // The file of a next one that was never begun is empty.
        Result<IDiskFile> behind = await disk.OpenAsync(NameOf(log.Number + 1), DiskOpenMode.Open);
        Result<long> length = behind.IsOk ? await behind.Value.LengthAsync() : behind.Error;
        return
            length is { IsOk: true, Value: > 0 } ? (null, 0, StoreFault.DamagedLog)
            : length.IsOk || length.Error == Errno.ENOENT ? (log, bytesBefore, StoreFault.None)
            : (null, 0, StoreFault.Unreadable);
    }

    private static async Task<(MemberLog? Log, StoreFault Fault)> ReplayOneAsync(
        IDisk disk, LogStart start, Func<LogRecord, bool> apply)
    {
        Result<IDiskFile> opened = await disk.OpenAsync(NameOf(start.Number), DiskOpenMode.Open);
        if (!opened.IsOk)
        {
            return (null, opened.Error == Errno.ENOENT ? StoreFault.DamagedLog : StoreFault.Unreadable);
        }

        IDiskFile file = opened.Value;
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
            return records is not null && records.TrueForAll(Apply);
        }

        private bool Apply(LogRecord record)
        {
            // Nothing follows the end.
            bool fits = !log.HasEnded && (record is LogRecord.End || apply(record));
            log.HasEnded |= record is LogRecord.End;
            return fits;
        }
    }
}
