namespace Raid5Verify.Simulation;

/// <summary>
/// A host's own clock over the world's virtual time: it may run fast or slow (drift) and show a wrong time of day
/// (skew). Everything that takes a <see cref="TimeProvider"/> runs on it: <c>Task.Delay</c>, <c>PeriodicTimer</c>,
/// <c>CancellationTokenSource</c>, <c>WaitAsync</c>.
/// </summary>
/// <remarks>Timers belong to one life of the host: after a crash none of them fires.</remarks>
public sealed class HostClock : TimeProvider
{
    private readonly HostLife _life;

    internal HostClock(HostLife life) => _life = life;

    public override long TimestampFrequency => 1_000_000_000;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => _life.Host.LocalNs(_life.World.NowNs);

    public override DateTimeOffset GetUtcNow() =>
        VirtualTime.Epoch + VirtualTime.FromNs(GetTimestamp()) + _life.Host.ClockSkew;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _life.World.RequireSimulationThread("a timer");
        var timer = new HostTimer(_life, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
