#pragma warning disable RS0030 // The watchdog stands outside the simulation: it watches in real time, from a thread of its own.

namespace Raid5Verify.Simulation;

/// <summary>
/// Notices, in real time, a world whose present step does not end: an endless loop without an <c>await</c>, which no
/// virtual clock can see.
/// </summary>
/// <remarks>
/// Thread-safe: one watchdog may watch the worlds of many threads. It uses a thread of its own and not the pool, so that
/// in a process with one simulation any work item of the pool is one that escaped.
/// </remarks>
public sealed class Watchdog : IDisposable
{
    private readonly object _gate = new();
    private readonly List<Watch> _watched = [];
    private readonly TimeSpan _patience;
    private readonly Action<World, string> _onStuck;
    private bool _disposed;

    /// <param name="patience">Real time that one step may take; at least 10 ms. 30 s is plenty for any step.</param>
    /// <param name="onStuck">Told once of a world that is stuck, with what it runs, on the watchdog's thread. It can read the
    /// world's <see cref="Trace.LastEvents"/>; it cannot stop it, short of ending the process.</param>
    public Watchdog(TimeSpan patience, Action<World, string> onStuck)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, TimeSpan.FromMilliseconds(10));
        _patience = patience;
        _onStuck = onStuck;
        new Thread(Loop) { Name = "watchdog", IsBackground = true }.Start();
    }

    /// <summary>Watches a world until the returned handle is disposed of: before its run until after it.</summary>
    /// <param name="world">The world.</param>
    /// <param name="what">Names what it runs, in the words in which one would ask for it again.</param>
    public IDisposable Observe(World world, string what)
    {
        var watch = new Watch(this, world, what);
        lock (_gate)
        {
            _watched.Add(watch);
        }

        return watch;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Loop()
    {
        while (true)
        {
            Watch[] stuck;
            lock (_gate)
            {
                if (!_disposed)
                {
                    Monitor.Wait(_gate, _patience / 4);
                }

                if (_disposed)
                {
                    return;
                }

                stuck = [.. _watched.Where(watch => watch.IsStuckFor(_patience))];
            }

            foreach (var watch in stuck)
            {
                _onStuck(watch.World, watch.What);
            }
        }
    }

    private sealed class Watch(Watchdog watchdog, World world, string what) : IDisposable
    {
        private long _steps = world.Steps;
        private long _sinceMs = Environment.TickCount64;
        private bool _told;

        internal World World => world;

        internal string What => what;

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
