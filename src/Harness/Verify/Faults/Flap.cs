using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>A server crashes and starts again, several times in a row.</summary>
public sealed record Flap : ServerFault
{
    /// <summary>How often it crashes.</summary>
    [Between(1, 100)]
    public int Times { get; init; } = 3;

    /// <summary>How long it is down each time.</summary>
    [Between(0, 3_600_000)]
    public required TimeSpan Down { get; init; }

    /// <summary>How long it is up in between.</summary>
    [Between(0, 3_600_000)]
    public required TimeSpan Up { get; init; }

    /// <summary>What the others see of a crash.</summary>
    public CrashKind Kind { get; init; } = CrashKind.Process;

    internal override TimeSpan? Lasts => (Times * (Down + Up)) - Up;

    internal static Flap Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        Times = draft.Dice.Next(2, 6),
        Down = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(40)),
        Up = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(draft.Chance(2) ? 5 : 60)),
        Kind = draft.Chance(3) ? CrashKind.Power : CrashKind.Process,
    };

    internal override FaultPlan? Plan(FaultScene scene) => scene.Cluster.Servers[Server].IsUp
        ? new FaultPlan(new FaultCost.Member(Server, IsRestless: true), () => Strike(scene))
        : null;

    private ActiveSilence Strike(FaultScene scene)
    {
        var active = new ActiveSilence(scene, this, () => scene.Cluster.Restart(Server));
        scene.Cluster.Begin("flap", () => FlapAsync(scene.Cluster, active));
        return active;
    }

    private async Task FlapAsync(SimulatedCluster cluster, ActiveSilence active)
    {
        for (int time = 1; time <= Times && !active.IsOver; time++)
        {
            cluster.Servers[Server].Crash(Kind);
            await cluster.World.Clock.WaitAsync(Down);
            cluster.Restart(Server);
            await cluster.World.Clock.WaitAsync(Up);
        }
    }
}
