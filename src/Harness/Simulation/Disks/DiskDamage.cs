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
/// it.
/// </summary>
public sealed class DiskDamage
{
    internal DiskDamage(DamageKind kind, SimFile file, long offset, int length, byte mask)
    {
        Kind = kind;
        File = file;
        Offset = offset;
        Length = length;
        Mask = mask;
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
    public bool IsHealed { get; internal set; }

    internal byte Mask { get; }

    internal bool Overlaps(long offset, long length) => Offset < offset + length && offset < Offset + Length;
}
