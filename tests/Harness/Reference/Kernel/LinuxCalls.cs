using System.Runtime.InteropServices;
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
    private const int CloseOnExec = 0x80000;
    private const int CurrentFolder = -100;
    private const int DoNotFollow = 0x100;
    private const uint BasicStats = 0x7FF;
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int DirectoryType = 0x4000;
    private const int SymbolicLinkType = 0xA000;

    public static Errno MakeDirectory(FolderPath path) => Outcome(MkDir(path.Text, 0x1FF));

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

    public static Errno Truncate(FolderPath path, long size) => Outcome(TruncateTo(path.Text, size));

    /// <summary>Opens a file, does something with it, and closes it.</summary>
    public static Result<T> WithOpen<T>(FolderPath path, int flags, Func<int, Result<T>> body)
    {
        int descriptor = Open(path.Text, flags | CloseOnExec, 0x1B6);
        if (descriptor < 0)
        {
            return LastError();
        }

        try
        {
            return body(descriptor);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    public static Result<int> Read(int descriptor, long offset, Span<byte> destination)
    {
        fixed (byte* bytes = destination)
        {
            nint count = PRead(descriptor, bytes, (nuint)destination.Length, offset);
            return count < 0 ? LastError() : (int)count;
        }
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

        FileType type = (found.Mode & TypeMask) switch
        {
            RegularType => FileType.Regular,
            DirectoryType => FileType.Directory,
            SymbolicLinkType => FileType.SymbolicLink,
            _ => FileType.None,
        };
        return new InodeAttributes(new InodeNumber((uint)found.Inode), type, (int)found.LinkCount, (long)found.Size);
    }

    /// <summary>The names in a directory, <c>.</c> and <c>..</c> among them, as the kernel orders them.</summary>
    public static Result<List<FileName>> ReadDirectory(FolderPath path)
    {
        nint stream = OpenDir(path.Text);
        if (stream == 0)
        {
            return LastError();
        }

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

    [LibraryImport(LibC, EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkDir(string path, uint permissions);

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

    [LibraryImport(LibC, EntryPoint = "opendir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenDir(string path);

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

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;
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
