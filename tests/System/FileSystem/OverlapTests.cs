using Raid5Fs.BlockDevice;
using Raid5Fs.Execution;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Operations that overlap in time, on one executor, over a device that answers later.</summary>
public sealed class OverlapTests
{
    [Fact]
    public async Task Overlapping_changes_take_effect_one_at_a_time_in_the_order_in_which_they_came()
    {
        await using var executor = new SerialExecutor("overlap");
        await executor.RunAsync(async () =>
        {
            Mounted mounted = await Mounted.NewAsync();
            Result<UnixFileSystem> later = await UnixFileSystem.MountAsync(
                new LateDevice(mounted.Device), Mounted.NoAging, TimeProvider.System);
            var paths = new PathOperations(later.Value);
            UnixFileSystem files = later.Value;

            Task<Result<InodeAttributes>>[] creates =
                [.. Enumerable.Range(0, 50).Select(i => files.CreateAsync(files.Root, new FileName($"file-{i % 25}")))];
            Errno[] answers = [.. (await Task.WhenAll(creates)).Select(created => created.Error)];
            Assert.All(answers[..25], answer => Assert.Equal(Errno.OK, answer));
            Assert.All(answers[25..], answer => Assert.Equal(Errno.EEXIST, answer));

            Task<Result<int>>[] writes =
                [.. Enumerable.Range(0, 25).Select(i => paths.WriteAsync($"/file-{i}", 5000L * i, Mounted.Pattern(9000, i)))];
            Task<Errno> sync = paths.SyncAsync("/file-3");
            Assert.All(await Task.WhenAll(writes), written => Assert.Equal(9000, written.Value));
            Assert.Equal(Errno.OK, await sync);
            Assert.Equal(Errno.OK, await files.UnmountAsync());

            Mounted again = await Mounted.OnAsync(mounted.Device);
            for (int i = 0; i < 25; i++)
                Assert.Equal(Mounted.Pattern(9000, i), await again.ReadAsync($"/file-{i}", 5000L * i));
            await again.AssertSoundAsync();
        });
    }

    [Fact]
    public async Task A_path_whose_directory_goes_away_during_the_walk_is_answered_like_one_that_never_was()
    {
        await using var executor = new SerialExecutor("overlap");
        await executor.RunAsync(async () =>
        {
            Mounted mounted = await Mounted.NewAsync();
            await mounted.DirectoryAsync("/d");
            await mounted.SyncAsync();
            Result<UnixFileSystem> later = await UnixFileSystem.MountAsync(
                new LateDevice(mounted.Device), Mounted.NoAging, TimeProvider.System);
            var paths = new PathOperations(later.Value);
            Task<Result<InodeAttributes>> create = paths.CreateAsync("/d/f");
            Task<Errno> remove = paths.RemoveDirectoryAsync("/d");
            Assert.Equal((Errno.OK, Errno.ENOENT), (await remove, (await create).Error));
        });
    }

    [Fact]
    public Task Those_who_only_look_wait_for_the_device_side_by_side() => TellAsync(async (files, device) =>
    {
        device.Hold();
        Task<Result<int>>[] reads = [.. Files.Select(file => files.ReadAsync(file, 0, new byte[4096]))];
        Task<Result<InodeAttributes>> lookup = files.LookupAsync(files.Root, new FileName("f0"));
        await device.UntilQuietAsync();
        Assert.All(reads, read => Assert.False(read.IsCompleted));

        // Four blocks of four files, and one more for the entries of the root.
        Assert.Equal(5, device.Held);
        device.Release();
        Assert.All(await Task.WhenAll(reads), read => Assert.Equal(4096, read.Value));
        Assert.Equal(Errno.OK, (await lookup).Error);
    });

    [Fact]
    public Task Two_who_want_one_block_wait_for_the_same_read() => TellAsync(async (files, device) =>
    {
        device.Hold();
        Task<Result<int>>[] reads = [.. Enumerable.Range(0, 5).Select(_ => files.ReadAsync(Files[0], 10, new byte[20]))];
        await device.UntilQuietAsync();
        Assert.Equal(1, device.Held);
        device.Release();
        Assert.All(await Task.WhenAll(reads), read => Assert.Equal(20, read.Value));
    });

    [Fact]
    public Task A_commit_keeps_nobody_from_looking() => TellAsync(async (files, device) =>
    {
        Assert.Equal(4096, (await files.ReadAsync(Files[0], 0, new byte[4096])).Value);
        Assert.Equal(Errno.OK, (await files.CreateAsync(files.Root, new FileName("new"))).Error);
        device.Hold();
        Task<Errno> sync = files.SyncAsync(files.Root);
        await device.UntilQuietAsync();
        Assert.Equal(4096, (await files.ReadAsync(Files[0], 0, new byte[4096])).Value);
        Assert.Equal(Errno.OK, (await files.LookupAsync(files.Root, new FileName("new"))).Error);
        Task<Result<InodeAttributes>> change = files.CreateAsync(files.Root, new FileName("newer"));
        await device.UntilQuietAsync();
        Assert.Equal((false, false), (sync.IsCompleted, change.IsCompleted));
        device.Release();
        Assert.Equal((Errno.OK, Errno.OK), (await sync, (await change).Error));
    });

