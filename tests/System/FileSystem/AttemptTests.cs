using Raid5Fs.BlockDevice;
using Raid5Fs.Execution;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Who waits for the device keeps nobody waiting, and yet every operation takes effect at one moment.</summary>
public sealed class AttemptTests
{
    private const int Block = 4096;

    private static readonly InodeNumber[] Files = [.. Enumerable.Range(2, 4).Select(number => new InodeNumber((uint)number))];

    [Fact]
    public Task Changes_of_different_files_wait_for_the_device_side_by_side() => TellAsync(async (files, device, _) =>
    {
        device.Hold();
        Task<Result<int>>[] writes = [.. Files.Select(file => files.WriteAsync(file, 10, "changed"u8.ToArray()))];
        await device.UntilQuietAsync();
        Assert.Equal(4, device.Held);
        device.Release();
        Assert.All(await Task.WhenAll(writes), write => Assert.Equal(7, write.Value));
        Assert.Equal("xxxxxxxxxxchangedxxx", await TextAsync(files, Files[2], 20));
    });

    [Fact]
    public Task A_change_waits_for_nobody_who_waits_for_the_device() => TellAsync(async (files, device, _) =>
    {
        Assert.True((await files.LookupAsync(files.Root, new FileName("f0"))).IsOk);
        device.Hold();
        Task<Result<int>> read = files.ReadAsync(Files[0], 0, new byte[Block]);
        Task<Result<int>> write = files.WriteAsync(Files[1], 10, "changed"u8.ToArray());
        Assert.Equal(Errno.OK, (await files.CreateAsync(files.Root, new FileName("new"))).Error);
        Assert.Equal(Errno.OK, await files.TruncateAsync(Files[2], 0));
        Assert.Equal((false, false, 2), (read.IsCompleted, write.IsCompleted, device.Held));
        device.Release();
        Assert.Equal((Block, 7), ((await read).Value, (await write).Value));
    });

    [Fact]
    public Task A_change_does_not_wait_for_what_is_read_ahead() => TellAsync(async (files, device, mounted) =>
    {
        InodeNumber file = (await files.CreateAsync(files.Root, new FileName("long"))).Value.Inode;
        Assert.Equal(300 * Block, (await files.WriteAsync(file, 0, Mounted.Pattern(300 * Block))).Value);
        Assert.Equal(Errno.OK, await files.UnmountAsync());
        device = new HeldDevice(mounted);
        files = await MountAsync(device);
        Assert.Equal(Block, (await files.ReadAsync(file, 0, new byte[Block])).Value);
        device.Hold();
        Task<Result<int>> read = files.ReadAsync(file, Block, new byte[Block]);
        await device.UntilQuietAsync();
        device.ReleaseOnce();
        Assert.Equal(Block, (await read).Value);
        await device.UntilQuietAsync();
        Assert.NotEqual(0, device.Held);
        Assert.Equal(7, (await files.WriteAsync(file, 10, "changed"u8.ToArray())).Value);
        Assert.Equal(Errno.OK, (await files.SetAttributesAsync(file, new AttributeChange { Permissions = Permissions.OfDirectory })).Error);
        Task<Errno> unmount = files.UnmountAsync();
        await device.UntilQuietAsync();
        Assert.False(unmount.IsCompleted);
        device.Release();
        Assert.Equal(Errno.OK, await unmount);
    });

    [Fact]
    public Task A_commit_keeps_nobody_from_fetching_and_is_kept_waiting_by_nobody_who_does() => TellAsync(async (files, device, _) =>
    {
        Assert.Equal(Block, (await files.WriteAsync(Files[3], 0, new byte[Block])).Value);
        device.Hold();
        Task<Errno> sync = files.SyncAsync(Files[3]);
        Task<Result<int>> read = files.ReadAsync(Files[0], 0, new byte[Block]);
        await device.UntilQuietAsync();

        // The writes of the file and of its inode, and the read.
        Assert.Equal((3, false), (device.Held, sync.IsCompleted));
        device.Release();
        Assert.Equal((Errno.OK, Block), (await sync, (await read).Value));

        device.HoldsOnlyReads = true;
        device.Hold();
        Task<Result<int>> write = files.WriteAsync(Files[1], 10, "changed"u8.ToArray());
        Assert.Equal(Block, (await files.WriteAsync(Files[2], 0, new byte[Block])).Value);
        Assert.Equal(Errno.OK, await files.SyncAsync(Files[2]));
        Assert.False(write.IsCompleted);
        device.Release();
        Assert.Equal(7, (await write).Value);
    });

