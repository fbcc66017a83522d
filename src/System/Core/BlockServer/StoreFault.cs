using Raid5Fs.Primitives;

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

    /// <summary>Its superblock is damaged, or says what no member can be.</summary>
    Damaged,

    /// <summary>Its files are missing or shorter than the geometry in its superblock asks for.</summary>
    OtherGeometry,

    /// <summary>Another server holds the folder.</summary>
    InUse,

    /// <summary>The disk failed while it was looked at.</summary>
    Unreadable,
}

/// <summary>The errno under which each fault is reported.</summary>
internal static class StoreFaults
{
    public static Errno ToErrno(this StoreFault fault) => fault switch
    {
        StoreFault.None => Errno.OK,
        StoreFault.NotFormatted => Errno.ENOENT,
        StoreFault.Foreign => Errno.EEXIST,
        StoreFault.OtherVersion => Errno.EINVAL,
        StoreFault.Damaged => Errno.EUCLEAN,
        StoreFault.OtherGeometry => Errno.ESTALE,
        StoreFault.InUse => Errno.EBUSY,
        _ => Errno.EIO,
    };
}
