using System.IO.Hashing;

namespace Raid5Verify.Simulation;

/// <summary>
/// A file of a simulated disk: the bytes that are durable, the writes that are not yet, and damage laid over both.
/// </summary>
/// <remarks>
/// <para>A write is visible at once and durable with the next flush that begins after it ended. At a crash, each 512-byte
/// sector keeps the writes that were not flushed up to a drawn one: wholly old, wholly new, or between them one of the
/// states that it went through; or it is unreadable (<see cref="SimDisk.TornSectorsUnreadable"/>).</para>
/// <para>The true bytes are those that the system was told are there. What a device does behind its back, a write lost or
/// misdirected, is damage over them, so that true bytes need no exception anywhere.</para>
/// </remarks>
public sealed class SimFile
{
    /// <summary>Bytes that are written whole or not at all.</summary>
    public const int SectorSize = 512;

    private static readonly byte[] ZeroSector = new byte[SectorSize];

    private readonly List<PendingWrite> _pending = [];
    private readonly DamageOverlay _overlay = new();
    private readonly PagedBytes _durable;
    private PagedBytes _visible;
    private long _durableLength;

    internal SimFile(SimDisk disk, string name)
        : this(disk, name, new PagedBytes(), 0)
    {
    }

    /// <summary>A file that holds these bytes, durably. They are cloned.</summary>
    internal SimFile(SimDisk disk, string name, PagedBytes bytes, long length)
    {
        Disk = disk;
        Label = new Label(name);
        _durable = bytes.Clone();
        _visible = bytes.Clone();
        _durableLength = length;
        Length = length;
    }

    /// <summary>The name it was created with.</summary>
    public string Name => Label.Text;

    /// <summary>Bytes, writes not yet flushed included.</summary>
    public long Length { get; private set; }

    /// <summary>Damage that is not healed yet, in the order it was done.</summary>
    public IReadOnlyList<DiskDamage> Damages => _overlay.Damages;

    /// <summary>Whether a crash could still lose something that was written here.</summary>
    public bool HasUnflushed => _pending.Count > 0;

    /// <summary>The disk that holds it.</summary>
    public SimDisk Disk { get; }

    internal Label Label { get; }

    private Trace Trace => Disk.Host.World.Trace;

