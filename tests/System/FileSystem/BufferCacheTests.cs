using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

public sealed class BufferCacheTests
{
    private readonly MemoryDevice _device = new(128, 100);

    private async Task<CachedBlock> GetAsync(BufferCache cache, uint address)
    {
        Result<CachedBlock> block = await cache.GetAsync(address);
        Assert.Equal(Errno.OK, block.Error);
        return block.Value;
    }

    [Fact]
    public async Task The_block_that_was_not_used_for_longest_makes_room()
    {
        var cache = new BufferCache(_device, 3);
        foreach (uint address in new uint[] { 1, 2, 3, 1, 4 })
        {
            await GetAsync(cache, address);
            cache.ReleaseUnchanged();
        }

        Assert.Equal(3, cache.Count);
        Assert.Null(cache.Find(2));
        Assert.NotNull(cache.Find(1));
    }

    [Fact]
    public async Task What_the_operation_under_way_has_asked_for_is_not_evicted()
    {
        var cache = new BufferCache(_device, 2);
        cache.Begin();
        CachedBlock first = await GetAsync(cache, 1);
        await GetAsync(cache, 2);
        await GetAsync(cache, 3);
        first.Change()[0] = 7;
        cache.Accept();
        Assert.Equal(7, (await GetAsync(cache, 1)).Bytes[0]);
    }

    [Fact]
    public async Task Dirty_and_pinned_blocks_stay_whatever_comes_after_them()
    {
        var cache = new BufferCache(_device, 2);
        await cache.PinAsync(50);
        cache.Begin();
        cache.Claim(1).Change()[0] = 7;
        cache.Accept();
        for (uint address = 10; address < 20; address++)
        {
            cache.ReleaseUnchanged();
            await GetAsync(cache, address);
        }

        Assert.Equal(3, cache.Count);
        Assert.NotNull(cache.Find(50));
        Assert.Equal(7, cache.Find(1)!.Bytes[0]);
    }

    [Fact]
    public async Task A_rollback_restores_bytes_dirt_and_absence()
    {
        var cache = new BufferCache(_device, 10);
        cache.Begin();
        cache.Claim(1).Change()[0] = 1;
        cache.Accept();
        await GetAsync(cache, 2);

        cache.Begin();
        cache.Find(1)!.Change()[0] = 9;
        cache.Find(1)!.Change()[1] = 9;
        cache.Find(2)!.Change()[0] = 9;
        cache.Claim(3).Change()[0] = 9;
        Assert.Equal(3, cache.DirtyCount);
        cache.Rollback();

        Assert.Equal(1, cache.DirtyCount);
        Assert.Equal([1, 0], cache.Find(1)!.Bytes[..2].ToArray());
        Assert.Equal(0, cache.Find(2)!.Bytes[0]);
        Assert.Null(cache.Find(3));
        Assert.Equal(Errno.OK, await cache.CommitAsync());
        Assert.Equal((1L, 1), Assert.Single(_device.Writes));
    }

    [Fact]
    public async Task A_block_cannot_be_changed_outside_a_step_nor_when_it_was_evicted()
    {
        var cache = new BufferCache(_device, 1);
        CachedBlock block = await GetAsync(cache, 1);
        Assert.Throws<InvariantException>(() => { block.Change(); });
        cache.ReleaseUnchanged();
        await GetAsync(cache, 2);
        cache.Begin();
        Assert.Throws<InvariantException>(() => { block.Change(); });
    }

    [Fact]
    public async Task A_commit_that_fails_leaves_the_dirty_blocks_to_be_read()
    {
        var cache = new BufferCache(_device, 10);
        cache.Begin();
        cache.Claim(1).Change()[0] = 1;
        cache.Claim(5).Change()[0] = 5;
        cache.Accept();
        _device.Unwritable.Add(5);
        Assert.Equal(Errno.EIO, await cache.CommitAsync());
        Assert.Equal(2, cache.DirtyCount);
        Assert.Equal(5, (await GetAsync(cache, 5)).Bytes[0]);
    }

    /// <summary>A block that is freed and taken anew holds something else when an old read of it comes.</summary>
    [Fact]
    public async Task A_read_under_way_brings_no_block_that_was_claimed_meanwhile_though_it_is_evicted_since()
    {
        var device = new HeldDevice(_device) { HoldsOnlyReads = true };
        var cache = new BufferCache(device, 1);
        device.Hold();
        Task load = cache.LoadAsync([1, 2]);
        Task<Result<CachedBlock>> waiter = cache.GetAsync(1).AsTask();
        cache.Begin();
        cache.Claim(1).Change()[0] = 7;
        cache.Accept();
        Assert.Equal(Errno.OK, await cache.CommitAsync());
        cache.ReleaseUnchanged();
        cache.Begin();
        cache.Claim(3);
        cache.Accept();
        Assert.Null(cache.Find(1));

        device.Release();
        await load;
        Assert.NotNull(cache.Find(2));
        Assert.Equal(7, (await waiter).Value.Bytes[0]);
        Assert.Equal([(1L, 2), (1L, 1)], _device.Reads);
    }

