using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.Primitives;

public sealed class KeyedLockTests
{
    [Fact]
    public async Task A_free_key_is_taken_at_once_and_takes_no_memory_when_it_is_free_again()
    {
        var locks = new KeyedLock<int>();
        Task<KeyedLock<int>.Holder> taken = locks.AcquireAsync(7).AsTask();
        Assert.True(taken.IsCompletedSuccessfully);
        Assert.Equal(1, locks.Count);
        (await taken).Dispose();
        Assert.Equal(0, locks.Count);
    }

    [Fact]
    public async Task Who_comes_first_is_served_first()
    {
        var locks = new KeyedLock<int>();
        KeyedLock<int>.Holder held = await locks.AcquireAsync(1);
        Task<KeyedLock<int>.Holder>[] waiting = [.. Enumerable.Range(0, 3).Select(_ => locks.AcquireAsync(1).AsTask())];
        foreach (Task<KeyedLock<int>.Holder> next in waiting)
        {
            Assert.False(next.IsCompleted);
            held.Dispose();
            Assert.True(next.IsCompleted);
            held = await next;
        }

        held.Dispose();
        Assert.Equal(0, locks.Count);
    }

    [Fact]
    public async Task Keys_do_not_disturb_each_other()
    {
        var locks = new KeyedLock<int>();
        using KeyedLock<int>.Holder one = await locks.AcquireAsync(1);
        using KeyedLock<int>.Holder two = await locks.AcquireAsync(2);
        Assert.Equal(2, locks.Count);
    }

    [Fact]
    public async Task A_lock_released_twice_is_a_bug_and_says_so()
    {
        var locks = new KeyedLock<int>();
        KeyedLock<int>.Holder held = await locks.AcquireAsync(1);
        held.Dispose();
        Assert.Throws<InvariantException>(held.Dispose);
    }

    [Fact]
    public async Task An_uncontended_lock_allocates_nothing()
    {
        var locks = new KeyedLock<long>();
        (await locks.AcquireAsync(1)).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            (await locks.AcquireAsync(i)).Dispose();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
