using System.IO.Hashing;

namespace Raid5Verify.Simulation;

/// <summary>
/// A file of a simulated disk: the bytes that are durable, the writes that are not yet, and damage laid over both.
/// </summary>
/// <remarks>
/// A write is visible at once and durable with the next flush that begins after it ended. At a crash, each 512-byte
/// sector keeps the writes that were not flushed up to a drawn one: wholly old, wholly new, or between them one of the
/// states that it went through.
/// </remarks>
public sealed class SimFile
{
    /// <summary>Bytes that are written whole or not at all.</summary>
    public const int SectorSize = 512;

    private static readonly byte[] ZeroSector = new byte[SectorSize];

    private readonly SimDisk _disk;
    private readonly List<PendingWrite> _pending = [];
    private readonly List<DiskDamage> _damages = [];
    private readonly PagedBytes _durable = new();
    private PagedBytes _visible = new();
    private long _durableLength;

    internal SimFile(SimDisk disk, string name)
    {
        _disk = disk;
        Label = new Label(name);
    }

    /// <summary>The name it was created with.</summary>
    public string Name => Label.Text;

    /// <summary>Bytes, writes not yet flushed included.</summary>
    public long Length { get; private set; }

    /// <summary>Damage that is not healed yet, in the order it was done.</summary>
    public IReadOnlyList<DiskDamage> Damages => _damages;

    internal Label Label { get; }

    private Trace Trace => _disk.Host.World.Trace;

