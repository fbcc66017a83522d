using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Raid5Fs.Client.Mount;

/// <summary>The calls of Linux that a mount needs and .NET does not offer. They may block; they are thread-safe.</summary>
internal static partial class MountCalls
{
    public const int Interrupted = 4;
    public const int NoEntry = 2;
    public const int TryAgain = 11;
    public const int Busy = 16;
    public const int NoDevice = 19;
    public const int InvalidArgument = 22;
    public const int NotPermitted = 1;

    /// <summary>umount2(2): requests under way fail.</summary>
    public const int Force = 1;

    /// <summary>umount2(2): out of sight at once, over when nobody uses it any more.</summary>
    public const int Detach = 2;

    private const string LibC = "libc";

    // From <fcntl.h>, <sys/mount.h> and <linux/fuse.h>; the same on all 64-bit architectures that .NET runs on.
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const ulong MountReadOnly = 1;
    private const nuint CloneDevice = 0x8004E500;
    private const int UnixDomain = 1;
    private const int StreamSocket = 1;

    /// <summary>Opens /dev/fuse; an invalid handle, and <see cref="Marshal.GetLastPInvokeError"/>, if that cannot be.</summary>
    public static SafeFileHandle OpenDevice() => new(Open("/dev/fuse", ReadWrite | CloseOnExec), ownsHandle: true);

    /// <summary>Makes a device that was just opened another way to the mount of <paramref name="device"/>.</summary>
    public static bool TryClone(SafeFileHandle clone, SafeFileHandle device)
    {
        uint descriptor = (uint)device.DangerousGetHandle();
        return IoControl(clone, CloneDevice, ref descriptor) == 0;
    }

    /// <returns>Bytes; −1: see <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    public static nint Read(SafeFileHandle device, Span<byte> into) => Read(device, into, (nuint)into.Length);

    /// <returns>Bytes; −1: see <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    public static nint Write(SafeFileHandle device, ReadOnlySpan<byte> from) => Write(device, from, (nuint)from.Length);

    /// <returns>0; −1: see <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    public static int Mount(string source, string folder, string type, bool isReadOnly, string options) =>
        Mount(source, folder, type, isReadOnly ? MountReadOnly : 0, options);

    /// <returns>0; −1: see <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    [LibraryImport(LibC, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string folder, int flags);

    [LibraryImport(LibC, EntryPoint = "geteuid")]
    public static partial uint GetUser();

    [LibraryImport(LibC, EntryPoint = "getegid")]
    public static partial uint GetGroup();

    /// <summary>Two ends that are connected, the second of them inherited by children.</summary>
    public static bool TryPair(out SafeFileHandle own, out SafeFileHandle childs)
    {
        Span<int> ends = [-1, -1];
        bool isMade = SocketPair(UnixDomain, StreamSocket, 0, ends) == 0;
        own = new SafeFileHandle(ends[0], ownsHandle: true);
        childs = new SafeFileHandle(ends[1], ownsHandle: true);
        return isMade;
    }

    /// <summary>A descriptor that another process sends; an invalid handle if it ends without.</summary>
    public static unsafe SafeFileHandle ReceiveDescriptor(SafeFileHandle socket)
    {
        byte data = 0;
        var part = new MessagePart { Base = &data, Length = 1 };
        DescriptorMessage control = default;
        var message = new MessageHeader
        {
            Parts = &part,
            PartCount = 1,
            Control = &control,
            ControlLength = (nuint)sizeof(DescriptorMessage),
        };
        nint got;
        do
        {
            got = ReceiveMessage(socket, ref message, 0);
        }
        while (got < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        bool hasDescriptor = got > 0 && message.ControlLength >= (nuint)(sizeof(DescriptorMessage) - sizeof(int));
        return new SafeFileHandle(hasDescriptor ? control.Descriptor : -1, ownsHandle: true);
    }

    [LibraryImport(LibC, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport(LibC, EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoControl(SafeFileHandle device, nuint request, ref uint argument);

    [LibraryImport(LibC, EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle device, Span<byte> into, nuint length);

    [LibraryImport(LibC, EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle device, ReadOnlySpan<byte> from, nuint length);

    [LibraryImport(LibC, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string folder, string type, ulong flags, string options);

    [LibraryImport(LibC, EntryPoint = "socketpair", SetLastError = true)]
    private static partial int SocketPair(int domain, int type, int protocol, Span<int> ends);

    [LibraryImport(LibC, EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(SafeFileHandle socket, ref MessageHeader message, int flags);

    /// <summary><c>struct iovec</c>.</summary>
    private unsafe struct MessagePart
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c>.</summary>
    private unsafe struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public MessagePart* Parts;
        public nuint PartCount;
        public DescriptorMessage* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary><c>struct cmsghdr</c> with one descriptor.</summary>
    private struct DescriptorMessage
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;
        public int Padding;
    }
}
