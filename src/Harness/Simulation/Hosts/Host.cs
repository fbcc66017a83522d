namespace Raid5Verify.Simulation;

/// <summary>What the network sees of a host that stops.</summary>
public enum CrashKind
{
    /// <summary>The program died, the machine goes on: open calls are reset, new ones are refused at once.</summary>
    Process,

    /// <summary>The machine is gone: callers hear nothing until their deadlines.</summary>
    Power,
}

/// <summary>
/// A machine of the simulated world: a program that can be started, crashed, paused and started again over the same disk.
/// </summary>
/// <remarks>Driven from the simulation's thread.</remarks>
public sealed class Host
{
    private static readonly Label ProcessCrash = new("process");
    private static readonly Label PowerLoss = new("power");

    private Func<HostLife, Task>? _program;
    private long _driftOriginWorldNs;
    private long _driftOriginLocalNs;

    internal Host(World world, int index, string name)
    {
        World = world;
        Index = index;
        Label = new Label(name);
        Disk = new SimDisk(this);
    }

    public string Name => Label.Text;

    /// <summary>Its place in <see cref="World.Hosts"/>.</summary>
    public int Index { get; }

    /// <summary>The disk, which outlives crashes.</summary>
    public SimDisk Disk { get; }

    public bool IsUp => Life is { IsDead: false };

    public bool IsPaused { get; private set; }

    /// <summary>Whether its program serves any method now.</summary>
    public bool Serves => IsUp && Life!.Services.Any;

    /// <summary>True after <see cref="Lose"/>: it never comes back.</summary>
    public bool IsLost { get; private set; }

    /// <summary>How the last life ended; only of interest while it is not up.</summary>
    public CrashKind LastCrash { get; private set; }

    /// <summary>The present life, or the last one.</summary>
    public HostLife? Life { get; private set; }

    /// <summary>Added to the time of day that the host's clock shows; its monotonic time is not touched.</summary>
    public TimeSpan ClockSkew { get; private set; }

    /// <summary>How much faster than true time the host's clock runs, in millionths; negative is slower.</summary>
    public int ClockDriftPpm { get; private set; }

    /// <summary>Times that the clock was set.</summary>
    public int ClockSettings { get; private set; }

    internal World World { get; }

    internal Label Label { get; }

    /// <summary>Crash points reached so far, in all lives; counted only where there is an observer.</summary>
    internal long CrashPoints { get; set; }

    /// <summary>Steps that wait for <see cref="Resume"/>.</summary>
    internal List<Step> Parked { get; private set; } = [];

    /// <summary>Starts the host's program in its first life.</summary>
    /// <param name="program">Run at this and every later start. Its task is spawned as <c>main</c>.</param>
    public void Start(Func<HostLife, Task> program)
    {
        _program = program;
        Restart();
    }

    /// <summary>Starts the program again, over the disk as the crash left it.</summary>
    public void Restart()
    {
        World.RequireSimulationThread("a restart");
        World.Require(_program is not null, $"{Name} has no program yet: Start comes first");
        World.Require(!IsUp, $"{Name} is up already");
        World.Require(!IsLost, $"{Name} is lost for good");
        var life = new HostLife(this, (Life?.Number ?? 0) + 1);
        Life = life;
        World.Trace.Emit(TraceKind.HostStarted, this, a: life.Number);
        _ = life.Spawn("main", () => _program(life));
    }

    /// <summary>
    /// Ends the present life: nothing of it ever runs again, and of what its disk had not flushed, each sector is kept
    /// or lost as the dice say. Does nothing if the host is down.
    /// </summary>
    public void Crash(CrashKind kind = CrashKind.Process)
    {
        World.RequireSimulationThread("a crash");
        if (!IsUp)
        {
            return;
        }

        World.Trace.Emit(
            TraceKind.HostCrashed, this, kind == CrashKind.Power ? PowerLoss : ProcessCrash, Life!.Number);
        LastCrash = kind;
        IsPaused = false;
        Parked = [];
        Life.Die();
        Disk.Crash();
        World.Network.HostCrashed(this, kind);
    }

    /// <summary>Crashes it, and it never comes back.</summary>
    public void Lose()
    {
        Crash(CrashKind.Power);
        IsLost = true;
    }

    /// <summary>
    /// Stops it between two steps: timers fall due and messages arrive, but nothing runs until <see cref="Resume"/>.
    /// </summary>
    public void Pause()
    {
        World.RequireSimulationThread("a pause");
        if (IsUp && !IsPaused)
        {
            IsPaused = true;
            World.Trace.Emit(TraceKind.HostPaused, this);
            Parked.AddRange(World.Scheduler.TakeAll(Life!));
        }
    }

    public void Resume()
    {
        World.RequireSimulationThread("a resume");
        if (IsPaused)
        {
            IsPaused = false;
            World.Trace.Emit(TraceKind.HostResumed, this);
            var parked = Parked;
            Parked = [];
            World.Scheduler.Resume(parked);
        }
    }

    /// <summary>Sets what the host's clock shows. Timers already running keep their due times.</summary>
    /// <param name="skew">Added to its time of day.</param>
    /// <param name="driftPpm">Millionths by which it runs fast; −500,000 to 500,000.</param>
    public void SetClock(TimeSpan skew, int driftPpm)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Abs(driftPpm), 500_000);
        _driftOriginLocalNs = LocalNs(World.NowNs);
        _driftOriginWorldNs = World.NowNs;
        ClockSkew = skew;
        ClockDriftPpm = driftPpm;
        ClockSettings++;
        World.Trace.Emit(TraceKind.ClockChanged, this, a: VirtualTime.ToNs(skew), b: driftPpm);
    }

    public override string ToString() => Name;

    /// <summary>The host's monotonic time at a moment of the world's.</summary>
    internal long LocalNs(long worldNs)
    {
        var elapsed = worldNs - _driftOriginWorldNs;
        return _driftOriginLocalNs + elapsed + (long)((Int128)elapsed * ClockDriftPpm / 1_000_000);
    }

    /// <summary>How much of the world's time passes while the host's clock counts this much.</summary>
    internal long WorldNs(long localNs) =>
        ClockDriftPpm == 0 ? localNs : (long)((Int128)localNs * 1_000_000 / (1_000_000 + ClockDriftPpm));
}
