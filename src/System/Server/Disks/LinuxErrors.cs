using Raid5Fs.Primitives;

namespace Raid5Fs.Server;

/// <summary>What Linux says went wrong, in the words of <see cref="BlockServer.IDisk"/>.</summary>
internal static class LinuxErrors
{
    /// <summary>EINTR: a signal came first; the call is to be made again.</summary>
    public const int Interrupted = 4;

    private const int OperationNotPermitted = 1;
    private const int NoSuchFile = 2;
    private const int WouldBlock = 11;
    private const int PermissionDenied = 13;
    private const int Exists = 17;
    private const int NotAFolder = 20;
    private const int FileTooBig = 27;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int QuotaExceeded = 122;

    /// <param name="number">As in <c>errno(3)</c>; not 0.</param>
    public static Errno Of(int number) => number switch
    {
        NoSuchFile => Errno.ENOENT,
        Exists => Errno.EEXIST,
        NotAFolder => Errno.ENOTDIR,
        WouldBlock => Errno.EBUSY,
        NoSpace or QuotaExceeded or FileTooBig => Errno.ENOSPC,
        OperationNotPermitted or PermissionDenied => Errno.EPERM,
        ReadOnlyFileSystem => Errno.EROFS,
        _ => Errno.EIO,
    };

    /// <returns>Null for an exception that is no failure of the disk: a bug.</returns>
    public static Errno? Of(Exception thrown) => thrown switch
    {
        FileNotFoundException or DirectoryNotFoundException => Errno.ENOENT,

        // On Linux the HResult of any other is the number of the error.
        IOException failure => Of(failure.HResult),
        UnauthorizedAccessException { InnerException: IOException failure } => Of(failure.HResult),

        // This is how .NET reports EFBIG; offsets and lengths are in range when they are handed to it.
        ArgumentOutOfRangeException { ParamName: "value" } => Errno.ENOSPC,
        _ => null,
    };
}