    [Fact]
    public Task A_block_that_is_written_over_while_it_is_read_is_what_was_written() => TellAsync(async (files, device, _) =>
    {
        device.HoldsOnlyReads = true;
        device.Hold();
        Task<string> read = TextAsync(files, Files[0], Block);
        await device.UntilQuietAsync();
        string written = new('y', Block);
        Assert.Equal(Block, (await files.WriteAsync(Files[0], 0, written.Select(each => (byte)each).ToArray())).Value);
        Assert.Equal(Errno.OK, await files.SyncAsync(Files[0]));
        Assert.Equal(written, await TextAsync(files, Files[0], Block));
        device.Release();
        Assert.Equal(written, await read);
        Assert.Equal(written, await TextAsync(files, Files[0], Block));
    });

    [Fact]
    public Task A_file_that_goes_away_while_it_is_read_is_gone() => TellAsync(async (files, device, _) =>
    {
        Assert.True((await files.LookupAsync(files.Root, new FileName("f1"))).IsOk);
        device.Hold();
        Task<Result<int>> read = files.ReadAsync(Files[1], 0, new byte[Block]);
        Assert.Equal(Errno.OK, await files.UnlinkAsync(files.Root, new FileName("f1")));
        device.Release();
        Assert.Equal(Errno.ESTALE, (await read).Error);
    });

    [Fact]
    public Task An_unreadable_block_is_tried_once_by_each_operation_that_needs_it() => TellAsync(async (files, device, memory) =>
    {
        long bad = memory.Touched.First(block => memory.Peek(block).All(each => each == 'x'));
        InodeNumber file = new((uint)(2 + memory.Touched.Count(block => block < bad && memory.Peek(block).All(each => each == 'x'))));
        int Tried() => memory.Reads.Count(read => read.First == bad);
        memory.Unreadable.Add(bad);
        Assert.Equal(Errno.EIO, (await files.ReadAsync(file, 0, new byte[Block])).Error);
        Assert.Equal(1, Tried());
        Assert.Equal(Errno.EIO, (await files.WriteAsync(file, 10, "changed"u8.ToArray())).Error);
        Assert.Equal(2, Tried());

        device.Hold();
        Task<Result<int>>[] reads = [.. Enumerable.Range(0, 3).Select(_ => files.ReadAsync(file, 0, new byte[Block]))];
        await device.UntilQuietAsync();
        device.Release();
        Assert.All(await Task.WhenAll(reads), read => Assert.Equal(Errno.EIO, read.Error));
        Assert.Equal(3, Tried());

        memory.Unreadable.Clear();
        Assert.Equal(7, (await files.WriteAsync(file, 10, "changed"u8.ToArray())).Value);
    });

    /// <summary>The failure that was met is not that of what is there now.</summary>
    [Fact]
    public Task An_unreadable_block_that_is_written_over_meanwhile_is_no_error_any_more() => TellAsync(async (files, device, memory) =>
    {
        foreach (long block in memory.Touched.Where(block => memory.Peek(block).All(each => each == 'x')))
            memory.Unreadable.Add(block);
        device.HoldsOnlyReads = true;
        device.Hold();
        Task<string> read = TextAsync(files, Files[0], 3);
        await device.UntilQuietAsync();
        Assert.Equal(Block, (await files.WriteAsync(Files[0], 0, Enumerable.Repeat((byte)'y', Block).ToArray())).Value);
        device.Release();
        Assert.Equal("yyy", await read);
        memory.Unreadable.Clear();
    });