    /// <summary>Makes one bit read as its opposite, until its byte is written.</summary>
    /// <param name="offset">Of the byte.</param>
    /// <param name="bit">0 to 7.</param>
    public DiskDamage FlipBit(long offset, int bit)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bit, 7u);
        return Damage(new DiskDamage(DamageKind.FlippedBit, this, offset, 1, (byte)(1 << bit)));
    }

    /// <summary>Makes the sectors that hold these bytes unreadable, until they are written.</summary>
    public DiskDamage MakeUnreadable(long offset, int length)
    {
        var first = offset / SectorSize * SectorSize;
        var end = (offset + length + SectorSize - 1) / SectorSize * SectorSize;
        return Damage(new DiskDamage(DamageKind.Unreadable, this, first, (int)(end - first), 0));
    }

    /// <summary>Takes all damage away, as a repair outside the system would.</summary>
    public void ClearDamage()
    {
        _damages.ForEach(static damage => damage.Clear());
        _damages.Clear();
    }

    /// <summary>Whether any of these bytes is damaged.</summary>
    public bool IsDamaged(long offset, long length) => _damages.Exists(damage => damage.Overlaps(offset, length));

    /// <summary>The true bytes, flushed or not, without damage: for checks, not for the system.</summary>
    public void Peek(long offset, Span<byte> destination) => _visible.Read(offset, destination);

    internal DiskStatus Read(long offset, Span<byte> destination)
    {
        foreach (var damage in _damages)
        {
            if (damage.Kind == DamageKind.Unreadable && damage.Overlaps(offset, destination.Length))
            {
                damage.Met++;
                return Fail("unreadable", offset, destination.Length);
            }
        }

        _visible.Read(offset, destination);
        foreach (var damage in _damages)
        {
            if (damage.Kind == DamageKind.FlippedBit && damage.Overlaps(offset, destination.Length))
            {
                damage.Met++;
                destination[(int)(damage.Offset - offset)] ^= damage.Mask;
            }
        }

        Trace.Emit(TraceKind.DiskRead, _disk.Host, Label, offset, destination.Length, Hash(destination));
        return DiskStatus.Ok;
    }

    internal PendingWrite Write(long offset, ReadOnlySpan<byte> source)
    {
        Trace.Emit(TraceKind.DiskWritten, _disk.Host, Label, offset, source.Length, Hash(source));
        _visible.Write(offset, source);
        Length = Math.Max(Length, offset + source.Length);
        var write = new PendingWrite(offset, source.ToArray(), Length) { Healed = Heal(offset, source.Length) };
        _pending.Add(write);
        return write;
    }

    internal PendingWrite Truncate(long length)
    {
        Trace.Emit(TraceKind.DiskTruncated, _disk.Host, Label, length);
        List<(DiskDamage, long)> healed = [];
        if (length < Length)
        {
            _visible.ClearFrom(length);
            healed = Heal(length, Length - length);
        }

        Length = length;
        var truncation = new PendingWrite(length, null, length) { Healed = healed };
        _pending.Add(truncation);
        return truncation;
    }

    /// <summary>The writes that a flush which begins now will make durable: those that have ended.</summary>
    internal PendingWrite[] BeginFlush() => [.. _pending.Where(static write => write.HasEnded)];

    internal DiskStatus EndFlush(PendingWrite[] writes)
    {
        Trace.Emit(TraceKind.DiskFlushed, _disk.Host, Label, writes.Length);
        foreach (var write in writes)
        {
            // Two flushes may overlap: what the first made durable is no longer pending for the second.
            if (!write.IsDurable)
            {
                write.IsDurable = true;
                ApplyDurably(write);
            }
        }

        _pending.RemoveAll(static write => write.IsDurable);
        return DiskStatus.Ok;
    }

    internal DiskStatus Fail(string error, long offset, long length)
    {
        Trace.Emit(TraceKind.DiskFailed, _disk.Host, Label, offset, length, detail: new Label(error));
        return DiskStatus.IoError;
    }

    internal void Crash(Dice dice)
    {
        if (_pending.Count == 0)
        {
            return;
        }

        long kept = 0;
        long lost = 0;
        foreach (var (sector, writes) in PendingBySector())
        {
            var survivors = dice.Next(writes.Count + 1);
            kept += survivors;
            lost += writes.Count - survivors;
            foreach (var write in writes.Take(survivors))
            {
                ApplyDurably(write, sector * SectorSize);
            }

            foreach (var write in writes.Skip(survivors))
            {
                Unheal(write, sector);
            }
        }

        var lengths = dice.Next(_pending.Count + 1);
        if (lengths > 0)
        {
            _durableLength = _pending[lengths - 1].LengthAfter;
        }

        _durable.ClearFrom(_durableLength);
        _pending.Clear();
        _visible = _durable.Clone();
        Length = _durableLength;
        Trace.Emit(TraceKind.DiskCrashed, _disk.Host, Label, kept, lost);
    }

    private static long Hash(ReadOnlySpan<byte> bytes) => unchecked((long)XxHash3.HashToUInt64(bytes));

    private DiskDamage Damage(DiskDamage damage)
    {
        _damages.Add(damage);
        Trace.Emit(
            TraceKind.DiskDamaged, _disk.Host, Label, damage.Offset, damage.Length, detail: new Label(damage.Kind.ToString()));
        return damage;
    }

    /// <returns>The sectors that were damaged and are no longer.</returns>
    private List<(DiskDamage Damage, long Sector)> Heal(long offset, long length)
    {
        List<(DiskDamage, long)> healed = [];
        if (_damages.Count > 0)
        {
            foreach (var damage in _damages)
            {
                healed.AddRange(damage.HealWithin(offset, length).Select(sector => (damage, sector)));
            }

            _damages.RemoveAll(static damage => damage.IsHealed);
        }

        return healed;
    }

    private void Unheal(PendingWrite lost, long lostSector)
    {
        foreach (var (damage, sector) in lost.Healed)
        {
            if (sector == lostSector)
            {
                if (damage.IsHealed)
                {
                    _damages.Add(damage);
                }

                damage.Restore(sector);
            }
        }
    }

    /// <summary>The writes of each sector that a crash may undo, oldest first. A truncation writes zeros to all behind it.</summary>
    private SortedDictionary<long, List<PendingWrite>> PendingBySector()
    {
        var sectors = new SortedDictionary<long, List<PendingWrite>>();
        var extent = Math.Max(_durableLength, _pending.Max(static write => write.End));
        foreach (var write in _pending)
        {
            var end = write.Data is null ? extent : write.End;
            for (var sector = write.Offset / SectorSize; sector * SectorSize < end; sector++)
            {
                if (!sectors.TryGetValue(sector, out var writes))
                {
                    sectors.Add(sector, writes = []);
                }

                writes.Add(write);
            }
        }

        return sectors;
    }

    private void ApplyDurably(PendingWrite write)
    {
        if (write.Data is null)
        {
            _durable.ClearFrom(write.Offset);
            _durableLength = write.LengthAfter;
        }
        else
        {
            _durable.Write(write.Offset, write.Data);
            _durableLength = Math.Max(_durableLength, write.Offset + write.Data.Length);
        }
    }

    private void ApplyDurably(PendingWrite write, long sectorStart)
    {
        var start = Math.Max(write.Offset, sectorStart);
        if (write.Data is null)
        {
            _durable.Write(start, ZeroSector.AsSpan((int)(start - sectorStart)));
        }
        else
        {
            var end = Math.Min(write.End, sectorStart + SectorSize);
            _durable.Write(start, write.Data.AsSpan((int)(start - write.Offset), (int)(end - start)));
        }
    }
}

/// <summary>A write or a truncation (no data) that a crash may still undo.</summary>
internal sealed class PendingWrite(long offset, byte[]? data, long lengthAfter)
{
    internal long Offset { get; } = offset;

    internal byte[]? Data { get; } = data;

    internal long LengthAfter { get; } = lengthAfter;

    /// <summary>Just behind its last byte.</summary>
    internal long End => Offset + (Data?.Length ?? 0);

    /// <summary>What it healed, to be undone if a crash loses it.</summary>
    internal List<(DiskDamage Damage, long Sector)> Healed { get; init; } = [];

    /// <summary>The system was told that it is done.</summary>
    internal bool HasEnded { get; set; }

    internal bool IsDurable { get; set; }
}
