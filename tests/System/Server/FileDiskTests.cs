using System.Diagnostics;
using System.Text;
using Raid5Fs.BlockServer;
using Raid5Fs.Execution;
using Raid5Fs.Primitives;
using Raid5Fs.Server;

namespace Raid5Fs.Tests.Server;

/// <summary>What only real files can show; all else is in <see cref="BlockServer.DiskContract"/>.</summary>
public sealed class FileDiskTests
{
    /// <summary>128 characters, 256 bytes: one more than Linux takes.</summary>
    private const string TooLong =
        "ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ"
        + "ÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖ";

    [Fact]
    public void A_folder_must_exist_and_be_one()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Of("file"), "");
        Assert.Equal(Errno.ENOENT, FileDisk.OpenFolder(folder.Of("missing")).Error);
        Assert.Equal(Errno.ENOTDIR, FileDisk.OpenFolder(folder.Of("file")).Error);
    }

    [Fact]
    public Task What_is_written_is_what_other_programs_see() => Tell(async (folder, disk) =>
    {
        IDiskFile file = await Open(disk, "data", DiskOpenMode.CreateNew);
        Assert.Equal(Errno.OK, await file.WriteAsync(2, "text"u8.ToArray()));
        Assert.Equal("\0\0text", await File.ReadAllTextAsync(folder.Of("data")));

        await File.WriteAllTextAsync(folder.Of("other"), "what another wrote");
        byte[] read = new byte[7];
        Assert.Equal(Errno.OK, await (await Open(disk, "other")).ReadAsync(5, read));
        Assert.Equal("another", Encoding.UTF8.GetString(read));
    });

    [Fact]
    public Task What_is_stored_is_nobody_elses_to_read() => Tell(async (folder, disk) =>
    {
        await Open(disk, "data", DiskOpenMode.CreateNew);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(folder.Of("data")).UnixFileMode);
    });

    [Fact]
    public Task Folders_links_and_hidden_files_are_listed_too() => Tell(async (folder, disk) =>
    {
        Directory.CreateDirectory(folder.Of("lost+found"));
        await File.WriteAllTextAsync(folder.Of(".hidden"), "");
        File.CreateSymbolicLink(folder.Of("to nowhere"), folder.Of("missing"));
        Assert.Equal([".hidden", "lost+found", "to nowhere"], (await disk.ListAsync()).Value);
    });

    [Fact]
    public Task However_often_a_name_is_opened_it_has_one_descriptor() => Tell(async (folder, disk) =>
    {
        for (int i = 0; i < 100; i++)
        {
            await Open(disk, "data", DiskOpenMode.OpenOrCreate);
        }

        IEnumerable<string?> open = new DirectoryInfo("/proc/self/fd").EnumerateFiles().Select(file => file.LinkTarget);
        Assert.Single(open, target => target == folder.Of("data"));
    });

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("/data")]
    [InlineData("a\0b")]
    [InlineData(TooLong)]
    public Task A_name_that_is_not_plain_is_a_bug_of_the_caller(string name) => Tell(async (_, disk) =>
    {
        await Assert.ThrowsAsync<InvariantException>(() => disk.OpenAsync(name, DiskOpenMode.OpenOrCreate));
        await Assert.ThrowsAsync<InvariantException>(() => disk.DeleteAsync(name));
        await Assert.ThrowsAsync<InvariantException>(() => disk.RenameAsync(name, "data"));
        await Assert.ThrowsAsync<InvariantException>(() => disk.RenameAsync("data", name));
    });

    // Errors. The kernel has files that fail on demand: /dev/full has no room, the first page of a process cannot be read.

    [Fact]
    public Task A_full_disk_is_ENOSPC() => Tell(async (folder, disk) =>
    {
        File.CreateSymbolicLink(folder.Of("data"), "/dev/full");
        Assert.Equal(Errno.ENOSPC, await (await Open(disk, "data")).WriteAsync(0, new byte[100]));
    });

    [Fact]
    public Task A_device_that_cannot_read_is_EIO() => Tell(async (folder, disk) =>
    {
        File.CreateSymbolicLink(folder.Of("data"), "/proc/self/mem");
        Assert.Equal(Errno.EIO, await (await Open(disk, "data")).ReadAsync(0, new byte[100]));
    });

    [Fact]
    public Task A_flush_that_the_kernel_refuses_is_an_error() => Tell(async (folder, disk) =>
    {
        File.CreateSymbolicLink(folder.Of("data"), "/dev/full");
        Assert.Equal(Errno.EIO, await (await Open(disk, "data")).FlushAsync());
    });

    [Fact]
    public Task A_folder_in_a_files_place_is_an_error() => Tell(async (folder, disk) =>
    {
        Directory.CreateDirectory(folder.Of("data"));
        Assert.Equal(Errno.EIO, (await disk.OpenAsync("data", DiskOpenMode.Open)).Error);
        Assert.Equal(Errno.EIO, await disk.DeleteAsync("data"));
    });

    [Fact]
    public Task A_folder_that_was_deleted_is_ENOENT() => Tell(async (folder, disk) =>
    {
        Directory.Delete(folder.Path);
        Assert.Equal(Errno.ENOENT, (await disk.ListAsync()).Error);
        Assert.Equal(Errno.ENOENT, (await disk.OpenAsync("data", DiskOpenMode.CreateNew)).Error);
        Directory.CreateDirectory(folder.Path);
    });

    // The lock.

    [Fact]
    public Task A_folder_that_another_disk_of_this_process_holds_is_EBUSY() => Tell(async (folder, disk) =>
    {
        await using FileDisk other = folder.OpenDisk();
        Assert.Equal(Errno.OK, await disk.LockAsync());
        Assert.Equal(Errno.EBUSY, await other.LockAsync());
        Assert.Equal(Errno.EBUSY, await other.LockAsync());

        await disk.DisposeAsync();
        Assert.Equal(Errno.OK, await other.LockAsync());
    });

    [FactWithFlock]
    public Task A_folder_that_another_process_holds_is_EBUSY_until_it_is_killed() => Tell(async (folder, disk) =>
    {
        using Process holder = Start("flock", "--nonblock", "--no-fork", folder.Path, "sh", "-c", "echo held; exec cat");
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync());
        Assert.Equal(Errno.EBUSY, await disk.LockAsync());

        holder.Kill();
        await holder.WaitForExitAsync();
        Assert.Equal(Errno.OK, await disk.LockAsync());
        using Process late = Start("flock", "--nonblock", folder.Path, "true");
        await late.WaitForExitAsync();
        Assert.Equal(1, late.ExitCode);
    });

    [FactWithFlock]
    public Task A_child_process_does_not_inherit_the_lock() => Tell(async (folder, disk) =>
    {
        Assert.Equal(Errno.OK, await disk.LockAsync());
        using Process child = Start("cat");
        await disk.DisposeAsync();

        await using FileDisk next = folder.OpenDisk();
        Assert.Equal(Errno.OK, await next.LockAsync());
        child.Kill();
        await child.WaitForExitAsync();
    });

    // Threads, and the end.

    [Fact]
    public Task An_executor_goes_on_while_the_disk_works_and_gets_its_answers_back() => Tell(async (_, disk) =>
    {
        await using var executor = new SerialExecutor("server");
        await executor.RunAsync(async () =>
        {
            IDiskFile file = await Open(disk, "data", DiskOpenMode.CreateNew);
            Assert.True(executor.IsCurrent);
            await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
            {
                await file.WriteAsync(i, new byte[1]);
                Assert.True(executor.IsCurrent);
                await file.FlushAsync();
                Assert.True(executor.IsCurrent);
            }));
        });
    });

    [Fact]
    public Task Closing_waits_for_the_calls_under_way() => Tell(async (folder, disk) =>
    {
        IDiskFile file = await Open(disk, "data", DiskOpenMode.CreateNew);
        Task<Errno>[] writes = [.. Enumerable.Range(0, 100).Select(i => file.WriteAsync(i * 10_000, new byte[10_000]))];
        Task<Errno> flush = file.FlushAsync();
        await disk.DisposeAsync();

        Assert.All(writes.Append(flush), call => Assert.True(call.IsCompleted));
        Assert.All(await Task.WhenAll(writes), error => Assert.Equal(Errno.OK, error));
        Assert.Equal(1_000_000, new FileInfo(folder.Of("data")).Length);
    });

    [Fact]
    public Task A_closed_disk_takes_no_calls() => Tell(async (_, disk) =>
    {
        IDiskFile file = await Open(disk, "data", DiskOpenMode.CreateNew);
        IDiskFile deleted = await Open(disk, "deleted", DiskOpenMode.CreateNew);
        await disk.DeleteAsync("deleted");
        await disk.DisposeAsync();
        await disk.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.WriteAsync(0, new byte[1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.FlushAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => deleted.WriteAsync(0, new byte[1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => disk.LockAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => disk.FlushFolderAsync());
    });

    private static async Task Tell(Func<TemporaryFolder, FileDisk, Task> story)
    {
        using var folder = new TemporaryFolder();
        await using FileDisk disk = folder.OpenDisk();
        await story(folder, disk);
    }

    private static async Task<IDiskFile> Open(FileDisk disk, string name, DiskOpenMode mode = DiskOpenMode.Open)
    {
        Result<IDiskFile> file = await disk.OpenAsync(name, mode);
        Assert.Equal(Errno.OK, file.Error);
        return file.Value;
    }

    /// <summary>Starts a process whose standard input stays open.</summary>
    private static Process Start(string program, params string[] arguments) => Process.Start(
        new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

    /// <summary>Needs <c>flock(1)</c>, to be another process; skipped where there is none.</summary>
    private sealed class FactWithFlockAttribute : FactAttribute
    {
        public FactWithFlockAttribute()
        {
            string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
            if (!Array.Exists(folders, folder => File.Exists(Path.Combine(folder, "flock"))))
            {
                Skip = "flock(1) is not installed";
            }
        }
    }
}
