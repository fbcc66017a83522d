namespace Raid5Fs.Tests.FileSystem;

/// <summary>Time that moves when the test says so; due timers run inside <see cref="Advance"/>.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private TimeSpan _now;

    private ManualClock()
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that would fire if time went on.</summary>
    public int Sleeping => _timers.Count;

    /// <summary>
    /// A clock for the test that calls this: what waits for its timers goes on inside <see cref="Advance"/>, not on a
    /// thread of the test framework, since the file system is for one executor.
    /// </summary>
    public static ManualClock OnThisThread()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        return new ManualClock();
    }

    public override long GetTimestamp() => _now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        TimeSpan end = _now + by;
        while (_timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due) is { } next)
        {
            _now = next.Due;
            _timers.Remove(next);
            next.Fire();
        }

        _now = end;
    }

    private sealed class Timer(ManualClock clock, Action fire) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal(Timeout.InfiniteTimeSpan, period);
            clock._timers.Remove(this);
            Due = clock._now + dueTime;
            if (dueTime != Timeout.InfiniteTimeSpan)
                clock._timers.Add(this);
            return true;
        }

        public void Dispose() => clock._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
