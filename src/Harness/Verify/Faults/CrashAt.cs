using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>A server stops dead at a certain moment of its work, and starts again a while later.</summary>
public sealed record CrashAt : ServerFault
{
    /// <summary>On which side of the act.</summary>
    public required CrashMoment Moment { get; init; }

    /// <summary>What it does.</summary>
    public required HostAct Act { get; init; }

    /// <summary>Which of those acts, counted from when the fault strikes.</summary>
    [Between(1, 100_000)]
    public int Nth { get; init; } = 1;

    /// <summary>How long it is down.</summary>
    [Between(1, 3_600_000)]
    public required TimeSpan For { get; init; }

    /// <summary>What the others see of it.</summary>
    public CrashKind Kind { get; init; } = CrashKind.Power;

    internal override bool WatchesPoints => true;

    internal static CrashAt Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        Moment = draft.Pick(Enum.GetValues<CrashMoment>()),
        Act = draft.Pick<HostAct>([HostAct.Write, HostAct.Flush, HostAct.Send, HostAct.Receive]),
        Nth = draft.Dice.Next(1, draft.Chance(3) ? 40 : 10),
        For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(draft.Chance(2) ? 20 : 300)),
        Kind = draft.Chance(3) ? CrashKind.Process : CrashKind.Power,
    };

    internal override FaultPlan? Plan(FaultScene scene) => scene.Cluster.Servers[Server].IsUp
        ? new FaultPlan(new FaultCost.Member(Server, IsRestless: true), () => new Active(scene, this))
        : null;

    /// <summary>Met once the server came to that moment. Until it does, it may at any time.</summary>
    private sealed class Active : ActiveFault
    {
        private readonly FaultScene _scene;
        private readonly CrashAt _fault;
        private readonly PointTrigger _trigger;
        private bool _isMet;

        public Active(FaultScene scene, CrashAt fault)
            : base(scene.Cluster.World, fault)
        {
            _scene = scene;
            _fault = fault;
            Host host = scene.Cluster.Servers[fault.Server];
            var point = new HostPoint(fault.Moment, new HostTarget.OfServer(fault.Server), fault.Nth, fault.Act);
            _trigger = PointTrigger.AtNth(point, () => host, Crash);
            PointTriggers.Of(World).Arm(_trigger);
        }

        public override bool IsMet => _isMet;

        protected override void OnEnd()
        {
            PointTriggers.Of(World).Disarm(_trigger);
            if (_isMet)
            {
                _scene.Cluster.Restart(_fault.Server);
            }
        }

        private void Crash()
        {
            _isMet = true;
            _scene.Cluster.Servers[_fault.Server].Crash(_fault.Kind);
            _scene.Cluster.Begin("crash-at", async () =>
            {
                await World.Clock.WaitAsync(_fault.For);
                End();
            });
        }
    }
}
