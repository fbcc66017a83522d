using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>A fault of a server's disk that lies in wait for the next calls, and is taken away after a while.</summary>
public abstract record DiskFault : LastingServerFault
{
    /// <summary>How many calls it strikes.</summary>
    [Between(1, 1000)]
    public int Count { get; init; } = 1;

    /// <summary>The server's disk.</summary>
    internal SimDisk DiskIn(FaultScene scene) => scene.Cluster.Servers[Server].Disk;

    /// <summary>How long one lies in wait: long enough for most to be met.</summary>
    internal static TimeSpan DrawWait(Draft draft) =>
        draft.Time(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(500));
}

/// <summary>A file of a member.</summary>
public enum StoredFile
{
    /// <summary>The blocks.</summary>
    Slots,

    /// <summary>What happened since the checkpoint.</summary>
    Log,

    /// <summary>Who the member is, and whom it promised.</summary>
    Superblock,

    /// <summary>The block table, as it was once.</summary>
    Checkpoint,
}

/// <summary>How the files are called.</summary>
internal static class StoredFiles
{
    /// <summary>What a file is called now; null if there is none.</summary>
    public static string? NameOf(this SimDisk disk, StoredFile file)
    {
        // Of several logs the last one is in use; its number may have more digits than those before.
        string? name = file == StoredFile.Log
            ? disk.Files.Keys.Where(key => key.StartsWith("log.", StringComparison.Ordinal)).OrderBy(key => key.Length).LastOrDefault()
            : file.ToString().ToLowerInvariant();
        return name is not null && disk.Files.ContainsKey(name) ? name : null;
    }

    /// <summary>A file as it is now; null if there is none.</summary>
    public static SimFile? Find(this SimDisk disk, StoredFile file) =>
        disk.NameOf(file) is { } name ? disk.Files[name] : null;

    /// <summary>Whether damage is there still: not mended, and its file not replaced.</summary>
    public static bool Holds(this SimDisk disk, DiskDamage damage) =>
        !damage.IsHealed && disk.Files.Values.Contains(damage.File);
}
