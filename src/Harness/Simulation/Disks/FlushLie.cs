namespace Raid5Verify.Simulation;

/// <summary>
/// Flushes of files that report success and do nothing: what they cover stays as it was, visible and for a crash to lose,
/// until an honest flush makes it durable.
/// </summary>
/// <remarks>A flush that covers nothing cannot lie: it passes, and the next is waited for.</remarks>
public sealed class FlushLie
{
    private readonly SimDisk _disk;

    internal FlushLie(SimDisk disk, long count, string? fileName)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _disk = disk;
        FileName = fileName;
        Remaining = count;
    }

    /// <summary>Only flushes of the file that has this name at the time; null for any.</summary>
    public string? FileName { get; }

    /// <summary>Flushes that will still lie.</summary>
    public long Remaining { get; private set; }

    /// <summary>Flushes that have lied.</summary>
    public long Told { get; private set; }

    /// <summary>Crashes that lost something that it had called durable, one for each file.</summary>
    public long Met { get; private set; }

    /// <summary>Writes and truncations that it called durable and that a crash could still lose.</summary>
    public long AtRisk => _disk.CountPending(this);

    /// <summary>True when no flush will lie and nothing that one covered can still be lost.</summary>
    public bool IsHealed => Remaining == 0 && AtRisk == 0;

    /// <summary>No further flush lies; what was covered so far is still at risk.</summary>
    public void Disarm() => Remaining = 0;

    internal void Tell()
    {
        Remaining--;
        Told++;
    }

    internal void Break() => Met++;
}
