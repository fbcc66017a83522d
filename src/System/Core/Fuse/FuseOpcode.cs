namespace Raid5Fs.Fuse;

/// <summary>What a kernel asks of a mount: the numbers of <c>linux/fuse.h</c>. Whatever else it asks is answered ENOSYS.</summary>
public enum FuseOpcode : uint
{
    None = 0,
    Lookup = 1,

    /// <summary>Never answered.</summary>
    Forget = 2,
    GetAttributes = 3,
    SetAttributes = 4,
    ReadLink = 5,
    SymbolicLink = 6,
    MakeNode = 8,
    MakeDirectory = 9,
    Unlink = 10,
    RemoveDirectory = 11,
    Rename = 12,
    Link = 13,
    Open = 14,
    Read = 15,
    Write = 16,
    Statistics = 17,
    Release = 18,
    Sync = 20,
    SetExtendedAttribute = 21,
    GetExtendedAttribute = 22,
    ListExtendedAttributes = 23,
    RemoveExtendedAttribute = 24,
    Flush = 25,
    Init = 26,
    OpenDirectory = 27,
    ReadDirectory = 28,
    ReleaseDirectory = 29,
    SyncDirectory = 30,
    Access = 34,
    Create = 35,

    /// <summary>Never answered.</summary>
    Interrupt = 36,
    Destroy = 38,

    /// <summary>Never answered.</summary>
    NotifyReply = 41,

    /// <summary>Never answered.</summary>
    BatchForget = 42,
    Allocate = 43,
    ReadDirectoryPlus = 44,
    Rename2 = 45,
    Seek = 46,
    CopyFileRange = 47,
    SyncFileSystem = 50,
}
