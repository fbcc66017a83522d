namespace Raid5Fs.Primitives;

/// <summary>
/// The answer of an operation that can fail in an expected way: the names and numbers of Linux
/// (<c>errno(3)</c>, x86-64), so that a mount can hand them on and a person can look them up.
/// </summary>
/// <remarks>A value exists here only if some operation returns it.</remarks>
public enum Errno
{
    /// <summary>Success.</summary>
    OK = 0,

    /// <summary>Operation not permitted, such as unlinking a directory's <c>.</c>.</summary>
    EPERM = 1,

    /// <summary>No such file or directory.</summary>
    ENOENT = 2,

    /// <summary>The data exists but cannot be had: more units of a row are bad than parity can rebuild.</summary>
    EIO = 5,

    /// <summary>No such device: what a fifo, a socket or a device stands for is nothing that a file system could open.</summary>
    ENXIO = 6,

    /// <summary>A value that is longer than any may be.</summary>
    E2BIG = 7,

    /// <summary>An open file that is not open, or not for this.</summary>
    EBADF = 9,

    /// <summary>Permission denied, to who is asked for.</summary>
    EACCES = 13,

    /// <summary>The resource is held by another, or still in use.</summary>
    EBUSY = 16,

    /// <summary>The name exists already.</summary>
    EEXIST = 17,

    /// <summary>Not a directory.</summary>
    ENOTDIR = 20,

    /// <summary>Is a directory.</summary>
    EISDIR = 21,

    /// <summary>Invalid argument.</summary>
    EINVAL = 22,

    /// <summary>The file would grow past the largest size that the format can address.</summary>
    EFBIG = 27,

    /// <summary>No free block or inode left.</summary>
    ENOSPC = 28,

    /// <summary>The file system is read-only, from the start or since a write-back failed.</summary>
    EROFS = 30,

    /// <summary>The inode's link count is at its limit.</summary>
    EMLINK = 31,

    /// <summary>The name of an attribute is empty, or longer than any may be.</summary>
    ERANGE = 34,

    /// <summary>A name is longer than the format allows, or a path longer than 4096 bytes.</summary>
    ENAMETOOLONG = 36,

    /// <summary>Nothing here does what was asked, whatever it is asked of: a kernel does without it from then on.</summary>
    ENOSYS = 38,

    /// <summary>Directory not empty.</summary>
    ENOTEMPTY = 39,

    /// <summary>A path leads through more symbolic links than are followed.</summary>
    ELOOP = 40,

    /// <summary>There is no such attribute.</summary>
    ENODATA = 61,

    /// <summary>The other side speaks another version of the protocol.</summary>
    EPROTO = 71,

    /// <summary>A number that can be counted no further: an array was opened 16 million times.</summary>
    EOVERFLOW = 75,

    /// <summary>Not for what this is, such as other permissions for a symbolic link.</summary>
    EOPNOTSUPP = 95,

    /// <summary>Another client has taken the array over: this one can do nothing with it any more.</summary>
    ESHUTDOWN = 108,

    /// <summary>The structure on disk contradicts itself; Linux calls this EUCLEAN.</summary>
    EUCLEAN = 117,

    /// <summary>The inode or member asked for is no longer what the caller believes it to be.</summary>
    ESTALE = 116,
}
