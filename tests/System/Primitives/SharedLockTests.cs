using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.Primitives;

public sealed class SharedLockTests
{
    private readonly SharedLock _door = new();

    [Fact]
    public async Task Sharers_enter_together_and_one_alone_waits_for_all_of_them()
    {
        SharedLock.Share one = await _door.EnterSharedAsync();
        Assert.True(_door.TryEnterShared(out SharedLock.Share other));
        Task<SharedLock.Exclusive> alone = _door.EnterAsync().AsTask();
        one.Dispose();
        Assert.Equal((false, false), (alone.IsCompleted, _door.IsExclusive));
        other.Dispose();
        Assert.Equal((true, true), (alone.IsCompleted, _door.IsExclusive));
    }

    [Fact]
    public async Task Who_comes_after_one_that_waits_to_be_alone_waits_too_so_nobody_starves()
    {
        SharedLock.Share first = await _door.EnterSharedAsync();
        Task<SharedLock.Exclusive> alone = _door.EnterAsync().AsTask();
        Task late = _door.EnterSharedAsync().AsTask();
        Task later = _door.EnterSharedAsync().AsTask();
        Assert.Equal((false, false), (late.IsCompleted, _door.TryEnterShared(out _)));

        first.Dispose();
        Assert.Equal((true, false), (alone.IsCompleted, late.IsCompleted));

        (await alone).Dispose();
        Assert.Equal((true, true), (late.IsCompleted, later.IsCompleted));
    }

    [Fact]
    public async Task Releasing_what_is_not_held_is_a_bug_and_says_so()
    {
        SharedLock.Share share = await _door.EnterSharedAsync();
        share.Dispose();
        Assert.Throws<InvariantException>(share.Dispose);
        SharedLock.Exclusive alone = await _door.EnterAsync();
        alone.Dispose();
        Assert.Throws<InvariantException>(alone.Dispose);
    }
}
