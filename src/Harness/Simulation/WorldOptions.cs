namespace Raid5Verify.Simulation;

/// <summary>How a simulated world behaves. Two worlds with equal options and equal programs run alike, bit for bit.</summary>
public sealed record WorldOptions
{
    /// <summary>Steps after which a run counts as endless, unless another number is chosen.</summary>
    public const long DefaultMaxSteps = 50_000_000;

    /// <summary>All chance comes from this. Any value.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How it is decided what happens next. Default: <see cref="StrategyKind.Uniform"/>.</summary>
    public StrategyKind Strategy { get; init; } = StrategyKind.Uniform;

    /// <summary>Change points of <see cref="StrategyKind.Pct"/>; 0 to 100, default 3.</summary>
    public int PctChanges { get; init; } = 3;

    /// <summary>Steps within which <see cref="StrategyKind.Pct"/> draws its change points; default 10,000.</summary>
    public int PctHorizon { get; init; } = 10_000;

    /// <summary>
    /// The longest that <see cref="StrategyKind.ClogHosts"/> holds a packet; default 5 ms. Zero holds none. What the programs'
    /// deadlines would take for a fault is too long.
    /// </summary>
    public TimeSpan LongestClog { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// How far beyond the next event virtual time may move, so that events close together compete for their order.
    /// Default 50 µs; zero makes time exact.
    /// </summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>Delay of each message. Default 100 to 500 µs, one in 200 up to 10 ms.</summary>
    public Latency NetworkLatency { get; init; } = new(
        TimeSpan.FromMicroseconds(100), TimeSpan.FromMicroseconds(500), TimeSpan.FromMilliseconds(10), TailOneIn: 200);

    /// <summary>Time of each disk call. Default 20 to 200 µs, one in 500 up to 5 ms.</summary>
    public Latency DiskLatency { get; init; } = new(
        TimeSpan.FromMicroseconds(20), TimeSpan.FromMicroseconds(200), TimeSpan.FromMilliseconds(5), TailOneIn: 500);

    /// <summary>Draws with a fixed outcome; null for none.</summary>
    public DrawOverrides? Overrides { get; init; }

    /// <summary>Is told of every crash point, and may crash a host there; null for nobody, which costs nothing.</summary>
    public ICrashPoints? CrashPoints { get; init; }

    /// <summary>Is told what becomes of every packet; null for nobody.</summary>
    public ITrafficObserver? Traffic { get; init; }

    /// <summary>Sees every event; null for none. The hash is kept either way.</summary>
    public ITraceSink? TraceSink { get; init; }

    /// <summary>Steps after which a run counts as endless; default <see cref="DefaultMaxSteps"/>.</summary>
    public long MaxSteps { get; init; } = DefaultMaxSteps;

    /// <summary>
    /// Virtual time after which a run counts as endless; default 1 day. It catches what a deadlock report cannot: a
    /// root task that waits for ever while some timer goes on ticking.
    /// </summary>
    public TimeSpan MaxVirtualTime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Steps without any progress of virtual time after which a run counts as endless; default 1 million.</summary>
    public long MaxStepsAtOneInstant { get; init; } = 1_000_000;

    /// <summary>
    /// Real time that a deadlock report waits for work that escaped to another thread to come back, so that the escape is
    /// named and not the deadlock it looks like. Default 2 s; it costs nothing but in a deadlock.
    /// </summary>
    public TimeSpan EscapeGrace { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>
/// A distribution of delays: evenly from <paramref name="Min"/> to <paramref name="Max"/>, and once in
/// <paramref name="TailOneIn"/> evenly from there to <paramref name="TailMax"/>.
/// </summary>
/// <param name="Min">The shortest; ≥ 0.</param>
/// <param name="Max">The longest of the ordinary ones.</param>
/// <param name="TailMax">The longest of all; ≥ <paramref name="Max"/>.</param>
/// <param name="TailOneIn">How rare the tail is; 0 is never.</param>
public readonly record struct Latency(TimeSpan Min, TimeSpan Max, TimeSpan TailMax, uint TailOneIn)
{
    /// <summary>Always the same delay.</summary>
    public static Latency Constant(TimeSpan delay) => new(delay, delay, delay, 0);

    internal long DrawNs(Dice dice) => VirtualTime.ToNs(
        TailOneIn > 0 && dice.Chance(1, TailOneIn) ? dice.Between(Max, TailMax) : dice.Between(Min, Max));
}
