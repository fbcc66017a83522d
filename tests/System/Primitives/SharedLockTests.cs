using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.Primitives;

public sealed class SharedLockTests
{
    [Fact]
    public void Sharers_enter_together_and_one_alone_waits_for_all_of_them()
    {
        var door = new SharedLock();
        Assert.True(door.AcquireSharedAsync().AsTask().IsCompleted);
        Assert.True(door.AcquireSharedAsync().AsTask().IsCompleted);
        Task alone = door.AcquireExclusiveAsync().AsTask();
        door.ReleaseShared();
        Assert.False(alone.IsCompleted);
        door.ReleaseShared();
        Assert.True(alone.IsCompleted);
    }

    [Fact]
    public void Who_comes_after_one_that_waits_to_be_alone_waits_too_so_nobody_starves()
    {
        var door = new SharedLock();
        Assert.True(door.AcquireSharedAsync().AsTask().IsCompleted);
        Task alone = door.AcquireExclusiveAsync().AsTask();
        Task late = door.AcquireSharedAsync().AsTask();
        Task later = door.AcquireSharedAsync().AsTask();
        Assert.False(late.IsCompleted);

        door.ReleaseShared();
        Assert.True(alone.IsCompleted);
        Assert.False(late.IsCompleted);

        door.ReleaseExclusive();
        Assert.True(late.IsCompleted);
        Assert.True(later.IsCompleted);
    }

    [Fact]
    public void Releasing_what_is_not_held_is_a_bug_and_says_so()
    {
        var door = new SharedLock();
        Assert.Throws<InvariantException>(door.ReleaseShared);
        Assert.Throws<InvariantException>(door.ReleaseExclusive);
    }
}
