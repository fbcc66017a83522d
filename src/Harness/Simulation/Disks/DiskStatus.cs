namespace Raid5Verify.Simulation;

/// <summary>How a disk call ended.</summary>
public enum DiskStatus
{
    Ok,

    /// <summary>No such file.</summary>
    NotFound,

    /// <summary>The file exists already.</summary>
    Exists,

    /// <summary>The device could not read or write.</summary>
    IoError,

    /// <summary>No space left.</summary>
    Full,

    /// <summary>The folder is locked by another.</summary>
    Busy,
}

/// <summary>How a file is opened.</summary>
public enum OpenMode
{
    /// <summary>It must exist.</summary>
    Existing,

    /// <summary>It must not exist.</summary>
    New,

    /// <summary>Either.</summary>
    Any,
}
