using System.Runtime.InteropServices;
using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Verify.Tests.Reference.Kernel;

/// <summary>System calls as C programs make them: .NET's own file API softens many an error.</summary>
/// <remarks>Every call gives up as the kernel does; none is repeated. A path of a scenario is no path here: see <see cref="FolderPath"/>.</remarks>
internal static unsafe partial class LinuxCalls
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;

    private const string LibC = "libc";
    private const long PerSecond = 1_000_000_000;
    private const int ReadAndWrite = 2;
    private const int KeepSize = 1;
    private const int PunchHoles = 2;
    private const int SeekData = 3;
    private const int SeekHole = 4;
    private const int CloseOnExec = 0x80000;
    private const int CurrentFolder = -100;
    private const int DoNotFollow = 0x100;
    private const int EffectiveAccess = 0x200;
    private const uint BasicStats = 0x7FF;
    private const int OpenDirectory = 0x10000;
    private const int LeaveAccessTime = 0x40000;
    private const int DoNotWait = 0x800;
    private const int TypeMask = 0xF000;
    private const uint Unchanged = uint.MaxValue;
    private const long SetToNow = 0x3FFFFFFF;
    private const long LeaveTime = 0x3FFFFFFE;

    private static readonly (OpenFlags Flag, int Value)[] Bits =
    [
        (OpenFlags.Create, Create),
        (OpenFlags.Exclusive, Exclusive),
        (OpenFlags.Truncate, 0x200),
        (OpenFlags.Append, 0x400),
        (OpenFlags.Directory, OpenDirectory),
        (OpenFlags.NoFollow, 0x20000),
    ];

    private static readonly Dictionary<int, FileType> Types = new()
    {
        [0x1000] = FileType.Fifo,
        [0x2000] = FileType.CharacterDevice,
        [0x4000] = FileType.Directory,
        [0x6000] = FileType.BlockDevice,
        [0x8000] = FileType.Regular,
        [0xA000] = FileType.SymbolicLink,
        [0xC000] = FileType.Socket,
    };

    /// <summary>Whether this process may give files away.</summary>
    public static bool IsSuperuser { get; } = GetEffectiveUser() == 0;

    /// <summary>Sets the permissions that nothing is made with: the same in every process.</summary>
    public static void SetUsualMask() => _ = SetMask(0b000_010_010);

    public static Errno MakeDirectory(FolderPath path, Permissions mode) => Outcome(MkDir(path.Text, mode.Bits));

    public static Errno MakeNode(FolderPath path, FileType type, Permissions mode, DeviceNumber device)
    {
        int bits = Types.First(known => known.Value == type).Key | mode.Bits;
        return Outcome(MkNod(path.Text, (uint)bits, MakeDeviceNumber(device.Major, device.Minor)));
    }

    public static Errno ChangeMode(FolderPath path, Permissions mode) => Outcome(ChMod(path.Text, mode.Bits));

    public static Errno ChangeOwner(FolderPath path, uint? user, uint? group, bool follow) => Outcome(
        follow ? ChOwn(path.Text, user ?? Unchanged, group ?? Unchanged) : LChOwn(path.Text, user ?? Unchanged, group ?? Unchanged));

    /// <summary>As somebody in no other group: on a thread of its own, of which alone the kernel then thinks so.</summary>
    public static Errno Access(FolderPath path, uint user, uint group, AccessModes wanted)
    {
        Errno answer = Errno.OK;
        var thread = new Thread(() =>
        {
            // The library would do it for all threads.
            _ = SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 159 : 116, 0, 0);
            _ = SetFsGid(group);
            _ = SetFsUid(user);
            answer = Outcome(FAccessAt(CurrentFolder, path.Text, (int)wanted, EffectiveAccess));
        });
        thread.Start();
        thread.Join();
        return answer;
    }

    public static Errno SetTimes(FolderPath path, TimeSetting? access, TimeSetting? modify, bool follow)
    {
        long* times = stackalloc long[4];
        Put(access, times);
        Put(modify, times + 2);
        return Outcome(UTimeNsAt(CurrentFolder, path.Text, times, follow ? 0 : DoNotFollow));

        static void Put(TimeSetting? setting, long* time)
        {
            (time[0], time[1]) = setting switch
            {
                null => (0, LeaveTime),
                { IsNow: true } => (0, SetToNow),
                { } given => Split(given.Resolve(default)),
            };
        }

        static (long Seconds, long Nanoseconds) Split(Timestamp time)
        {
            long seconds = time.Nanoseconds / PerSecond;
            long rest = time.Nanoseconds % PerSecond;
            return rest < 0 ? (seconds - 1, rest + PerSecond) : (seconds, rest);
        }
    }

    public static Errno Unlink(FolderPath path) => Outcome(UnlinkName(path.Text));

    public static Errno RemoveDirectory(FolderPath path) => Outcome(RmDir(path.Text));

    public static Errno Rename(FolderPath from, FolderPath to, RenameMode mode) =>
        Outcome(RenameAt2(CurrentFolder, from.Text, CurrentFolder, to.Text, FlagOf(mode)));

    public static Errno Link(FolderPath existing, FolderPath path) => Outcome(LinkName(existing.Text, path.Text));

    public static Errno MakeSymbolicLink(string target, FolderPath path) => Outcome(SymLink(target, path.Text));

    public static Result<byte[]> ReadSymbolicLink(FolderPath path)
    {
        byte[] target = new byte[4096];
        fixed (byte* bytes = target)
        {
            nint length = ReadLink(path.Text, bytes, (nuint)target.Length);
            return length < 0 ? LastError() : target[..(int)length];
        }
    }

    public static Errno SetAttribute(FolderPath path, string name, byte[] value, AttributeMode mode)
    {
        fixed (byte* bytes = value)
        {
            return Outcome(SetXAttr(path.Text, name, bytes, (nuint)value.Length, (int)mode));
        }
    }

    public static Result<byte[]> GetAttribute(FolderPath path, string name)
    {
        byte[] value = new byte[1 << 16];
        fixed (byte* bytes = value)
        {
            nint length = GetXAttr(path.Text, name, bytes, (nuint)value.Length);
            return length < 0 ? LastError() : value[..(int)length];
        }
    }

    public static Result<IReadOnlyList<string>> ListAttributes(FolderPath path)
    {
        byte[] names = new byte[1 << 16];
        fixed (byte* bytes = names)
        {
            nint length = ListXAttr(path.Text, bytes, (nuint)names.Length);
            return length < 0
                ? LastError()
                : Encoding.UTF8.GetString(names, 0, (int)length).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    public static Errno RemoveAttribute(FolderPath path, string name) => Outcome(RemoveXAttr(path.Text, name));

    public static Errno Truncate(FolderPath path, long size) => Outcome(TruncateTo(path.Text, size));

    /// <summary>The flags of the kernel that are meant.</summary>
    public static int FlagsOf(OpenFlags flags) => Bits
        .Where(bit => flags.HasFlag(bit.Flag))
        .Sum(static bit => bit.Value)
        + (flags.HasFlag(OpenFlags.Write) ? flags.HasFlag(OpenFlags.Read) ? ReadAndWrite : WriteOnly : ReadOnly);

    /// <summary>Opens a file, without waiting for the other end of a fifo.</summary>
    public static Result<int> Open(FolderPath path, int flags, Permissions mode)
    {
        int descriptor = Open(path.Text, flags | CloseOnExec | DoNotWait | LeaveAccessTime, mode.Bits);
        return descriptor < 0 ? LastError() : descriptor;
    }

    public static Errno Allocate(int descriptor, long offset, long length) => Outcome(FAllocate(descriptor, 0, offset, length));

    public static Errno PunchHole(int descriptor, long offset, long length) =>
        Outcome(FAllocate(descriptor, KeepSize | PunchHoles, offset, length));

    public static Result<long> Seek(int descriptor, long offset, SeekTarget target)
    {
        long found = LSeek(descriptor, offset, target == SeekTarget.Data ? SeekData : SeekHole);
        return found < 0 ? LastError() : found;
    }

    public static void CloseFile(int descriptor) => _ = Close(descriptor);

    public static Errno Truncate(int descriptor, long size) => Outcome(FTruncate(descriptor, size));

    /// <summary>Opens a file, does something with it, and closes it.</summary>
    /// <remarks>It neither waits for the other end of a fifo nor leaves a time of access.</remarks>
    public static Result<T> WithOpen<T>(FolderPath path, int flags, Func<int, Result<T>> body, Permissions? mode = null)
    {
        Result<int> descriptor = Open(path, flags, mode ?? Permissions.OfFile);
        if (!descriptor.IsOk)
        {
            return descriptor.Error;
        }

        try
        {
            return body(descriptor.Value);
        }
        finally
        {
            CloseFile(descriptor.Value);
        }
    }

    private static Result<int> Read(int descriptor, long offset, Span<byte> destination)
    {
        fixed (byte* bytes = destination)
        {
            nint count = PRead(descriptor, bytes, (nuint)destination.Length, offset);
            return count < 0 ? LastError() : (int)count;
        }
    }

    public static Result<byte[]> ReadBytes(int descriptor, long offset, int length)
    {
        byte[] bytes = new byte[length];
        Result<int> count = Read(descriptor, offset, bytes);
        return count.IsOk ? bytes[..count.Value] : count.Error;
    }

    public static Result<int> Write(int descriptor, long offset, ReadOnlySpan<byte> source)
    {
        fixed (byte* bytes = source)
        {
            nint count = PWrite(descriptor, bytes, (nuint)source.Length, offset);
            return count < 0 ? LastError() : (int)count;
        }
    }

    public static Errno Sync(int descriptor) => Outcome(FSync(descriptor));

    /// <summary>What a path leads to.</summary>
    /// <param name="path">The path.</param>
    /// <param name="follow">Where it is a symbolic link: what that leads to, not the link itself.</param>
    public static Result<InodeAttributes> GetAttributes(FolderPath path, bool follow = true)
    {
        Attributes found;
        if (StatX(CurrentFolder, path.Text, follow ? 0 : DoNotFollow, BasicStats, &found) < 0)
        {
            return LastError();
        }

        FileType type = Types[found.Mode & TypeMask];
        return new InodeAttributes(new InodeNumber((uint)found.Inode), type, (int)found.LinkCount, (long)found.Size)
        {
            Owner = new Ownership(new Permissions(found.Mode), found.User, found.Group),
            Device = new DeviceNumber(found.DeviceMajor, found.DeviceMinor),
            AccessTime = found.Access.ToTimestamp(),
            ModifyTime = found.Modify.ToTimestamp(),
            ChangeTime = found.Change.ToTimestamp(),
        };
    }

    /// <summary>The names in a directory, <c>.</c> and <c>..</c> among them, as the kernel orders them.</summary>
    public static Result<List<FileName>> ReadDirectory(FolderPath path)
    {
        int descriptor = Open(path.Text, ReadOnly | OpenDirectory | LeaveAccessTime | CloseOnExec, 0);
        if (descriptor < 0)
        {
            return LastError();
        }

        nint stream = OpenDir(descriptor);
        Assert.NotEqual(0, stream);

        try
        {
            var names = new List<FileName>();
            Marshal.SetLastSystemError(0);
            for (DirEntry* entry = ReadDir(stream); entry is not null; entry = ReadDir(stream))
            {
                names.Add(new FileName(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry->Name)));
            }

            return names;
        }
        finally
        {
            _ = CloseDir(stream);
        }
    }

    /// <summary>The name of the file system that a folder is on, as the kernel's list of mounts has it.</summary>
    public static string FileSystemOf(string folder)
    {
        (string Mount, string Kind) best = ("", "unknown");
        foreach (string line in File.ReadLines("/proc/self/mounts"))
        {
            string[] fields = line.Split(' ');
            string mount = fields[1].Replace("\\040", " ", StringComparison.Ordinal);
            bool holds = mount == "/" || folder == mount || folder.StartsWith(mount + "/", StringComparison.Ordinal);
            if (holds && mount.Length >= best.Mount.Length)
            {
                best = (mount, fields[2]);
            }
        }

        return best.Kind;
    }

    private static uint FlagOf(RenameMode mode) => mode switch
    {
        RenameMode.NoReplace => 1,
        RenameMode.Exchange => 2,
        _ => 0,
    };

    private static Errno Outcome(int answer) => answer < 0 ? LastError() : Errno.OK;

    private static Errno LastError() => (Errno)Marshal.GetLastPInvokeError();

    [LibraryImport(LibC, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, uint permissions);

    [LibraryImport(LibC, EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport(LibC, EntryPoint = "pread", SetLastError = true)]
    private static partial nint PRead(int descriptor, byte* destination, nuint count, long offset);

    [LibraryImport(LibC, EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint PWrite(int descriptor, byte* source, nuint count, long offset);

    [LibraryImport(LibC, EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport(LibC, EntryPoint = "truncate", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TruncateTo(string path, long length);

    [LibraryImport(LibC, EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FAllocate(int descriptor, int mode, long offset, long length);

    [LibraryImport(LibC, EntryPoint = "lseek", SetLastError = true)]
    private static partial long LSeek(int descriptor, long offset, int whence);

    [LibraryImport(LibC, EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int FTruncate(int descriptor, long length);

    [LibraryImport(LibC, EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkDir(string path, uint permissions);

    [LibraryImport(LibC, EntryPoint = "mknod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkNod(string path, uint mode, ulong device);

    [LibraryImport(LibC, EntryPoint = "gnu_dev_makedev")]
    private static partial ulong MakeDeviceNumber(uint major, uint minor);

    [LibraryImport(LibC, EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChMod(string path, uint mode);

    [LibraryImport(LibC, EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChOwn(string path, uint user, uint group);

    [LibraryImport(LibC, EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LChOwn(string path, uint user, uint group);

    [LibraryImport(LibC, EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UTimeNsAt(int folder, string path, long* times, int flags);

    [LibraryImport(LibC, EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint first, nint second);

    [LibraryImport(LibC, EntryPoint = "setfsuid")]
    private static partial int SetFsUid(uint user);

    [LibraryImport(LibC, EntryPoint = "setfsgid")]
    private static partial int SetFsGid(uint group);

    [LibraryImport(LibC, EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FAccessAt(int folder, string path, int wanted, int flags);

    [LibraryImport(LibC, EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport(LibC, EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);

    [LibraryImport(LibC, EntryPoint = "setxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetXAttr(string path, string name, byte* value, nuint size, int flags);

    [LibraryImport(LibC, EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetXAttr(string path, string name, byte* value, nuint size);

    [LibraryImport(LibC, EntryPoint = "listxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ListXAttr(string path, byte* names, nuint size);

    [LibraryImport(LibC, EntryPoint = "removexattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveXAttr(string path, string name);

    [LibraryImport(LibC, EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkName(string path);

    [LibraryImport(LibC, EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RmDir(string path);

    [LibraryImport(LibC, EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport(LibC, EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkName(string existing, string path);

    [LibraryImport(LibC, EntryPoint = "symlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SymLink(string target, string path);

    [LibraryImport(LibC, EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLink(string path, byte* target, nuint size);

    [LibraryImport(LibC, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Attributes* found);

    [LibraryImport(LibC, EntryPoint = "fdopendir", SetLastError = true)]
    private static partial nint OpenDir(int descriptor);

    [LibraryImport(LibC, EntryPoint = "readdir", SetLastError = true)]
    private static partial DirEntry* ReadDir(nint stream);

    [LibraryImport(LibC, EntryPoint = "closedir", SetLastError = true)]
    private static partial int CloseDir(nint stream);

    /// <summary><c>struct statx</c>: the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Attributes
    {
        [FieldOffset(16)]
        public uint LinkCount;

        [FieldOffset(20)]
        public uint User;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(64)]
        public Moment Access;

        [FieldOffset(96)]
        public Moment Change;

        [FieldOffset(112)]
        public Moment Modify;

        [FieldOffset(128)]
        public uint DeviceMajor;

        [FieldOffset(132)]
        public uint DeviceMinor;
    }

    /// <summary><c>struct statx_timestamp</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Moment
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Reserved;

        public readonly Timestamp ToTimestamp() => new((Seconds * PerSecond) + Nanoseconds);
    }

    /// <summary><c>struct dirent</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Explicit)]
    private struct DirEntry
    {
        [FieldOffset(19)]
        public fixed byte Name[256];
    }
}

/// <summary>A path into the folder that stands for the root: what the kernel is given, and nothing else is.</summary>
internal readonly record struct FolderPath(string Text)
{
    public FolderPath Below(FileName name) => new($"{Text}/{name}");
}