    [Fact]
    public async Task A_read_that_fails_half_way_gives_what_came_before_and_leaves_no_read_under_way()
    {
        await using var executor = new SerialExecutor("overlap");
        await executor.RunAsync(async () =>
        {
            Mounted mounted = await Mounted.NewAsync();
            byte[] content = Mounted.Pattern(20 * 4096);
            InodeNumber file = await mounted.FileAsync("/f");
            await mounted.WriteAsync("/f", 0, content);
            Assert.Equal(Errno.OK, await mounted.Files.PunchHoleAsync(file, 5 * 4096, 4096));
            Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
            long BlockOf(int index) => mounted.Device.Touched.Single(
                block => mounted.Device.Peek(block).AsSpan().SequenceEqual(content.AsSpan(index * 4096, 4096)));
            long pointers = mounted.Device.Touched.Single(block => BitConverter.ToUInt32(mounted.Device.Peek(block)) == BlockOf(12));
            var device = new HeldDevice(mounted.Device) { IsSpared = block => block == pointers };
            UnixFileSystem files = (await UnixFileSystem.MountAsync(device, Mounted.NoAging, TimeProvider.System)).Value;
            Assert.True((await files.GetAttributesAsync(file)).IsOk);
            mounted.Device.Unreadable.Add(pointers);
            device.Hold();
            Task<Result<int>> read = files.ReadAsync(file, 0, new byte[content.Length]);
            await device.UntilQuietAsync();
            Assert.Equal((true, false), (device.Held > 0, read.IsCompleted));
            device.Release();
            Assert.Equal(12 * 4096, (await read).Value);
            Assert.Equal(0, device.Held);
            Assert.Equal(Errno.EIO, (await files.ReadAsync(file, 12 * 4096, new byte[1])).Error);
            Assert.Equal(Errno.OK, await files.UnmountAsync());
        });
    }

    /// <summary>What is read ahead is still on its way when its reader comes to it.</summary>
    [Fact]
    public async Task Blocks_that_are_on_their_way_are_not_asked_for_again()
    {
        await using var executor = new SerialExecutor("overlap");
        await executor.RunAsync(async () =>
        {
            const int Blocks = 600;
            Mounted mounted = await Mounted.NewAsync(new MemoryDevice(4096, 2000));
            byte[] content = Mounted.Pattern(Blocks * 4096);
            InodeNumber file = await mounted.FileAsync("/f");
            await mounted.WriteAsync("/f", 0, content);
            Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
            var device = new HeldDevice(mounted.Device);
            UnixFileSystem files = (await UnixFileSystem.MountAsync(device, Mounted.NoAging, TimeProvider.System)).Value;
            mounted.Device.Reads.Clear();
            byte[] part = new byte[20 * 4096];
            for (int offset = 0; offset < content.Length; offset += part.Length)
            {
                device.Hold();
                Task<Result<int>> read = files.ReadAsync(file, offset, part);
                await device.UntilQuietAsync();
                device.Release();
                Assert.Equal(part.Length, (await read).Value);
                Assert.Equal(content[offset..(offset + part.Length)], part);
            }

            Assert.Equal(Errno.OK, await files.UnmountAsync());
            Assert.InRange(mounted.Device.Reads.Sum(read => read.Count), Blocks, Blocks + 6);
        });
    }

    private static readonly InodeNumber[] Files = [.. Enumerable.Range(2, 4).Select(number => new InodeNumber((uint)number))];

    /// <summary>A mount with nothing in memory but the inodes' block, of four files of one block.</summary>
    private static async Task TellAsync(Func<UnixFileSystem, HeldDevice, Task> story)
    {
        await using var executor = new SerialExecutor("overlap");
        await executor.RunAsync(async () =>
        {
            Mounted mounted = await Mounted.NewAsync();
            for (int i = 0; i < Files.Length; i++)
                Assert.Equal(Files[i], await mounted.FileAsync($"/f{i}", new string('x', 4096)));
            Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
            var device = new HeldDevice(mounted.Device);
            UnixFileSystem files = (await UnixFileSystem.MountAsync(device, Mounted.NoAging, TimeProvider.System)).Value;
            await story(files, device);
            Assert.Equal(Errno.OK, await files.UnmountAsync());
            FsckReport report = await Fsck.CheckAsync(mounted.Device);
            Assert.True(report.IsClean, report.ToString());
        });
    }

    /// <summary>Answers every call one turn of the executor later.</summary>
    private sealed class LateDevice(MemoryDevice device) : IBlockDevice
    {
        public int BlockSize => device.BlockSize;

        public long BlockCount => device.BlockCount;

        public int MaxUncommittedBlocks => device.MaxUncommittedBlocks;

        public async Task<Errno> ReadAsync(BlockAddress first, Memory<byte> destination, CancellationToken cancellation = default)
        {
            await Task.Yield();
            return await device.ReadAsync(first, destination, cancellation);
        }

        public async Task<Errno> WriteAsync(BlockAddress first, ReadOnlyMemory<byte> source, CancellationToken cancellation = default)
        {
            await Task.Yield();
            return await device.WriteAsync(first, source, cancellation);
        }

        public async Task<Errno> CommitAsync(CancellationToken cancellation = default)
        {
            await Task.Yield();
            return await device.CommitAsync(cancellation);
        }
    }
}
