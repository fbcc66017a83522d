using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>A file system on a <see cref="MemoryDevice"/>, with words for the stories that the tests tell.</summary>
internal sealed class Mounted
{
    public static readonly MountOptions NoAging = new() { CommitInterval = Timeout.InfiniteTimeSpan };

    private Mounted(MemoryDevice device, UnixFileSystem files)
    {
        Device = device;
        Files = files;
        Paths = new PathOperations(files);
    }

    public MemoryDevice Device { get; }

    public UnixFileSystem Files { get; }

    public PathOperations Paths { get; }

    /// <summary>The course project's smallest geometry.</summary>
    public static Task<Mounted> TinyAsync() =>
        NewAsync(new MemoryDevice(128, 256, 64), new MkfsOptions { NameSeed = 1, Inodes = 16 });

    public static Task<Mounted> NewAsync() => NewAsync(new MemoryDevice(4096, 1000));

    public static async Task<Mounted> NewAsync(
        MemoryDevice device, MkfsOptions? options = null, MountOptions? mount = null, TimeProvider? clock = null)
    {
        Assert.Equal(Errno.OK, await Mkfs.FormatAsync(device, options ?? new MkfsOptions { NameSeed = 1 }, clock ?? TimeProvider.System));
        return await OnAsync(device, mount, clock);
    }

    public static async Task<Mounted> OnAsync(MemoryDevice device, MountOptions? mount = null, TimeProvider? clock = null)
    {
        Result<UnixFileSystem> mounted =
            await UnixFileSystem.MountAsync(device, mount ?? NoAging, clock ?? TimeProvider.System);
        Assert.Equal(Errno.OK, mounted.Error);
        return new Mounted(device, mounted.Value);
    }

    /// <summary>Creates a file that holds <paramref name="content"/>.</summary>
    public async Task<InodeNumber> FileAsync(string path, string content = "")
    {
        Result<InodeAttributes> made = await Paths.CreateAsync(path);
        Assert.Equal(Errno.OK, made.Error);
        await WriteAsync(path, 0, Encoding.UTF8.GetBytes(content));
        return made.Value.Inode;
    }

    public async Task<InodeNumber> DirectoryAsync(string path)
    {
        Result<InodeAttributes> made = await Paths.MakeDirectoryAsync(path);
        Assert.Equal(Errno.OK, made.Error);
        return made.Value.Inode;
    }

    /// <summary>Writes, and the whole of it.</summary>
    public async Task WriteAsync(string path, long offset, byte[] content)
    {
        Result<int> written = await Paths.WriteAsync(path, offset, content);
        Assert.Equal(Errno.OK, written.Error);
        Assert.Equal(content.Length, written.Value);
    }

    public async Task<byte[]> ReadAsync(string path, long offset = 0, int most = 1 << 20)
    {
        byte[] buffer = new byte[most];
        Result<int> read = await Paths.ReadAsync(path, offset, buffer);
        Assert.Equal(Errno.OK, read.Error);
        return buffer[..read.Value];
    }

    public async Task<string> TextAsync(string path) => Encoding.UTF8.GetString(await ReadAsync(path));

    public async Task<InodeAttributes> StatAsync(string path)
    {
        Result<InodeAttributes> found = await Paths.GetAttributesAsync(path);
        Assert.Equal(Errno.OK, found.Error);
        return found.Value;
    }

    /// <summary>The names in a directory but <c>.</c> and <c>..</c>, sorted.</summary>
    public async Task<string[]> NamesAsync(string path)
    {
        Result<IReadOnlyList<DirectoryEntry>> entries = await Paths.ReadDirectoryAsync(path);
        Assert.Equal(Errno.OK, entries.Error);
        return [.. entries.Value.Where(e => !e.Name.IsDot && !e.Name.IsDotDot).Select(e => e.Name.ToString()).Order(StringComparer.Ordinal)];
    }

    public async Task<FileSystemStatistics> StatisticsAsync() => (await Files.GetStatisticsAsync()).Value;

    public async Task SyncAsync() => Assert.Equal(Errno.OK, await Files.SyncAsync(Files.Root));

    /// <summary>Commits, and demands that fsck finds nothing.</summary>
    public async Task AssertSoundAsync()
    {
        await SyncAsync();
        FsckReport report = await Fsck.CheckAsync(Device);
        Assert.True(report.IsClean, report.ToString());
    }

    /// <summary>The client dies; another mounts what was committed.</summary>
    public Task<Mounted> CrashAndMountAsync() => OnAsync(Device.CopyOfCommitted());

    /// <summary>Unmounts and mounts again.</summary>
    public async Task<Mounted> RemountAsync()
    {
        Assert.Equal(Errno.OK, await Files.UnmountAsync());
        return await OnAsync(Device);
    }

    public static byte[] Pattern(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
