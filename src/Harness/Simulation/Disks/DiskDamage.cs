using System.Collections;

namespace Raid5Verify.Simulation;

/// <summary>The kinds of damage that lie over a file's true bytes.</summary>
public enum DamageKind
{
    /// <summary>A bit reads as its opposite.</summary>
    FlippedBit,

    /// <summary>A sector cannot be read: a latent sector error, or one that a crash tore.</summary>
    Unreadable,

    /// <summary>A write of these bytes was acknowledged and never done: what was there before is there still.</summary>
    StaleBytes,

    /// <summary>A write that was meant for another place of the file went here.</summary>
    ForeignBytes,
}

/// <summary>
/// Damage to a file, laid over bytes that stay what they are: every read meets the same damage, and writing over it heals
/// it, unless a crash loses that write. An unreadable sector is healed as a whole by any write to it; of all other damage
/// exactly the bytes are healed that are written.
/// </summary>
public sealed class DiskDamage
{
    /// <summary>Which of its bytes are damaged still.</summary>
    private readonly BitArray _damaged;
    private readonly byte[]? _bytes;
    private readonly byte _mask;

    private DiskDamage(DamageKind kind, SimFile file, long offset, int length, byte mask, byte[]? bytes)
    {
        Kind = kind;
        File = file;
        Offset = offset;
        Length = length;
        Remaining = length;
        _damaged = new BitArray(length, defaultValue: true);
        _mask = mask;
        _bytes = bytes;
    }

    public DamageKind Kind { get; }

    public SimFile File { get; }

    /// <summary>Of the first damaged byte.</summary>
    public long Offset { get; }

    /// <summary>Bytes from the first to the last that it damaged. Of bytes read in place of others, some may be right.</summary>
    public int Length { get; }

    /// <summary>A crash did it to what was being written: no fault of the disk, but what any disk may do.</summary>
    public bool IsTorn { get; init; }

    /// <summary>Reads that met it.</summary>
    public long Met { get; private set; }

    /// <summary>Bytes that are damaged still.</summary>
    public int Remaining { get; private set; }

    /// <summary>
    /// True once its bytes have been written over, have been damaged in another way, or, of a write that was lost before
    /// any flush, once a crash undid the write itself.
    /// </summary>
    public bool IsHealed => Remaining == 0;

    /// <summary>Whether other bytes are read in place of the true ones.</summary>
    internal bool Substitutes => _bytes is not null;

    /// <summary>Its place among its file's damages, in the order they were done.</summary>
    internal long Order { get; set; }

    internal static DiskDamage FlippedBit(SimFile file, long offset, int bit) =>
        new(DamageKind.FlippedBit, file, offset, 1, (byte)(1 << bit), null);

    /// <param name="file">The file.</param>
    /// <param name="offset">Of a sector.</param>
    /// <param name="length">Of whole sectors.</param>
    /// <param name="isTorn">A crash did it.</param>
    internal static DiskDamage Unreadable(SimFile file, long offset, int length, bool isTorn) =>
        new(DamageKind.Unreadable, file, offset, length, 0, null) { IsTorn = isTorn };

    /// <summary>Bytes that are read in place of the true ones, wherever they differ.</summary>
    internal static DiskDamage Substitution(
        DamageKind kind, SimFile file, long offset, byte[] bytes, ReadOnlySpan<byte> truth)
    {
        var damage = new DiskDamage(kind, file, offset, bytes.Length, 0, bytes);
        damage.Settle(truth);
        return damage;
    }

    internal bool Overlaps(long offset, long length)
    {
        var (from, to) = Within(offset, length);
        for (var at = from; at < to; at++)
        {
            if (_damaged[at])
            {
                return true;
            }
        }

        return false;
    }

    internal void Meet() => Met++;

    /// <summary>Does to bytes that are being read what it does.</summary>
    internal void Apply(long offset, Span<byte> destination)
    {
        var (from, to) = Within(offset, destination.Length);
        for (var at = from; at < to; at++)
        {
            if (_damaged[at])
            {
                ref var seen = ref destination[(int)(Offset + at - offset)];
                seen = _bytes is null ? (byte)(seen ^ _mask) : _bytes[at];
            }
        }
    }

    /// <summary>Bytes were written: lifts the damage of these.</summary>
    /// <returns>What was lifted, in runs of which none goes beyond its sector.</returns>
    internal List<HealedBytes> Heal(long offset, long length)
    {
        var (from, to) = Within(offset, length);
        if (Kind == DamageKind.Unreadable && from < to)
        {
            from -= from % SimFile.SectorSize;
            to = Math.Min(Length, (to + SimFile.SectorSize - 1) / SimFile.SectorSize * SimFile.SectorSize);
        }

        List<HealedBytes> healed = [];
        foreach (var (start, end) in Runs(from, to))
        {
            for (var at = start; at < end; at++)
            {
                _damaged[at] = false;
            }

            Remaining -= end - start;
            healed.Add(new HealedBytes(this, Offset + start, Offset + end));
        }

        return healed;
    }

    /// <summary>The write that healed these bytes was lost: the damage is there as before.</summary>
    internal void Restore(HealedBytes lost)
    {
        for (var at = lost.From; at < lost.To; at++)
        {
            Remaining += _damaged[(int)(at - Offset)] ? 0 : 1;
            _damaged[(int)(at - Offset)] = true;
        }
    }

    /// <summary>Of bytes that are both its own and another's, only the other's damage is left.</summary>
    internal void GiveWayTo(DiskDamage newer)
    {
        var (from, to) = newer.Within(Offset, Length);
        foreach (var (start, end) in newer.Runs(from, to).ToArray())
        {
            Heal(newer.Offset + start, end - start);
        }
    }

    /// <summary>Bytes that differ from the true ones no longer are no damage.</summary>
    internal void Settle(ReadOnlySpan<byte> truth)
    {
        for (var at = 0; at < Length; at++)
        {
            if (_damaged[at] && _bytes![at] == truth[at])
            {
                _damaged[at] = false;
                Remaining--;
            }
        }
    }

    internal void Clear()
    {
        _damaged.SetAll(false);
        Remaining = 0;
    }

    /// <summary>Which of its bytes lie within a range, counted from its first.</summary>
    private (int From, int To) Within(long offset, long length) => (
        (int)Math.Clamp(offset - Offset, 0, Length), (int)Math.Clamp(offset + length - Offset, 0, Length));

    /// <summary>The damaged runs among its bytes, each within one sector.</summary>
    private IEnumerable<(int Start, int End)> Runs(int from, int to)
    {
        for (var start = from; start < to; start++)
        {
            if (_damaged[start])
            {
                var end = start + 1;
                while (end < to && _damaged[end] && (Offset + end) % SimFile.SectorSize != 0)
                {
                    end++;
                }

                yield return (start, end);
                start = end - 1;
            }
        }
    }
}

/// <summary>Bytes of one sector whose damage a write lifted: to be restored if a crash loses the write.</summary>
internal readonly record struct HealedBytes(DiskDamage Damage, long From, long To)
{
    internal long Sector => From / SimFile.SectorSize;
}
