using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>A server is lost for good, with all that was on it; a blank one takes its place a while later.</summary>
public sealed record Replace : LastingServerFault
{
    internal static Replace Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(200)),
    };

    internal override FaultPlan? Plan(FaultScene scene)
    {
        Host host = scene.Cluster.Servers[Server];
        return host.IsUp && scene.Cluster.MayReplace(Server) ? new FaultPlan(new FaultCost.Member(Server), () => Strike(scene, host)) : null;
    }

    private ActiveSilence Strike(FaultScene scene, Host host)
    {
        host.Crash(CrashKind.Power);
        scene.Cluster.Wipe(Server);
        return new ActiveSilence(scene, this, () => scene.Cluster.Restart(Server));
    }
}