    [Fact]
    public async Task A_cold_read_waits_for_the_inode_then_for_pointers_and_then_for_all_else()
    {
        await using var executor = new SerialExecutor("attempts");
        await executor.RunAsync(async () =>
        {
            Mounted mounted = await Mounted.NewAsync(new MemoryDevice(128, 4000), new MkfsOptions { NameSeed = 1, Inodes = 16 });
            InodeNumber file = await mounted.FileAsync("/f");
            byte[] content = Mounted.Pattern(1000 * 128);
            await mounted.WriteAsync("/f", 0, content);
            Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
            var device = new HeldDevice(mounted.Device);

            // The inode; the blocks that it points to; those that these point to, the pointers of the double tree among them; the rest.
            UnixFileSystem files = await MountAsync(device);
            byte[] read = new byte[content.Length];
            Result<int> length = 0;
            Assert.InRange(await device.CountRoundTripsAsync(async () => length = await files.ReadAsync(file, 0, read)), 3, 4);
            Assert.Equal(read.Length, length.Value);
            Assert.Equal(content, read);
            Assert.Equal(Errno.OK, await files.UnmountAsync());

            // The inode; the roots of both trees, one after the other; the pointers of the double tree.
            files = await MountAsync(device);
            Errno cut = Errno.EIO;
            Assert.InRange(await device.CountRoundTripsAsync(async () => cut = await files.TruncateAsync(file, 0)), 3, 4);
            Assert.Equal(Errno.OK, cut);
            Assert.Equal(Errno.OK, await files.UnmountAsync());
            FsckReport report = await Fsck.CheckAsync(mounted.Device);
            Assert.True(report.IsClean, report.ToString());
        });
    }

    /// <summary>Each inode has a block of its own.</summary>
    [Fact]
    public async Task What_an_attempt_has_taken_is_taken_by_the_next_one()
    {
        await using var executor = new SerialExecutor("attempts");
        await executor.RunAsync(async () =>
        {
            Mounted mounted = await Mounted.NewAsync(new MemoryDevice(128, 1000), new MkfsOptions { NameSeed = 1, Inodes = 100 });
            await mounted.FileAsync("/f");
            Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
            var device = new HeldDevice(mounted.Device);
            UnixFileSystem files = await MountAsync(device);
            FileSystemStatistics before = (await files.GetStatisticsAsync()).Value;
            device.Hold();
            Task<Result<InodeAttributes>>[] creates =
                [.. Enumerable.Range(0, 20).Select(i => files.CreateAsync(files.Root, new FileName($"new-{i}")))];
            await device.UntilQuietAsync();
            Assert.Equal(before, (await files.GetStatisticsAsync()).Value);
            device.Release();
            uint[] numbers = [.. (await Task.WhenAll(creates)).Select(created => created.Value.Inode.Value)];
            Assert.Equal(Enumerable.Range(3, 20).Select(number => (uint)number), numbers.Order());
            Assert.Equal(Errno.OK, await files.UnmountAsync());
            Assert.True((await Fsck.CheckAsync(mounted.Device)).IsClean);
        });
    }

    [Fact]
    public Task An_unmount_waits_for_the_operations_under_way() => TellAsync(async (files, device, memory) =>
    {
        device.Hold();
        Task<Result<int>> write = files.WriteAsync(Files[0], 10, "changed"u8.ToArray());
        Task<Errno> unmount = files.UnmountAsync();
        await device.UntilQuietAsync();
        Assert.Equal((false, false), (write.IsCompleted, unmount.IsCompleted));
        await Assert.ThrowsAsync<InvariantException>(() => files.GetAttributesAsync(Files[0]));
        device.Release();
        Assert.Equal((7, Errno.OK), ((await write).Value, await unmount));
        Assert.Equal("xxxxxxxxxxchanged", await TextAsync(await MountAsync(device), Files[0], 17));
        Assert.True((await Fsck.CheckAsync(memory)).IsClean);
    });

