namespace Raid5Verify.Simulation;

/// <summary>
/// The loop of a simulation: picks one ready continuation after the other, and moves virtual time on when there is
/// none.
/// </summary>
/// <remarks>
/// Steps take no virtual time. When time moves, it moves to the next event and a drawn bit further
/// (<see cref="WorldOptions.Window"/>), so that events close together become ready together and the strategy, not the
/// nanosecond, decides their order: no timer of a real machine is exact either.
/// </remarks>
internal sealed class Scheduler
{
    private readonly World _world;
    private readonly Strategy _strategy;
    private readonly Dice _windowDice;
    private readonly ReadyList _ready = new();
    private readonly KernelContext _kernelContext = new();
    private readonly ulong _windowTicks;
    private int _strands;
    private long _stepsOfThisInstant;
    private long _steps;

    internal Scheduler(World world, WorldOptions options)
    {
        _world = world;
        _strategy = Strategy.Create(options, world.Dice.Fork("schedule"), world.Hosts);
        _windowDice = world.Dice.Fork("window");
        _windowTicks = (ulong)options.Window.Ticks;
    }

    /// <summary>Steps run so far. Read by the watchdog's thread.</summary>
    internal long Steps => Volatile.Read(ref _steps);

    /// <summary>The strand that runs now; null between steps.</summary>
    internal Strand? CurrentStrand { get; private set; }

    /// <summary>How long a packet that is sent now waits before it sets out: world nanoseconds.</summary>
    internal long HoldNs(Packet packet) => _strategy.HoldNs(packet, _world.NowNs);

    internal Strand NewStrand(Label name) => new(++_strands, name, _strategy.PriorityOfNewStrand());

    internal void Enqueue(HostLife life, Strand strand, SendOrPostCallback callback, object? state)
    {
        if (life.IsDead)
        {
            return;
        }

        var step = new Step(callback, state, life, strand, _world.Trace.Cause);
        if (life.Host.IsPaused)
        {
            life.Host.Parked.Add(step);
        }
        else
        {
            _ready.Add(in step);
        }
    }

    /// <summary>Takes all ready steps of a life out: it died, or its host was paused.</summary>
    internal List<Step> TakeAll(HostLife life) => _ready.TakeAll(life);

    internal void Resume(List<Step> parked)
    {
        foreach (var step in parked)
        {
            _ready.Add(in step);
        }
    }

    /// <summary>Runs until <paramref name="root"/> has ended.</summary>
    internal void RunUntil(Task root)
    {
        while (true)
        {
            _world.ThrowIfFailed();
            if (root.IsCompleted)
            {
                return;
            }

            FireDueEvents();
            if (_ready.Count > 0)
            {
                RunOneStep();
            }
            else if (_world.Events.Count > 0)
            {
                AdvanceTime();
            }
            else
            {
                _world.FailOfDeadlock();
            }
        }
    }

    private void RunOneStep()
    {
        var index = _strategy.Pick(_ready);
        var ready = _ready.Count;
        var step = _ready.TakeAt(index);
        var trace = _world.Trace;
        CurrentStrand = step.Strand;
        trace.Cause = step.Cause;
        trace.Cause = trace.Emit(TraceKind.Step, step.Life.Host, step.Strand.Name, index, ready);
        Volatile.Write(ref _steps, _steps + 1);
        if (++_stepsOfThisInstant > _world.Options.MaxStepsAtOneInstant || _steps > _world.Options.MaxSteps)
        {
            _world.FailOfEndlessLoop(step.Life.Host, step.Strand, _stepsOfThisInstant);
        }

        SynchronizationContext.SetSynchronizationContext(new StepContext(step.Life, step.Strand));
        try
        {
            step.Callback(step.State);
        }
        catch (Exception thrown) when (thrown is not SimulationException)
        {
            _world.ReportFailure(new SimulationException(
                SimulationFailure.UnhandledException,
                $"{step.Life.Host.Name} ({step.Strand.Name}) threw with nobody to catch it: {thrown.Message}",
                thrown));
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(_kernelContext);
            CurrentStrand = null;
            trace.Cause = -1;
        }
    }

    private void FireDueEvents()
    {
        var events = _world.Events;
        while (events.Count > 0 && events.NextDueNs <= _world.NowNs)
        {
            events.Take().Fire();
            _world.Trace.Cause = -1;
        }
    }

    private void AdvanceTime()
    {
        var next = _world.Events.NextDueNs;
        if (next > VirtualTime.ToNs(_world.Options.MaxVirtualTime))
        {
            _world.FailOfEndlessWait();
        }

        if (_windowTicks > 0)
        {
            next += (long)_windowDice.Below(_windowTicks + 1) * TimeSpan.NanosecondsPerTick;
        }

        _world.NowNs = next;
        _stepsOfThisInstant = 0;
    }

    /// <summary>Current between steps, so that completing a task there never runs its awaiter inline.</summary>
    private sealed class KernelContext : SynchronizationContext;
}