    [Fact]
    public async Task A_read_under_way_meets_a_claimed_block_and_leaves_it_alone()
    {
        var device = new HeldDevice(_device);
        var cache = new BufferCache(device, 10);
        device.Hold();
        Task<Result<CachedBlock>>[] waiters = [cache.GetAsync(1).AsTask(), cache.GetAsync(1).AsTask()];
        cache.Begin();
        cache.Claim(1).Change()[0] = 7;
        device.Release();
        Assert.All(await Task.WhenAll(waiters), waiter => Assert.Same(cache.Find(1), waiter.Value));
        Assert.Equal(7, cache.Find(1)!.Bytes[0]);

        cache.Rollback();
        Assert.Null(cache.Find(1));
        Assert.Equal(0, (await GetAsync(cache, 1)).Bytes[0]);
    }

    [Fact]
    public async Task A_read_under_way_brings_no_block_that_was_freed_meanwhile()
    {
        var device = new HeldDevice(_device);
        var cache = new BufferCache(device, 10);
        device.Hold();
        Task load = cache.LoadAsync([1, 2]);
        cache.Drop(1);
        device.Release();
        await load;
        Assert.Null(cache.Find(1));
        Assert.NotNull(cache.Find(2));
    }

    [Fact]
    public async Task An_attempt_learns_of_all_that_is_missing_and_then_of_what_cannot_be_read()
    {
        var cache = new BufferCache(_device, 10);
        _device.Unreadable.Add(2);
        cache.BeginAttempt(null);
        await cache.LoadAsync([1, 2, 3]);
        Assert.Equal(Errno.EIO, (await cache.GetAsync(5)).Error);
        Assert.True(cache.IsShort);
        Shortage missing = cache.EndAttempt()!;
        Assert.Empty(_device.Reads);
        await missing.FetchAsync();

        cache.BeginAttempt(missing);
        await cache.LoadAsync([1, 2, 3]);
        Assert.True((await cache.GetAsync(5)).IsOk);
        Assert.Equal(Errno.EIO, (await cache.GetAsync(2)).Error);
        Assert.Null(cache.EndAttempt());

        // Whoever comes next tries again.
        cache.BeginAttempt(null);
        await cache.GetAsync(2);
        Assert.False(Assert.IsType<Shortage>(cache.EndAttempt()).IsFinal);
    }

    /// <summary>That a block was unreadable once is not why the read of a run fails in which it is.</summary>
    [Fact]
    public async Task What_could_not_be_read_before_the_operation_is_not_held_against_it()
    {
        var device = new HeldDevice(_device);
        var cache = new BufferCache(device, 10);
        _device.Unreadable.Add(1);
        Assert.Equal(Errno.EIO, (await cache.GetAsync(1)).Error);
        _device.Unreadable.Clear();

        _device.Unreadable.Add(2);
        device.Hold();
        Task others = cache.LoadAsync([1, 2]);
        Shortage? missing = null;
        Task fetch = Task.CompletedTask;
        for (int attempts = 0; attempts < 3; attempts++)
        {
            cache.BeginAttempt(missing);
            Result<CachedBlock> got = await cache.GetAsync(1);
            missing = cache.EndAttempt();
            Assert.Equal(missing is null, got.IsOk);
            fetch = missing?.FetchAsync() ?? Task.CompletedTask;

            // First the run comes and fails, and then, later, each of its blocks.
            if (attempts == 0)
                device.ReleaseOnce();
            else if (attempts == 1)
                device.Release();
            await fetch;
        }

        await others;
        Assert.Null(missing);
    }

    [Fact]
    public async Task What_needs_more_than_the_cache_holds_or_loses_it_again_and_again_is_not_attempted_for_ever()
    {
        var cache = new BufferCache(_device, 4);
        cache.BeginAttempt(null);
        await cache.LoadAsync([1, 2, 3, 4, 5]);
        Shortage missing = cache.EndAttempt()!;
        await missing.FetchAsync();
        Assert.True(missing.IsFinal);
        Assert.Empty(_device.Reads);

        missing = new Shortage(cache);
        int attempts = 0;
        for (; !missing.IsFinal; attempts++)
        {
            cache.BeginAttempt(missing);
            await cache.GetAsync(1);
            Assert.NotNull(cache.EndAttempt());
            await missing.FetchAsync();
            cache.Drop(1);
        }

        Assert.InRange(attempts, 2, 16);
    }
}
