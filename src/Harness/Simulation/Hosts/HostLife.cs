using Grpc.Core;

namespace Raid5Verify.Simulation;

/// <summary>
/// One life of a host, from a start to the next crash: the doors through which its program reaches the world.
/// </summary>
/// <remarks>
/// When the life ends, nothing of it ever runs again: no continuation, no timer, no <c>finally</c>. The rest of the step
/// that is running then still runs, as a processor may before the power is gone, but every door is shut: what it
/// sends is not sent, what it writes is not written.
/// </remarks>
public sealed class HostLife
{
    private readonly List<SpawnedTask> _spawned = [];

    internal HostLife(Host host, int number)
    {
        Host = host;
        Number = number;
        MainStrand = World.Scheduler.NewStrand(host.Label);
        Clock = new HostClock(this);
        Disk = new DiskHandle(this, host.Disk);
        Services = new ServiceTable(this);
    }

    public Host Host { get; }

    /// <summary>1 for the first life.</summary>
    public int Number { get; }

    public bool IsDead { get; private set; }

    /// <summary>The host's clock, for this life.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The host's disk, for this life.</summary>
    public DiskHandle Disk { get; }

    internal World World => Host.World;

    internal Strand MainStrand { get; }

    internal ServiceTable Services { get; }

    internal IEnumerable<SpawnedTask> Unfinished => _spawned.Where(static task => !task.Ended.IsCompleted);

    /// <summary>Dice of this life: another life of the same host draws otherwise.</summary>
    public Dice Dice(string name) => World.Dice.Fork($"{Host.Name}#{Number}/{name}");

    /// <summary>Serves a generated gRPC service: hand the binder to its <c>BindService(ServiceBinderBase, …)</c>.</summary>
    public void Serve(Action<ServiceBinderBase> bind) => bind(Services);

    /// <summary>A channel to another host, to be put under a generated client.</summary>
    public CallInvoker Connect(Host server) => new SimCallInvoker(this, server);

    /// <summary>
    /// Begins a task of its own on this host. What it throws fails the run, unless it is a cancellation.
    /// </summary>
    /// <returns>Ends when the task does; never, if the host crashes before.</returns>
    public Task Spawn(string name, Func<Task> body)
    {
        World.RequireSimulationThread("a spawned task");
        var task = new SpawnedTask(this, new Label($"{Host.Name}/{name}"), body);
        if (!IsDead)
        {
            World.Trace.Emit(TraceKind.Spawned, Host, task.Name);
            _spawned.RemoveAll(static earlier => earlier.Ended.IsCompleted);
            _spawned.Add(task);
            World.Scheduler.Enqueue(this, World.Scheduler.NewStrand(task.Name), SpawnedTask.Begin, task);
        }

        return task.Ended;
    }

    /// <summary>Tells the observer, if there is one, that this life is at a crash point.</summary>
    /// <returns>Whether it goes on: false if it ended there or before.</returns>
    internal bool Passes(CrashMoment moment, CrashPointKind kind, Label what, long offset = 0, long length = 0)
    {
        if (World.Options.CrashPoints is { } observer && !IsDead)
        {
            var point = new CrashPoint(Host, Host.CrashPoints++, moment, kind, what, offset, length);
            observer.At(in point);
            if (IsDead)
            {
                World.Trace.Emit(TraceKind.DiedAtPoint, Host, what, point.Ordinal, detail: new Label(point.Describe()));
            }
        }

        return !IsDead;
    }

    internal void Die()
    {
        IsDead = true;
        World.Scheduler.TakeAll(this);
        Services.Clear();
        Disk.Release();
        _spawned.Clear();
    }
}
