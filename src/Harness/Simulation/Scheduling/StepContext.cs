namespace Raid5Verify.Simulation;

/// <summary>
/// What an <c>await</c> inside a simulation captures: where its continuation goes.
/// </summary>
/// <remarks>
/// A fresh instance for every step. The runtime runs a continuation inline when the captured context is the very
/// instance that is current; with a shared instance it would, and the scheduler would never be asked.
/// </remarks>
internal sealed class StepContext : SynchronizationContext
{
    /// <summary>
    /// Real milliseconds after which a wait can only be one for the simulation itself: a busy machine may keep the thread
    /// that holds a lock waiting for seconds.
    /// </summary>
    private const int PatienceMs = 10_000;

    private const int WaitTimedOut = 258;

    private readonly HostLife _life;
    private readonly Strand _strand;
    private bool _continued;

    internal StepContext(HostLife life, Strand strand)
    {
        _life = life;
        _strand = strand;
        SetWaitNotificationRequired();
    }

    internal HostLife Life => _life;

    public override void Post(SendOrPostCallback d, object? state)
    {
        var world = _life.World;
        if (!world.IsSimulationThread)
        {
            // Throwing here would end the process: the pool's thread has nobody to catch it.
            world.ReportFailure(new SimulationException(
                SimulationFailure.Escape,
                $"a continuation of {_life.Host.Name} ({_strand.Name}) was posted from another thread:\n{Environment.StackTrace}"));
            return;
        }

        var strand = _continued ? world.Scheduler.NewStrand(_strand.Name) : _strand;
        _continued = true;
        world.Scheduler.Enqueue(_life, strand, d, state);
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        _life.World.RequireSimulationThread("a synchronous call");
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>
    /// A blocking wait is a failure. Only a lock of some library that another simulation of the process holds for a
    /// moment is let pass: a running thread frees it, and it orders nothing.
    /// </summary>
    public override int Wait(IntPtr[] waitHandles, bool waitAll, int millisecondsTimeout)
    {
        if (millisecondsTimeout == Timeout.Infinite)
        {
            var result = WaitHelper(waitHandles, waitAll, PatienceMs);
            if (result != WaitTimedOut)
            {
                return result;
            }
        }

        _life.World.Fail(
            SimulationFailure.BlockingWait,
            $"{_life.Host.Name} ({_strand.Name}) blocks the simulation's thread:\n{Environment.StackTrace}");
        return WaitTimedOut;
    }
}