    [Fact]
    public Task A_file_without_a_name_is_freed_by_its_last_close_whatever_that_has_to_wait_for() => TellSmallAsync(async (files, device, file) =>
    {
        Assert.Equal(Errno.OK, await files.OpenAsync(file));
        Assert.Equal(Errno.OK, await files.UnlinkAsync(files.Root, new FileName("f")));
        long free = (await files.GetStatisticsAsync()).Value.FreeBlocks;
        device.HoldsOnlyReads = true;
        int trips = await device.CountRoundTripsAsync(() => files.CloseAsync(file));
        Assert.InRange(trips, 1, 3);
        Assert.InRange((await files.GetStatisticsAsync()).Value.FreeBlocks, free + 60, free + 70);
        Assert.Equal(Errno.ESTALE, (await files.GetAttributesAsync(file)).Error);
    });

    /// <summary>A read longer than the cache keeps changes waiting, and a change that waits keeps nobody from looking.</summary>
    [Fact]
    public Task Who_only_glances_passes_a_change_that_waits_for_a_long_look() => TellSmallAsync(async (files, device, file) =>
    {
        Assert.Equal(Errno.OK, (await files.LookupAsync(files.Root, new FileName("f"))).Error);
        device.Hold();
        Task<Result<int>> read = files.ReadAsync(file, 0, new byte[60 * 128]);
        await device.UntilQuietAsync();
        Task<Errno> change = files.TruncateAsync(file, 60 * 128);
        await device.UntilQuietAsync();
        Assert.Equal((false, false), (read.IsCompleted, change.IsCompleted));
        Assert.Equal(60L * 128, (await files.LookupAsync(files.Root, new FileName("f"))).Value.Size);
        device.Release();
        Assert.Equal((60 * 128, Errno.OK), ((await read).Value, await change));
    });

    /// <summary>
    /// With the small cache blocks are evicted before they are used, and what is read does not fit it; with the large one all is attempted.
    /// </summary>
    [Theory]
    [InlineData(32, 1)]
    [InlineData(48, 2)]
    [InlineData(4096, 3)]
    public async Task What_is_read_is_all_old_or_all_new_whatever_goes_on_meanwhile(int cacheBlocks, int seed)
    {
        await using var executor = new SerialExecutor("attempts");
        await executor.RunAsync(async () =>
        {
            const int Length = 20 * 128;
            const int Many = 12;
            var memory = new MemoryDevice(128, 4000);
            Mounted mounted = await Mounted.NewAsync(memory, new MkfsOptions { NameSeed = 1, Inodes = 200 });
            InodeNumber[] numbers = new InodeNumber[Many];
            for (int i = 0; i < Many; i++)
            {
                numbers[i] = await mounted.FileAsync($"/f{i}");
                await mounted.WriteAsync($"/f{i}", 0, new byte[Length]);
            }

            Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
            var device = new SlowDevice(memory, new Random(seed));
            UnixFileSystem files = await MountAsync(device, cacheBlocks);
            await Task.WhenAll(Enumerable.Range(0, Many).Select(file =>
                Task.WhenAll(WriteAsync(file), WriteAsync(file), ReadAsync(file), ReadAsync(file), MakeAsync(file))));
            Assert.Equal(Errno.OK, await files.UnmountAsync());
            mounted = await Mounted.OnAsync(memory);
            Assert.Equal(Many + (5 * Many), (await mounted.NamesAsync("/")).Length);
            await mounted.AssertSoundAsync();

            async Task WriteAsync(int file)
            {
                for (byte value = 1; value <= 20; value++)
                {
                    byte[] content = Enumerable.Repeat(value, Length).ToArray();
                    Assert.Equal(Length, (await files.WriteAsync(numbers[file], 0, content)).Value);
                    if (value % 7 == 0)
                        Assert.Equal(Errno.OK, await files.SyncAsync(numbers[file]));
                }
            }

            async Task ReadAsync(int file)
            {
                for (int i = 0; i < 40; i++)
                {
                    byte[] content = new byte[Length];
                    Assert.Equal(Length, (await files.ReadAsync(numbers[file], 0, content)).Value);
                    Assert.Single(content.Distinct());
                }
            }

            async Task MakeAsync(int file)
            {
                for (int i = 0; i < 10; i++)
                {
                    var name = new FileName($"new-{file}-{i}");
                    InodeNumber made = (await files.CreateAsync(files.Root, name)).Value.Inode;
                    Assert.Equal(300, (await files.WriteAsync(made, 0, new byte[300])).Value);
                    if (i % 2 == 0)
                        Assert.Equal(Errno.OK, await files.UnlinkAsync(files.Root, name));
                }
            }
        });
    }

