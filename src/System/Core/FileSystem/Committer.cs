/*
 * When the file system commits: when it is asked to (fsync, unmount), when an operation might make more blocks dirty
 * than the device takes in one commit, and when the oldest change is CommitInterval old.
 *
 * The last is kept by a background task, so that it also holds for a file system that nobody uses any more. The task
 * sleeps only while something is dirty, takes its turn among the operations, and is ended by DisposeAsync.
 *
 * A commit that fails leaves it open what the device holds, so it is the last one: from then on the file system is
 * read-only. What was not committed stays in the cache and can be read until the file system is unmounted.
 */

using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>Decides when the cache is committed, and remembers that it could not be.</summary>
/// <param name="cache">What is committed.</param>
/// <param name="turns">The operations' lock. Whoever calls has the turn, but for <see cref="DisposeAsync"/>.</param>
/// <param name="limit">The most dirty blocks.</param>
/// <param name="interval">The age at which a change is committed; infinite: never for its age.</param>
/// <param name="clock">The clock.</param>
internal sealed class Committer(
    BufferCache cache, OperationLock turns, long limit, TimeSpan interval, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>Timers count whole milliseconds.</summary>
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);

    /// <summary>Timers do not count for ever.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource _stop = new();
    private Errno _failure;
    private long? _oldestChange;
    private Task _ageWatch = Task.CompletedTask;
    private bool _isWatching;

    /// <summary>What an operation that would change something is told: OK, or EROFS.</summary>
    public Errno Protection => _failure == Errno.OK ? Errno.OK : Errno.EROFS;

    public bool HasRoomFor(long blocks) => cache.DirtyCount + blocks <= limit;

    /// <summary>
    /// Commits if an operation that makes up to <paramref name="blocks"/> dirty would go over the limit. A failure
    /// shows in <see cref="Protection"/>.
    /// </summary>
    public async ValueTask MakeRoomAsync(long blocks)
    {
        if (!HasRoomFor(blocks))
            await CommitAsync();
    }

    /// <summary>Makes every operation so far durable. After a failure: that failure, always.</summary>
    public async ValueTask<Errno> CommitAsync()
    {
        if (_failure != Errno.OK)
            return _failure;
        _failure = await cache.CommitAsync();
        _oldestChange = null;
        return _failure;
    }

    /// <summary>Called after each operation that may have changed something.</summary>
    public void NoteChange()
    {
        if (cache.DirtyCount == 0 || _failure != Errno.OK || interval == Timeout.InfiniteTimeSpan)
            return;
        _oldestChange ??= clock.GetTimestamp();
        if (!_isWatching)
        {
            _isWatching = true;
            _ageWatch = WatchAgeAsync();
        }
    }

    /// <summary>Ends the background task, commits nothing. The caller holds no turn.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _ageWatch;
        _stop.Dispose();
    }

    private async Task WatchAgeAsync()
    {
        TimeSpan wait = interval;
        while (wait > TimeSpan.Zero)
        {
            TimeSpan sleep = wait < ShortestSleep ? ShortestSleep : wait > LongestSleep ? LongestSleep : wait;
            try
            {
                await Task.Delay(sleep, clock, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            using (await turns.TakeTurnAsync())
                wait = await CommitIfOldAsync();
        }
    }

    /// <summary>How long to wait before looking again; zero ends the watch.</summary>
    private async ValueTask<TimeSpan> CommitIfOldAsync()
    {
        if (_oldestChange is { } since)
        {
            TimeSpan left = interval - clock.GetElapsedTime(since);
            if (left > TimeSpan.Zero)
                return left;
            await CommitAsync();
        }

        _isWatching = false;
        return TimeSpan.Zero;
    }
}
