namespace Raid5Verify.Simulation;

/// <summary>What becomes of a write that a faulty disk acknowledges.</summary>
public enum WriteFaultKind
{
    /// <summary>It is never done: <see cref="DamageKind.StaleBytes"/> in its place.</summary>
    Lost,

    /// <summary>
    /// It is done in another place of the same file: <see cref="DamageKind.StaleBytes"/> in its own place,
    /// <see cref="DamageKind.ForeignBytes"/> in the other.
    /// </summary>
    Misdirected,
}

/// <summary>
/// Writes that a disk will acknowledge without doing what they ask, and the damage that those which it met have left.
/// </summary>
/// <remarks>
/// <para>It lets pass, and waits for the next: a write that would change nothing, since nothing is lost with it; and, to
/// misdirect one, a write for which its file has no second place.</para>
/// <para>The file's length is not subject to it: that is kept apart from the bytes.</para>
/// <para>A crash before a flush covers the lost write may undo it like any other that was not flushed: then the old bytes
/// are what should be there, and the damage is gone. The same holds where it is the last that the crash would have kept of
/// a sector: to the system that is the same outcome. Once flushed, or where a later write to another part of the same sector
/// survives, its damage survives every crash. The foreign bytes of a misdirected write are on the medium at once and
/// survive in any case.</para>
/// </remarks>
public sealed class WriteFault
{
    private readonly List<DiskDamage> _damages = [];

    internal WriteFault(WriteFaultKind kind, long count, string? fileName)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Kind = kind;
        FileName = fileName;
        Remaining = count;
    }

    public WriteFaultKind Kind { get; }

    /// <summary>Only writes to the file that has this name at the time; null for any.</summary>
    public string? FileName { get; }

    /// <summary>Writes that it will still strike.</summary>
    public long Remaining { get; private set; }

    /// <summary>What it has done so far, healed or not, in order; a misdirected write's own place comes first.</summary>
    public IReadOnlyList<DiskDamage> Damages => _damages;

    /// <summary>Reads that met its damage.</summary>
    public long Met => _damages.Sum(static damage => damage.Met);

    /// <summary>True when it strikes no more and nothing is left of what it did.</summary>
    public bool IsHealed => Remaining == 0 && _damages.TrueForAll(static damage => damage.IsHealed);

    /// <summary>Strikes no further write; what it did stays.</summary>
    public void Disarm() => Remaining = 0;

    internal void Struck() => Remaining--;

    internal void Add(DiskDamage damage) => _damages.Add(damage);
}
