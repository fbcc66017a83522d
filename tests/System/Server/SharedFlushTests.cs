using Raid5Fs.Primitives;
using Raid5Fs.Server;

namespace Raid5Fs.Tests.Server;

public sealed class SharedFlushTests
{
    [Fact]
    public async Task Calls_that_come_while_one_runs_share_the_next()
    {
        using var device = new SlowDevice();
        var flush = new SharedFlush(device.Flush);
        Task<Errno> first = flush.FlushAsync();
        await device.Begun();
        Task<Errno>[] later = [.. Enumerable.Range(0, 20).Select(_ => flush.FlushAsync())];
        Assert.DoesNotContain(later, call => call.IsCompleted);

        device.Answer(Errno.OK);
        Assert.Equal(Errno.OK, await first);
        await device.Begun();
        Assert.DoesNotContain(later, call => call.IsCompleted);

        // What comes now may have been written too late for the one that runs.
        Task<Errno> last = flush.FlushAsync();
        device.Answer(Errno.OK);
        Assert.All(await Task.WhenAll(later), error => Assert.Equal(Errno.OK, error));
        await device.Begun();
        Assert.False(last.IsCompleted);
        device.Answer(Errno.OK);
        Assert.Equal(Errno.OK, await last);
        Assert.Equal(3, device.Flushes);
    }

    [Fact]
    public async Task A_flush_after_a_quiet_time_begins_at_once()
    {
        using var device = new SlowDevice();
        var flush = new SharedFlush(device.Flush);
        for (int i = 1; i <= 3; i++)
        {
            device.Answer(Errno.OK);
            Assert.Equal(Errno.OK, await flush.FlushAsync());
            Assert.Equal(i, device.Flushes);
        }
    }

    [Fact]
    public async Task After_a_failure_no_later_flush_claims_that_all_is_durable()
    {
        using var device = new SlowDevice();
        var flush = new SharedFlush(device.Flush);
        Task<Errno> failing = flush.FlushAsync();
        await device.Begun();
        Task<Errno> overlapping = flush.FlushAsync();
        device.Answer(Errno.EIO);
        device.Answer(Errno.OK);

        Assert.Equal(Errno.EIO, await failing);
        Assert.Equal(Errno.EIO, await overlapping);
        Assert.Equal(Errno.EIO, await flush.FlushAsync());
        Assert.Equal(1, device.Flushes);
    }

    /// <summary>A device whose flushes end when the test says so, and never overlap.</summary>
    private sealed class SlowDevice : IDisposable
    {
        private readonly SemaphoreSlim _begun = new(0);
        private readonly SemaphoreSlim _answered = new(0);
        private readonly Queue<Errno> _answers = new();
        private int _running;

        public int Flushes { get; private set; }

        public Errno Flush()
        {
            Assert.Equal(1, Interlocked.Increment(ref _running));
            Flushes++;
            _begun.Release();
            _answered.Wait();
            Interlocked.Decrement(ref _running);
            lock (_answers)
            {
                return _answers.Dequeue();
            }
        }

        /// <summary>Waits until another flush has begun.</summary>
        public Task Begun() => _begun.WaitAsync();

        public void Answer(Errno error)
        {
            lock (_answers)
            {
                _answers.Enqueue(error);
            }

            _answered.Release();
        }

        public void Dispose()
        {
            _begun.Dispose();
            _answered.Dispose();
        }
    }
}
