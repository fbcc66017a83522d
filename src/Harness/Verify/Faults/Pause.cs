using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>A server stands still and then goes on as if nothing had been: a zombie.</summary>
public sealed record Pause : LastingServerFault
{
    internal static Pause Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(400)),
    };

    internal override FaultPlan? Plan(FaultScene scene)
    {
        Host host = scene.Cluster.Servers[Server];
        return host is { IsUp: true, IsPaused: false }
            ? new FaultPlan(CostOfSilence(scene, For), () => Strike(scene, host))
            : null;
    }

    private ActiveSilence Strike(FaultScene scene, Host host)
    {
        host.Pause();
        return new ActiveSilence(scene, this, host.Resume);
    }
}
