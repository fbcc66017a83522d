using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Reports;

/// <summary>Errors in words.</summary>
internal static class ErrnoText
{
    public static string Of(Errno error) => error switch
    {
        Errno.EPERM => "that is not permitted",
        Errno.ENOENT => "there is no such file or directory",
        Errno.EIO => "it cannot be read or written: too many servers are away, or blocks are bad",
        Errno.ENXIO => "a fifo, a socket or a device cannot be opened here",
        Errno.EBADF => "it was not opened for that",
        Errno.EACCES => "permission denied",
        Errno.EBUSY => "it is in use",
        Errno.EEXIST => "it exists already",
        Errno.ENOTDIR => "it is not a directory",
        Errno.EISDIR => "it is a directory",
        Errno.EINVAL => "that cannot be done with it",
        Errno.EFBIG => "it would be larger than a file can be",
        Errno.ENOSPC => "no space is left",
        Errno.EROFS => "the file system has become read-only, as changes could not be kept",
        Errno.EMLINK => "it has as many links as there can be",
        Errno.ENAMETOOLONG => "the name is too long",
        Errno.ENOTEMPTY => "the directory is not empty",
        Errno.ELOOP => "too many symbolic links",
        Errno.ESHUTDOWN => "another client has taken the array over",
        Errno.EUCLEAN => "what is on it contradicts itself: raid5fs fsck",
        Errno.ESTALE => "it is no longer what it was",
        _ => "it failed",
    };
}

/// <summary>Why a server could not be repaired, in words.</summary>
internal static class RepairText
{
    public static string Why(int member, Errno error) => error switch
    {
        Errno.EIO => $"server {member} does not answer, or rows of it cannot be rebuilt now: see status",
        Errno.EBUSY => $"another server is not in sync: server {member} can be replaced when it is",
        _ => ErrnoText.Of(error),
    };
}
