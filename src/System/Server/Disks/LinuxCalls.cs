using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;

namespace Raid5Fs.Server;

/// <summary>
/// The calls of Linux that .NET does not offer (on folders), or softens: its Delete takes a missing file for success, its
/// Move may copy instead of rename. They block; they are thread-safe.
/// </summary>
/// <remarks>Files are named relative to the open folder: what was locked is what is used, wherever its path leads by now.</remarks>
internal static partial class LinuxCalls
{
    private const string LibC = "libc";

    // From <fcntl.h> and <sys/file.h>; the same on all 64-bit architectures that .NET runs on.
    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int Exclusive = 0x80;
    private const int CloseOnExec = 0x80000;
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int LockRelease = 8;

    // From <linux/fs.h>.
    private const int NoWait = 8;

    // What a server stores is nobody else's to read.
    private const uint OwnerReadsAndWrites = 0b110_000_000;

    public static Result<SafeFileHandle> OpenFolder(string path) =>
        // The dot makes everything that is not a folder ENOTDIR, without waiting for the writer of a pipe.
        ToHandle(Repeat(() => Open(path + "/.", ReadOnly | CloseOnExec)));

    /// <returns>The file, for reading and writing.</returns>
    public static Result<SafeFileHandle> OpenFile(SafeFileHandle folder, string name, DiskOpenMode mode)
    {
        int creation = mode switch
        {
            DiskOpenMode.Open => 0,
            DiskOpenMode.CreateNew => Create | Exclusive,
            _ => Create,
        };
        return ToHandle(Repeat(() => OpenAt(folder, name, ReadWrite | CloseOnExec | creation, OwnerReadsAndWrites)));
    }

    public static Errno Delete(SafeFileHandle folder, string name) => ToErrno(Repeat(() => UnlinkAt(folder, name, 0)));

    public static Errno Rename(SafeFileHandle folder, string from, string to) =>
        ToErrno(Repeat(() => RenameAt(folder, from, folder, to)));

    /// <summary>Reads what the kernel has in memory, and waits for no disk.</summary>
    /// <returns>Bytes read; fewer than asked for, or less than 0, where the rest is not in memory or there is none.</returns>
    public static unsafe nint ReadCached(SafeFileHandle file, long offset, Span<byte> destination)
    {
        fixed (byte* bytes = destination)
        {
            var part = new Part { Bytes = bytes, Length = (nuint)destination.Length };
            return ReadParts(file, &part, 1, offset, NoWait);
        }
    }

    /// <summary>Makes a file's bytes, or a folder's names, durable.</summary>
    /// <remarks>
    /// Not <see cref="RandomAccess.FlushToDisk"/>: it takes EROFS for success, and that is what a kernel answers after it
    /// has made a failing disk read-only, with data unwritten.
    /// </remarks>
    public static Errno Flush(SafeFileHandle handle) => ToErrno(Repeat(() => FSync(handle)));

    /// <returns><see cref="Errno.EBUSY"/> if it is locked through another opening of the folder.</returns>
    public static Errno TryLock(SafeFileHandle folder) =>
        ToErrno(Repeat(() => FLock(folder, LockExclusive | LockNonBlocking)));

    public static void Unlock(SafeFileHandle folder) => Repeat(() => FLock(folder, LockRelease));

    private static int Repeat(Func<int> call)
    {
        int answer;
        do
        {
            answer = call();
        }
        while (answer < 0 && Marshal.GetLastPInvokeError() == LinuxErrors.Interrupted);

        return answer;
    }

    private static Errno ToErrno(int answer) =>
        answer < 0 ? LinuxErrors.Of(Marshal.GetLastPInvokeError()) : Errno.OK;

    private static Result<SafeFileHandle> ToHandle(int descriptor) =>
        descriptor < 0 ? ToErrno(descriptor) : new SafeFileHandle(descriptor, ownsHandle: true);

    [LibraryImport(LibC, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport(LibC, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(SafeFileHandle folder, string name, int flags, uint permissions);

    [LibraryImport(LibC, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkAt(SafeFileHandle folder, string name, int flags);

    [LibraryImport(LibC, EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(SafeFileHandle fromFolder, string from, SafeFileHandle toFolder, string to);

    [LibraryImport(LibC, EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle handle);

    [LibraryImport(LibC, EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle handle, int operation);

    [LibraryImport(LibC, EntryPoint = "preadv2")]
    private static unsafe partial nint ReadParts(SafeFileHandle file, Part* parts, int count, long offset, int flags);

    /// <summary>The <c>iovec</c> of <c>&lt;sys/uio.h&gt;</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Part
    {
        public byte* Bytes;
        public nuint Length;
    }
}
