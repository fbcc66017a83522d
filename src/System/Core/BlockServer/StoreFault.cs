namespace Raid5Fs.BlockServer;

/// <summary>Why a folder cannot be served as a member.</summary>
public enum StoreFault
{
    /// <summary>It can.</summary>
    None = 0,

    /// <summary>It is empty, or a format of it never finished.</summary>
    NotFormatted,

    /// <summary>It holds files that are not a member's.</summary>
    Foreign,

    /// <summary>It was formatted by a version with another layout.</summary>
    OtherVersion,

    /// <summary>Neither copy of its superblock is whole.</summary>
    DamagedSuperblock,

    /// <summary>Its checkpoint, which holds the block table, is damaged or missing.</summary>
    DamagedCheckpoint,

    /// <summary>Its log is damaged before its end, or missing.</summary>
    DamagedLog,

    /// <summary>Two blocks claim one slot, or a block lies outside the file: checkpoint and log contradict each other.</summary>
    DamagedTable,

    /// <summary>Its slot file is missing or shorter than its geometry asks for.</summary>
    OtherGeometry,

    /// <summary>Another server holds the folder.</summary>
    InUse,

    /// <summary>The disk failed while it was looked at.</summary>
    Unreadable,
}

/// <summary>The faults in words.</summary>
public static class StoreFaults
{
    /// <summary>One clause, for a person.</summary>
    public static string Describe(this StoreFault fault) => fault switch
    {
        StoreFault.None => "it is whole",
        StoreFault.NotFormatted => "the folder is not formatted as a member",
        StoreFault.Foreign => "the folder holds files that are not a member's",
        StoreFault.OtherVersion => $"the member's format is not version {Superblock.FormatVersion}",
        StoreFault.DamagedSuperblock => "both copies of the member's superblock are damaged",
        StoreFault.DamagedCheckpoint => "the member's checkpoint is damaged",
        StoreFault.DamagedLog => "the member's log is damaged",
        StoreFault.DamagedTable => "the member's checkpoint and log contradict each other",
        StoreFault.OtherGeometry => "the member's slot file is missing or cut short",
        StoreFault.InUse => "another server holds the folder",
        _ => "the disk failed",
    };
}
