using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>A server stops dead, loses what its disk had not flushed, and starts again a while later.</summary>
public sealed record Crash : LastingServerFault
{
    /// <summary>What the others see of it.</summary>
    public CrashKind Kind { get; init; } = CrashKind.Process;

    internal static Crash Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(400)),
        Kind = draft.Chance(3) ? CrashKind.Power : CrashKind.Process,
    };

    internal override FaultPlan? Plan(FaultScene scene)
    {
        Host host = scene.Cluster.Servers[Server];
        return host.IsUp ? new FaultPlan(new FaultCost.Member(Server), () => Strike(scene, host)) : null;
    }

    private ActiveSilence Strike(FaultScene scene, Host host)
    {
        host.Crash(Kind);
        return new ActiveSilence(scene, this, () => scene.Cluster.Restart(Server));
    }
}
