using Raid5Fs.BlockDevice;
using Raid5Fs.Execution;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>Operations that overlap in time, on one executor, over a device that answers later.</summary>
public sealed class OverlapTests
{
    [Fact]
    public async Task Overlapping_operations_take_effect_one_at_a_time_in_the_order_in_which_they_came()
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
