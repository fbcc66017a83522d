namespace Raid5Verify.Simulation;

/// <summary>The kinds of damage that lie over a file's true bytes.</summary>
public enum DamageKind
{
    /// <summary>A bit reads as its opposite.</summary>
    FlippedBit,

    /// <summary>A sector cannot be read: a latent sector error.</summary>
    Unreadable,
}

/// <summary>
/// Damage to a file, laid over bytes that stay what they are: every read meets the same damage, and writing over it heals
/// it, sector by sector, unless a crash loses that write.
/// </summary>
public sealed class DiskDamage
{
    private readonly SortedSet<long> _sectors;

    internal DiskDamage(DamageKind kind, SimFile file, long offset, int length, byte mask)
    {
        Kind = kind;
        File = file;
        Offset = offset;
        Length = length;
        Mask = mask;
        _sectors = [.. SectorsOf(offset, length)];
    }

    public DamageKind Kind { get; }

    public SimFile File { get; }

    /// <summary>Of the first damaged byte.</summary>
    public long Offset { get; }

    /// <summary>Damaged bytes.</summary>
    public int Length { get; }

    /// <summary>Reads that met it.</summary>
    public long Met { get; internal set; }

    /// <summary>True once its bytes have been written over.</summary>
    public bool IsHealed => _sectors.Count == 0;

    internal byte Mask { get; }

    internal bool Overlaps(long offset, long length)
    {
        var from = Math.Max(offset, Offset);
        var to = Math.Min(offset + length, Offset + Length);
        return from < to && _sectors.GetViewBetween(
            from / SimFile.SectorSize, (to - 1) / SimFile.SectorSize).Count > 0;
    }

    /// <summary>Bytes were written: lifts the damage of their sectors.</summary>
    /// <returns>Those sectors.</returns>
    internal List<long> HealWithin(long offset, long length)
    {
        var from = Math.Max(offset, Offset);
        var to = Math.Min(offset + length, Offset + Length);
        List<long> healed = from < to ? [.. SectorsOf(from, to - from).Where(_sectors.Contains)] : [];
        _sectors.ExceptWith(healed);
        return healed;
    }

    /// <summary>The write that healed a sector was lost: the damage is there as before.</summary>
    internal void Restore(long sector) => _sectors.Add(sector);

    internal void Clear() => _sectors.Clear();

    private static IEnumerable<long> SectorsOf(long offset, long length)
    {
        for (var sector = offset / SimFile.SectorSize; sector * SimFile.SectorSize < offset + length; sector++)
        {
            yield return sector;
        }
    }
}
