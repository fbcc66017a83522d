namespace Raid5Verify.Simulation;

/// <summary>A timer on a host's clock. Each firing is one step of its host, picked by the scheduler like any other.</summary>
internal sealed class HostTimer : TimedEvent, ITimer
{
    private static readonly SendOrPostCallback RunCallback = static timer => ((HostTimer)timer!).Run();

    private readonly HostLife _life;
    private readonly Strand _strand;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private long _periodNs;
    private long _cause;
    private bool _disposed;
    private bool _queued;

    internal HostTimer(HostLife life, TimerCallback callback, object? state)
    {
        _life = life;
        _strand = life.World.Scheduler.CurrentStrand ?? life.MainStrand;
        _callback = callback;
        _state = state;
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        var world = _life.World;
        world.RequireSimulationThread("a timer");
        if (_disposed)
        {
            return false;
        }

        world.Events.Remove(this);
        _periodNs = period == Timeout.InfiniteTimeSpan ? 0 : _life.Host.WorldNs(VirtualTime.ToNs(period));
        if (dueTime != Timeout.InfiniteTimeSpan && !_life.IsDead)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
            _cause = world.Trace.Cause;
            world.Events.Add(this, world.NowNs + _life.Host.WorldNs(VirtualTime.ToNs(dueTime)));
        }

        return true;
    }

    public void Dispose()
    {
        // A PeriodicTimer that its host's crash left behind is disposed of by the finalizer, at a moment that the garbage
        // collector chooses: it goes on ticking for nobody instead, which is the same in every run.
        if (!_disposed && _life.World.IsSimulationThread)
        {
            _disposed = true;
            _life.World.Events.Remove(this);
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal override void Fire()
    {
        if (_life.IsDead)
        {
            return;
        }

        var world = _life.World;
        world.Trace.Cause = _cause;
        world.Trace.Cause = world.Trace.Emit(TraceKind.TimerFired, _life.Host);
        if (_periodNs > 0)
        {
            world.Events.Add(this, world.NowNs + _periodNs);
        }

        // A period that comes round while the last one still waits for its turn is the same firing.
        if (!_queued)
        {
            _queued = true;
            world.Scheduler.Enqueue(_life, _strand, RunCallback, this);
        }
    }

    private void Run()
    {
        _queued = false;
        if (!_disposed)
        {
            _callback(_state);
        }
    }
}