    /// <summary>Makes one bit read as its opposite, until its byte is written.</summary>
    /// <param name="offset">Of the byte.</param>
    /// <param name="bit">0 to 7.</param>
    public DiskDamage FlipBit(long offset, int bit)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bit, 7u);
        return Damage(DiskDamage.FlippedBit(this, offset, bit));
    }

    /// <summary>Makes the sectors that hold these bytes unreadable, until they are written.</summary>
    public DiskDamage MakeUnreadable(long offset, int length)
    {
        var first = offset / SectorSize * SectorSize;
        var end = (offset + length + SectorSize - 1) / SectorSize * SectorSize;
        return Damage(DiskDamage.Unreadable(this, first, (int)(end - first), isTorn: false));
    }

    /// <summary>Takes all damage away, as a repair outside the system would.</summary>
    public void ClearDamage() => _overlay.Clear();

    /// <summary>Whether any of these bytes is damaged.</summary>
    public bool IsDamaged(long offset, long length) => _overlay.Covers(offset, length);

    /// <summary>The true bytes, flushed or not, without damage: for checks, not for the system.</summary>
    public void Peek(long offset, Span<byte> destination) => _visible.Read(offset, destination);

    /// <summary>What the device holds, damage and all: for checks, not for the system. Meets no damage and is not traced.</summary>
    /// <returns>False if some of it cannot be read.</returns>
    public bool TryPeekDevice(long offset, Span<byte> destination)
    {
        ReadDevice(offset, destination);
        return !_overlay.IsUnreadable(offset, destination.Length);
    }

    internal DiskStatus Read(long offset, Span<byte> destination)
    {
        if (!_overlay.Meet(offset, destination.Length))
        {
            return Fail("unreadable", offset, destination.Length);
        }

        ReadDevice(offset, destination);
        Trace.Emit(TraceKind.DiskRead, Disk.Host, Label, offset, destination.Length, Hash(destination));
        return DiskStatus.Ok;
    }

    internal PendingWrite Write(long offset, ReadOnlySpan<byte> source)
    {
        Trace.Emit(TraceKind.DiskWritten, Disk.Host, Label, offset, source.Length, Hash(source));
        var fault = Disk.WriteFaultOf(this);
        return (fault is null ? null : WriteWrongly(fault, offset, source)) ?? WriteTruly(offset, source);
    }

    internal PendingWrite Truncate(long length)
    {
        Trace.Emit(TraceKind.DiskTruncated, Disk.Host, Label, length);
        IReadOnlyList<HealedBytes> healed = [];
        if (length < Length)
        {
            _visible.ClearFrom(length);
            healed = _overlay.Heal(length, Length - length);
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
        if (Array.Exists(writes, static write => !write.IsDurable))
        {
            if (Disk.TakeFlushFailure())
            {
                return Fail("flush failed", 0, writes.Length);
            }

            if (Disk.FlushLieOf(this) is { } lie)
            {
                Lie(lie, writes);
                return DiskStatus.Ok;
            }
        }

        Trace.Emit(TraceKind.DiskFlushed, Disk.Host, Label, writes.Length);

        // Two flushes may overlap: what the first made durable is no longer pending for the second.
        var fresh = Array.FindAll(writes, static write => !write.IsDurable);
        Array.ForEach(fresh, static write => write.IsDurable = true);
        _pending.RemoveAll(static write => write.IsDurable);
        Array.ForEach(fresh, ApplyDurably);
        return DiskStatus.Ok;
    }

    internal DiskStatus Fail(string error, long offset, long length)
    {
        Trace.Emit(TraceKind.DiskFailed, Disk.Host, Label, offset, length, detail: new Label(error));
        return DiskStatus.IoError;
    }

    /// <summary>What is durable here, as a file of an image.</summary>
    internal (PagedBytes Bytes, long Length) Save() => (_durable.Clone(), _durableLength);

    internal void Crash(Dice dice)
    {
        if (_pending.Count == 0)
        {
            return;
        }

        long kept = 0;
        long lost = 0;
        List<FlushLie> broken = [];
        var sectors = PendingBySector();
        foreach (var (sector, writes) in sectors)
        {
            var survivors = Disk.DrawSurvivors(dice, writes.Count);

            // A write that the device never did leaves what a crash leaves that loses it: so the crash did lose it.
            while (survivors > 0 && writes[survivors - 1].Stale is not null)
            {
                survivors--;
            }

            kept += survivors;
            lost += writes.Count - survivors;
            foreach (var write in writes.Take(survivors))
            {
                ApplyDurably(write, sector * SectorSize);
            }

            // The newest first: each may have been laid over what the one before it left.
            foreach (var write in writes.Skip(survivors).Reverse())
            {
                Undo(write, sector);
                broken.AddRange(write.Promises);
            }
        }

        var lengths = Disk.DrawSurvivors(dice, _pending.Count);
        if (lengths > 0)
        {
            _durableLength = _pending[lengths - 1].LengthAfter;
        }

        foreach (var write in _pending.Skip(lengths).Where(write => write.LengthAfter != _durableLength))
        {
            broken.AddRange(write.Promises);
        }

        _durable.ClearFrom(_durableLength);
        _pending.Clear();
        _visible = _durable.Clone();
        Length = _durableLength;
        _overlay.Settle(_visible, Length);
        Trace.Emit(TraceKind.DiskCrashed, Disk.Host, Label, kept, lost);
        foreach (var lie in broken.Distinct())
        {
            lie.Break();
            Trace.Emit(TraceKind.DiskLieBroken, Disk.Host, Label);
        }

        Tear(sectors);
    }

    /// <summary>The writes and truncations that a lie covers and that are not durable.</summary>
    internal long CountPending(FlushLie lie) => _pending.Count(write => write.Promises.Contains(lie));

    private static long Hash(ReadOnlySpan<byte> bytes) => unchecked((long)XxHash3.HashToUInt64(bytes));

    private DiskDamage Damage(DiskDamage damage)
    {
        _overlay.Lay(damage);
        Trace.Emit(
            TraceKind.DiskDamaged, Disk.Host, Label, damage.Offset, damage.Length, detail: new Label(damage.Kind.ToString()));
        return damage;
    }

    /// <summary>What the device holds: the true bytes with their damage, as if all could be read.</summary>
    private void ReadDevice(long offset, Span<byte> destination)
    {
        _visible.Read(offset, destination);
        _overlay.Apply(offset, destination);
    }

    private PendingWrite WriteTruly(long offset, ReadOnlySpan<byte> source) =>
        Show(new PendingWrite(offset, source.ToArray(), Math.Max(Length, offset + source.Length))
        {
            Healed = _overlay.Heal(offset, source.Length),
        });

    /// <summary>Lets a fault have a write.</summary>
    /// <returns>Null if the fault has no use for it.</returns>
    private PendingWrite? WriteWrongly(WriteFault fault, long offset, ReadOnlySpan<byte> source)
    {
        var stale = new byte[source.Length];
        ReadDevice(offset, stale);
        if (source.SequenceEqual(stale))
        {
            return null;
        }

        long? elsewhere = null;
        if (fault.Kind == WriteFaultKind.Misdirected)
        {
            elsewhere = DrawAnotherPlace(offset, source.Length);
            if (elsewhere is null)
            {
                return null;
            }

            Trace.Emit(TraceKind.DiskWriteMisdirected, Disk.Host, Label, offset, source.Length, elsewhere.Value);
        }
        else
        {
            Trace.Emit(TraceKind.DiskWriteLost, Disk.Host, Label, offset, source.Length);
        }

        fault.Struck();
        var damage = DiskDamage.Substitution(DamageKind.StaleBytes, this, offset, stale, source);
        var write = Show(new PendingWrite(offset, source.ToArray(), Math.Max(Length, offset + source.Length))
        {
            Healed = _overlay.Supersede(offset, source.Length),
            Stale = damage,
        });
        fault.Add(Damage(damage));
        if (elsewhere is { } place)
        {
            var truth = new byte[source.Length];
            Peek(place, truth);
            var foreign = DiskDamage.Substitution(DamageKind.ForeignBytes, this, place, source.ToArray(), truth);

            // The device did write there, whatever it damages: it is no write of the system that a crash could undo.
            _overlay.Heal(place, source.Length);
            if (!foreign.IsHealed)
            {
                fault.Add(Damage(foreign));
            }
        }

        return write;
    }

    /// <summary>
    /// A place within the file that a write does not touch, at a multiple of the greatest length that divides both the
    /// write's offset and its length: blocks go where blocks go.
    /// </summary>
    /// <returns>Null if there is none.</returns>
    private long? DrawAnotherPlace(long offset, int length)
    {
        long unit = length;
        for (var rest = offset; rest != 0;)
        {
            (unit, rest) = (rest, unit % rest);
        }

        var last = Length - length;
        var before = Math.Min(offset - length, last);
        var placesBefore = before < 0 ? 0 : (before / unit) + 1;
        var placesAfter = last < offset + length ? 0 : ((last - offset - length) / unit) + 1;
        if (placesBefore + placesAfter == 0)
        {
            return null;
        }

        var drawn = Disk.DrawMisdirection(placesBefore + placesAfter);
        return drawn < placesBefore ? drawn * unit : offset + length + ((drawn - placesBefore) * unit);
    }

    /// <summary>Makes a write part of the true bytes, visible and not durable.</summary>
    private PendingWrite Show(PendingWrite write)
    {
        _visible.Write(write.Offset, write.Data);
        Length = write.LengthAfter;
        _pending.Add(write);
        return write;
    }

    /// <summary>Reports writes as durable that are not.</summary>
    private void Lie(FlushLie lie, PendingWrite[] writes)
    {
        lie.Tell();
        Trace.Emit(TraceKind.DiskFlushLied, Disk.Host, Label, writes.Length);
        foreach (var write in writes.Where(static write => !write.IsDurable))
        {
            write.Promises = [.. write.Promises, lie];
        }
    }

    /// <summary>A crash lost a write in one sector: its damage is as it was before.</summary>
    private void Undo(PendingWrite lost, long sector)
    {
        lost.Stale?.Heal(sector * SectorSize, SectorSize);
        foreach (var healed in lost.Healed)
        {
            if (healed.Sector == sector)
            {
                _overlay.Restore(healed);
            }
        }
    }

    /// <summary>Leaves some of the sectors that a crash caught with writes not flushed unreadable, whatever they hold.</summary>
    private void Tear(SortedDictionary<long, List<PendingWrite>> sectors)
    {
        foreach (var (sector, writes) in sectors)
        {
            if (sector * SectorSize < Length && writes.Exists(static write => write.Data is not null) && Disk.Tears())
            {
                Damage(DiskDamage.Unreadable(this, sector * SectorSize, SectorSize, isTorn: true));
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
            if (_pending.Count == 0)
            {
                // All that is visible is durable: there is no need to hold it twice.
                _durable.Share(_visible, write.Offset, write.Data.Length);
            }
            else
            {
                _durable.Write(write.Offset, write.Data);
            }

            _durableLength = Math.Max(_durableLength, write.End);
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
    internal IReadOnlyList<HealedBytes> Healed { get; init; } = [];

    /// <summary>What the device holds instead, if it lost this write; null if it did it.</summary>
    internal DiskDamage? Stale { get; init; }

    /// <summary>Flushes that called it durable, and lied.</summary>
    internal IReadOnlyList<FlushLie> Promises { get; set; } = [];

    /// <summary>The system was told that it is done.</summary>
    internal bool HasEnded { get; set; }

    internal bool IsDurable { get; set; }
}
