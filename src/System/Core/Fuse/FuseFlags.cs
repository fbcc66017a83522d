namespace Raid5Fs.Fuse;

/// <summary>What both sides can do, agreed upon at the beginning (<c>FUSE_*</c> of INIT).</summary>
[Flags]
public enum FuseCapabilities : uint
{
    None = 0,

    /// <summary>Several reads of a file may be under way at a time.</summary>
    AsyncRead = 1 << 0,

    /// <summary>O_TRUNC comes with the open, not as a change of attributes after it.</summary>
    AtomicTruncate = 1 << 3,

    /// <summary>Writes of more than a page.</summary>
    BigWrites = 1 << 5,

    /// <summary>A directory may be read together with what its entries lead to.</summary>
    ReadDirectoryPlus = 1 << 13,

    /// <summary>And is where the kernel expects that it will be asked for.</summary>
    ReadDirectoryPlusAuto = 1 << 14,

    /// <summary>A long direct read or write may be under way as several requests.</summary>
    AsyncDirectIO = 1 << 15,

    /// <summary>Names of one directory may be looked up side by side.</summary>
    ParallelDirectoryOperations = 1 << 18,

    /// <summary><see cref="FuseInitReply.MaxPages"/> counts.</summary>
    MaxPages = 1 << 22,

    /// <summary>The kernel keeps the targets of symbolic links.</summary>
    CacheSymbolicLinks = 1 << 23,

    /// <summary>Set-user-id, set-group-id and capabilities are taken away here when a file is written, truncated or given away.</summary>
    HandleKillPrivileges = 1 << 28,

    /// <summary>The second word of capabilities counts.</summary>
    InitExtended = 1 << 30,
}

/// <summary>How an open file or directory may be treated (<c>FOPEN_*</c>).</summary>
[Flags]
public enum FuseOpenReplyFlags : uint
{
    None = 0,

    /// <summary>What the kernel remembers of its content is still true: nobody else changes it.</summary>
    KeepCache = 1 << 1,

    /// <summary>The kernel may remember the entries of a directory.</summary>
    CacheDirectory = 1 << 3,

    /// <summary>Nothing is to be done when a descriptor is closed.</summary>
    NoFlush = 1 << 5,

    /// <summary>Direct writes to one file may be under way side by side.</summary>
    ParallelDirectWrites = 1 << 6,
}

/// <summary>Which attributes are to be set (<c>FATTR_*</c>).</summary>
[Flags]
public enum FuseAttributeFields : uint
{
    None = 0,
    Permissions = 1 << 0,
    User = 1 << 1,
    Group = 1 << 2,
    Size = 1 << 3,
    AccessTime = 1 << 4,
    ModifyTime = 1 << 5,

    /// <summary>By an open file.</summary>
    Handle = 1 << 6,
    AccessTimeNow = 1 << 7,
    ModifyTimeNow = 1 << 8,

    /// <summary>Who truncates it may not leave the set-user-id and set-group-id bits.</summary>
    KillSetIds = 1 << 11,
}

/// <summary>How a file is written (<c>FUSE_WRITE_*</c>).</summary>
[Flags]
public enum FuseWriteFlags : uint
{
    None = 0,

    /// <summary>Of pages that the kernel kept, maybe long after they were written.</summary>
    FromCache = 1 << 0,

    /// <summary>Who writes may not leave the set-user-id and set-group-id bits.</summary>
    KillSetIds = 1 << 2,
}

/// <summary>How a file is opened, the kernel's own part (<c>FUSE_OPEN_*</c>).</summary>
[Flags]
public enum FuseOpenFlags : uint
{
    None = 0,

    /// <summary>Who truncates it by this may not leave the set-user-id and set-group-id bits.</summary>
    KillSetIds = 1 << 0,
}

/// <summary>The flags of <c>open(2)</c> that matter here, as all Linux systems but a few old ones number them.</summary>
[Flags]
public enum LinuxOpenFlags : uint
{
    None = 0,
    Exclusive = 0x80,
    Truncate = 0x200,
    Append = 0x400,

    /// <summary>O_DSYNC, which O_SYNC contains.</summary>
    DataSync = 0x1000,
}

/// <summary>The flags of <c>renameat2(2)</c>.</summary>
[Flags]
public enum LinuxRenameFlags : uint
{
    None = 0,
    NoReplace = 1,
    Exchange = 2,
}

/// <summary>The modes of <c>fallocate(2)</c>.</summary>
[Flags]
public enum LinuxAllocateModes : uint
{
    None = 0,
    KeepSize = 0x01,
    PunchHole = 0x02,
    ZeroRange = 0x10,
}
