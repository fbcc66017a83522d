using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>
/// The client dies in the middle of whatever it does, and starts again a while later: it opens the array, recovers, mounts.
/// What was under way was done or not; what was not committed may be gone.
/// </summary>
public sealed record CrashClient : Fault
{
    /// <summary>How long it is down.</summary>
    [Subject]
    [Between(1, 3_600_000)]
    public required TimeSpan For { get; init; }

    /// <summary>What the servers see of it.</summary>
    public CrashKind Kind { get; init; } = CrashKind.Process;

    /// <summary>How often it then crashes again, right after it has recovered: what was decided must stay decided.</summary>
    [Between(0, 10)]
    public int Again { get; init; }

    internal override TimeSpan? Lasts => For;

    internal static CrashClient Draw(Draft draft) => new()
    {
        For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(draft.Chance(2) ? 20 : 400)),
        Kind = draft.Chance(3) ? CrashKind.Power : CrashKind.Process,
        Again = draft.Chance(3) ? 1 : 0,
    };

    internal override FaultPlan? Plan(FaultScene scene) => scene.Cluster.Client.IsUp
        ? new FaultPlan(new FaultCost.Straggler(), () => Strike(scene))
        : null;

    private Active Strike(FaultScene scene)
    {
        var active = new Active(scene, this);
        scene.Clients.Crash(Kind);
        return active;
    }

    /// <summary>Met once a client has recovered after it.</summary>
    private sealed class Active(FaultScene scene, CrashClient fault) : ActiveFault(scene.Cluster.World, fault)
    {
        private readonly Host _host = scene.Cluster.Client;
        private readonly int _recoveries = scene.Clients.Recoveries;

        public override bool IsMet => scene.Clients.Recoveries > _recoveries;

        protected override void OnEnd()
        {
            if (!_host.IsUp)
            {
                scene.Clients.Restart(fault.Again);
            }
        }
    }
}
