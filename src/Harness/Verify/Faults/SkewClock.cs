using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>
/// The clock of a host shows another time from now on, and runs too fast or too slow, until it jumps back to what is right.
/// </summary>
public sealed record SkewClock : Fault
{
    /// <summary>
    /// Millionths. Two clocks that run apart by it, one fast and one slow, differ by less than the eighth that the array's
    /// lease allows for.
    /// </summary>
    private const int MostDrift = 58_000;

    /// <summary>Whose clock: <c>client</c>, or a server such as <c>server 2</c>.</summary>
    [Subject]
    public required HostTarget Host { get; init; }

    /// <summary>How far ahead its time of day is.</summary>
    [Between(0, 1_000_000_000)]
    public TimeSpan Ahead { get; init; }

    /// <summary>How far behind its time of day is.</summary>
    [Between(0, 1_000_000_000)]
    public TimeSpan Behind { get; init; }

    /// <summary>How much faster it runs than it should, in millionths; negative is slower.</summary>
    [Between(-MostDrift, MostDrift)]
    public int Drift { get; init; }

    /// <summary>How long.</summary>
    [Between(1, 3_600_000)]
    public required TimeSpan For { get; init; }

    internal override TimeSpan? Lasts => For;

    internal static SkewClock Draw(Draft draft)
    {
        TimeSpan skew = draft.Chance(3) ? TimeSpan.FromHours(draft.Dice.Next(1, 200)) : draft.Time(TimeSpan.Zero, TimeSpan.FromSeconds(1));
        bool isAhead = draft.Chance(2);
        return new SkewClock
        {
            Host = draft.Chance(2) ? new HostTarget.OfClient() : new HostTarget.OfServer(draft.Server()),
            Ahead = isAhead ? skew : TimeSpan.Zero,
            Behind = isAhead ? TimeSpan.Zero : skew,
            Drift = draft.Dice.Next(-MostDrift, MostDrift + 1),
            For = draft.Time(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(500)),
        };
    }

    internal override FieldProblem? FindOwnProblem(ClusterShape cluster) =>
        Host is HostTarget.OfServer place && place.Server >= cluster.Servers
            ? new FieldProblem(nameof(Host), cluster.Lacks(place.Server))
            : null;

    internal override FaultPlan? Plan(FaultScene scene)
    {
        Host host = Host is HostTarget.OfServer place ? scene.Cluster.Servers[place.Server] : scene.Cluster.Client;
        return host is { ClockDriftPpm: 0, ClockSkew.Ticks: 0 }
            ? new FaultPlan(FaultCost.None, () => new Active(scene.Cluster.World, this, host))
            : null;
    }

    /// <summary>Met when the host sent something meanwhile.</summary>
    private sealed class Active : ActiveFault
    {
        private readonly Host _host;
        private readonly RequestCounter _counter;

        public Active(World world, SkewClock fault, Host host)
            : base(world, fault)
        {
            _host = host;
            _counter = world.Network.Add(new RequestCounter { From = host }, "count");
            host.SetClock(fault.Ahead - fault.Behind, fault.Drift);
        }

        public override bool IsMet => _counter.Met > 0;

        protected override void OnEnd()
        {
            World.Network.Remove(_counter);
            _host.SetClock(TimeSpan.Zero, 0);
        }
    }
}
