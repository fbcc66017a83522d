#pragma warning disable RS0030 // The watchdog stands outside the simulation: it watches it in real time, from a real timer.

namespace Raid5Verify.Simulation;

/// <summary>
/// Notices, in real time, a world whose present step does not end: an endless loop without an <c>await</c>, which no
/// virtual clock can see.
/// </summary>
/// <remarks>Thread-safe: one watchdog may watch the worlds of many threads.</remarks>
public sealed class Watchdog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Watch> _watched = [];
    private readonly Timer _timer;
    private readonly TimeSpan _patience;
    private readonly Action<World> _onStuck;

    /// <param name="patience">Real time that one step may take; at least 10 ms. 30 s is plenty for any step.</param>
    /// <param name="onStuck">Told once of a world that is stuck, on a thread of the pool. It can read the world's
    /// <see cref="Trace.LastEvents"/>; it cannot stop it, short of ending the process.</param>
    public Watchdog(TimeSpan patience, Action<World> onStuck)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, TimeSpan.FromMilliseconds(10));
        _patience = patience;
        _onStuck = onStuck;
        _timer = new Timer(static watchdog => ((Watchdog)watchdog!).Look(), this, patience / 4, patience / 4);
    }

    /// <summary>Watches a world until the returned handle is disposed of: before its run until after it.</summary>
    public IDisposable Observe(World world)
    {
        var watch = new Watch(this, world);
        lock (_gate)
        {
            _watched.Add(watch);
        }

        return watch;
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        List<World> stuck = [];
        lock (_gate)
        {
            foreach (var watch in _watched)
            {
                if (watch.IsStuckFor(_patience))
                {
                    stuck.Add(watch.World);
                }
            }
        }

        stuck.ForEach(_onStuck);
    }

    private sealed class Watch(Watchdog watchdog, World world) : IDisposable
    {
        private long _steps = world.Steps;
        private long _sinceMs = Environment.TickCount64;
        private bool _told;

        internal World World => world;

        public void Dispose()
        {
            lock (watchdog._gate)
            {
                watchdog._watched.Remove(this);
            }
        }

        internal bool IsStuckFor(TimeSpan patience)
        {
            var now = Environment.TickCount64;
            if (world.Steps != _steps)
            {
                (_steps, _sinceMs) = (world.Steps, now);
            }
            else if (!_told && now - _sinceMs >= patience.TotalMilliseconds)
            {
                return _told = true;
            }

            return false;
        }
    }
}
