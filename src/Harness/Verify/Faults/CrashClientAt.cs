using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>The client dies at a certain moment of its work, and starts again a while later.</summary>
public sealed record CrashClientAt : Fault
{
    /// <summary>On which side of the act.</summary>
    [Subject]
    public required CrashMoment Moment { get; init; }

    /// <summary><see cref="HostAct.Send"/> or <see cref="HostAct.Receive"/>: a client has no disk.</summary>
    public required HostAct Act { get; init; }

    /// <summary>Which of those acts, counted from when the fault strikes.</summary>
    [Between(1, 100_000)]
    public int Nth { get; init; } = 1;

    /// <summary>How long it is down.</summary>
    [Between(1, 3_600_000)]
    public required TimeSpan For { get; init; }

    /// <summary>What the servers see of it.</summary>
    public CrashKind Kind { get; init; } = CrashKind.Process;

    internal override bool WatchesPoints => true;

    internal static CrashClientAt Draw(Draft draft) => new()
    {
        Moment = draft.Pick(Enum.GetValues<CrashMoment>()),
        Act = draft.Chance(2) ? HostAct.Send : HostAct.Receive,
        Nth = draft.Dice.Next(1, draft.Chance(3) ? 100 : 20),
        For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(draft.Chance(2) ? 20 : 300)),
        Kind = draft.Chance(3) ? CrashKind.Power : CrashKind.Process,
    };

    internal override FieldProblem? FindOwnProblem(ClusterShape cluster) => Act is HostAct.Send or HostAct.Receive
        ? null
        : new FieldProblem(nameof(Act), "a client has no disk: it can send or receive");

    internal override FaultPlan? Plan(FaultScene scene) => scene.Cluster.Client.IsUp
        ? new FaultPlan(new FaultCost.Straggler(), () => new Active(scene, this))
        : null;

    /// <summary>Met once a client has recovered after it.</summary>
    private sealed class Active : ActiveFault
    {
        private readonly FaultScene _scene;
        private readonly CrashClientAt _fault;
        private readonly Host _host;
        private readonly PointTrigger _trigger;
        private int? _recoveriesBefore;

        public Active(FaultScene scene, CrashClientAt fault)
            : base(scene.Cluster.World, fault)
        {
            _scene = scene;
            _fault = fault;
            _host = scene.Cluster.Client;
            var point = new HostPoint(fault.Moment, new HostTarget.OfClient(), fault.Nth, fault.Act);
            _trigger = PointTrigger.AtNth(point, () => _host, Crash);
            PointTriggers.Of(World).Arm(_trigger);
        }

        public override bool IsMet => _scene.Clients.Recoveries > _recoveriesBefore;

        /// <summary>One that was superseded meanwhile is left alone.</summary>
        public override bool IsArmed => _recoveriesBefore is null && EndedAt is null && _host == _scene.Cluster.Client;

        protected override void OnEnd()
        {
            PointTriggers.Of(World).Disarm(_trigger);
            if (_recoveriesBefore is not null && !_host.IsUp)
            {
                _scene.Clients.Restart(again: 0);
            }
        }

        private void Crash()
        {
            if (_host != _scene.Cluster.Client)
            {
                return;
            }

            _recoveriesBefore = _scene.Clients.Recoveries;
            _scene.Clients.Crash(_fault.Kind);
            _scene.Cluster.Begin("crash-client-at", async () =>
            {
                await World.Clock.WaitAsync(_fault.For);
                End();
            });
        }
    }
}