    private static async Task<UnixFileSystem> MountAsync(IBlockDevice device, int cacheBlocks = 4096)
    {
        MountOptions options = Mounted.NoAging with { CacheBlocks = cacheBlocks };
        Result<UnixFileSystem> mounted = await UnixFileSystem.MountAsync(device, options, TimeProvider.System);
        Assert.Equal(Errno.OK, mounted.Error);
        return mounted.Value;
    }

    private static async Task<string> TextAsync(UnixFileSystem files, InodeNumber file, int length)
    {
        byte[] bytes = new byte[length];
        Assert.Equal(length, (await files.ReadAsync(file, 0, bytes)).Value);
        return string.Concat(bytes.Select(each => (char)each));
    }

    /// <summary>A mount with nothing in memory but the inodes' block, of four files of one block.</summary>
    private static async Task TellAsync(Func<UnixFileSystem, HeldDevice, MemoryDevice, Task> story)
    {
        await using var executor = new SerialExecutor("attempts");
        await executor.RunAsync(async () =>
        {
            Mounted mounted = await Mounted.NewAsync();
            for (int i = 0; i < Files.Length; i++)
                Assert.Equal(Files[i], await mounted.FileAsync($"/f{i}", new string('x', Block)));
            Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
            var device = new HeldDevice(mounted.Device);
            await story(await MountAsync(device), device, mounted.Device);
        });
    }

    /// <summary>A mount of 32 blocks of memory and a file of 60 blocks of 128 bytes.</summary>
    private static async Task TellSmallAsync(Func<UnixFileSystem, HeldDevice, InodeNumber, Task> story)
    {
        await using var executor = new SerialExecutor("attempts");
        await executor.RunAsync(async () =>
        {
            Mounted mounted = await Mounted.NewAsync(new MemoryDevice(128, 1000), new MkfsOptions { NameSeed = 1, Inodes = 16 });
            InodeNumber file = await mounted.FileAsync("/f");
            await mounted.WriteAsync("/f", 0, Mounted.Pattern(60 * 128));
            Assert.Equal(Errno.OK, await mounted.Files.UnmountAsync());
            var device = new HeldDevice(mounted.Device);
            UnixFileSystem files = await MountAsync(device, cacheBlocks: 32);
            await story(files, device, file);
            Assert.Equal(Errno.OK, await files.UnmountAsync());
            FsckReport report = await Fsck.CheckAsync(mounted.Device);
            Assert.True(report.IsClean, report.ToString());
        });
    }

    /// <summary>Answers every call some turns of the executor later, and not in the order in which they came.</summary>
    private sealed class SlowDevice(MemoryDevice device, Random dice) : IBlockDevice
    {
        public int BlockSize => device.BlockSize;

        public long BlockCount => device.BlockCount;

        public int MaxUncommittedBlocks => device.MaxUncommittedBlocks;

        public async Task<Errno> ReadAsync(BlockAddress first, Memory<byte> destination, CancellationToken cancellation = default)
        {
            // What it held at some moment meanwhile.
            await PassAsync();
            Errno error = await device.ReadAsync(first, destination, cancellation);
            await PassAsync();
            return error;
        }

        public async Task<Errno> WriteAsync(BlockAddress first, ReadOnlyMemory<byte> source, CancellationToken cancellation = default)
        {
            await PassAsync();
            return await device.WriteAsync(first, source, cancellation);
        }

        public async Task<Errno> CommitAsync(CancellationToken cancellation = default)
        {
            await PassAsync();
            return await device.CommitAsync(cancellation);
        }

        private async Task PassAsync()
        {
            for (int turns = dice.Next(1, 12); turns > 0; turns--)
                await Task.Yield();
        }
    }
}
