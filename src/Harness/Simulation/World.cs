using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Raid5Verify.Simulation;

/// <summary>
/// A simulated world: hosts with disks and clocks, a network between them, and one seeded scheduler that decides the
/// order of everything.
/// </summary>
/// <remarks>
/// <para>It assumes that the programs on its hosts use plain <c>await</c> and touch time, dice, network and disk only
/// through their <see cref="HostLife"/>. Programs that do otherwise are caught (<see cref="SimulationFailure"/>), not
/// tolerated.</para>
/// <para>A world runs once, on the thread that calls <see cref="Run"/>. Any number of worlds may run in one process, one a
/// thread; they share nothing.</para>
/// <para>Usual order: add hosts, <see cref="Run"/> with a root task that starts them, waits and injects faults.</para>
/// </remarks>
public sealed class World
{
    private readonly List<Host> _hosts = [];
    private readonly object _failureGate = new();
    private SimulationException? _failure;
    private int _threadId;
    private bool _ran;

    public World(WorldOptions options)
    {
        Options = options;
        _threadId = Environment.CurrentManagedThreadId;
        Trace = new Trace(this, options.TraceSink);
        Dice = new Dice(options.Seed, "run", Trace, options.Overrides);
        Scheduler = new Scheduler(this, options);
        Network = new Network(this);
        Harness = AddHost("harness");
        Harness.Start(static _ => Task.CompletedTask);
    }

    public WorldOptions Options { get; }

    /// <summary>The dice from which all others are forked.</summary>
    public Dice Dice { get; }

    public Trace Trace { get; }

    public Network Network { get; }

    /// <summary>All hosts in order of creation; the first is <see cref="Harness"/>.</summary>
    public IReadOnlyList<Host> Hosts => _hosts;

    /// <summary>The host on which the root task runs: it stands outside the system and never crashes.</summary>
    public Host Harness { get; }

    /// <summary>True time, of the <see cref="Harness"/>.</summary>
    public TimeProvider Clock => Harness.Life!.Clock;

    /// <summary>Virtual time since the start.</summary>
    public TimeSpan Now => VirtualTime.FromNs(NowNs);

    /// <summary>Steps run so far. May be read from other threads.</summary>
    public long Steps => Scheduler.Steps;

    internal long NowNs { get; set; }

    internal EventQueue Events { get; } = new();

    internal Scheduler Scheduler { get; }

    internal bool IsSimulationThread => Environment.CurrentManagedThreadId == _threadId;

    internal int CurrentTask => Scheduler?.CurrentStrand?.Id ?? 0;

    /// <summary>Adds a host, not yet started.</summary>
    /// <param name="name">Unique; it names the host's dice and its place in the trace.</param>
    public Host AddHost(string name)
    {
        Require(_hosts.TrueForAll(host => host.Name != name), $"there is a host {name} already");
        var host = new Host(this, _hosts.Count, name);
        _hosts.Add(host);
        return host;
    }

    /// <summary>Runs the world until <paramref name="root"/> has ended, on the calling thread.</summary>
    /// <exception cref="SimulationException">The simulation failed as an instrument.</exception>
    /// <remarks>What <paramref name="root"/> throws is thrown.</remarks>
    public WorldResult Run(Func<Task> root)
    {
        Require(!_ran, "a world runs once");
        _ran = true;
        _threadId = Environment.CurrentManagedThreadId;
        var outer = SynchronizationContext.Current;
        try
        {
            Task? running = null;
            var ended = Harness.Life!.Spawn("root", () => running = root());
            try
            {
                Scheduler.RunUntil(ended);
            }
            catch (SimulationException failure) when (
                failure.Failure == SimulationFailure.UnhandledException && running is { IsFaulted: true })
            {
                ExceptionDispatchInfo.Throw(running.Exception!.InnerException!);
            }

            if (ended.IsCanceled)
            {
                throw new OperationCanceledException("the root task was cancelled");
            }

            return new WorldResult(Trace.Hash, Trace.Count, Scheduler.Steps, Now);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
            foreach (var host in _hosts)
            {
                host.Life?.Die();
            }
        }
    }

    /// <summary>Fails the run: the first failure reported is the one that <see cref="Run"/> throws.</summary>
    /// <remarks>May be called from any thread.</remarks>
    internal void ReportFailure(SimulationException failure)
    {
        lock (_failureGate)
        {
            _failure ??= failure;
            Monitor.PulseAll(_failureGate);
        }
    }

    internal void ThrowIfFailed()
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Guards a door of the simulation.</summary>
    internal void RequireSimulationThread(string door)
    {
        if (!IsSimulationThread)
        {
            var failure = new SimulationException(
                SimulationFailure.Escape, $"{door} was asked for on another thread:\n{Environment.StackTrace}");
            ReportFailure(failure);
            throw failure;
        }
    }

    internal void Require([DoesNotReturnIf(false)] bool condition, string message)
    {
        if (!condition)
        {
            Fail(SimulationFailure.Misuse, message);
        }
    }

    internal void FailOfDeadlock()
    {
        // Work that escaped to another thread looks like a deadlock until it comes back: give it a moment to be named.
        lock (_failureGate)
        {
            if (_failure is null)
            {
                Monitor.Wait(_failureGate, Options.EscapeGrace);
            }
        }

        ThrowIfFailed();
        Fail(SimulationFailure.Deadlock, $"deadlock at {Now.TotalMilliseconds} ms of virtual time: nothing is left to do{WaitReport.Of(this)}");
    }

    internal void FailOfEndlessWait() => Fail(
        SimulationFailure.EndlessLoop, $"no end after {Now} of virtual time{WaitReport.Of(this)}");

    internal void FailOfEndlessLoop(Host host, Strand strand, long stepsOfThisInstant) => Fail(
        SimulationFailure.EndlessLoop,
        $"no end after {Steps} steps, {stepsOfThisInstant} of them at {Now.TotalMilliseconds} ms of virtual time; "
        + $"now {host.Name} ({strand.Name}). The last events:\n{string.Join('\n', Trace.LastEvents().TakeLast(20))}");

    [DoesNotReturn]
    internal void Fail(SimulationFailure failure, string message)
    {
        var exception = new SimulationException(failure, message);
        ReportFailure(exception);
        throw exception;
    }
}

/// <summary>What a run came to.</summary>
/// <param name="Hash">The trace's rolling hash: equal exactly for equal runs.</param>
/// <param name="Events">Events of the trace.</param>
/// <param name="Steps">Continuations run.</param>
/// <param name="VirtualTime">From the start to the end of the root task.</param>
public readonly record struct WorldResult(ulong Hash, long Events, long Steps, TimeSpan VirtualTime);
