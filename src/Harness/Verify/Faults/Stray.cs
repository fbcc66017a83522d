using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>
/// A copy of the client's next request to a server goes astray, and arrives later: in another state of the server, from a client that
/// may be dead by then. The request itself is not touched.
/// </summary>
public sealed record Stray : LastingServerFault
{
    /// <summary>Of which call.</summary>
    public required ProtocolCall Call { get; init; }

    /// <summary>
    /// At which moment of a host's work it arrives, such as <c>after server 2's 1st send of prepare</c>, counted from when a copy has been
    /// taken; unless <see cref="LastingServerFault.For"/> is over before.
    /// </summary>
    public HostPoint? Until { get; init; }

    internal override bool WatchesPoints => Until is not null || base.WatchesPoints;

    internal static Stray Draw(Draft draft)
    {
        int server = draft.Server();
        return new Stray
        {
            Server = server,
            Call = draft.Chance(4) ? draft.Pick(Enum.GetValues<ProtocolCall>()) : draft.Pick([ProtocolCall.Write, ProtocolCall.Prepare]),
            Until = draft.Chance(2) ? AnswersOf(server, draft) : null,
            For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(draft.Chance(2) ? 5 : 400)),
        };
    }

    /// <summary>When the server has answered a Prepare or two since.</summary>
    internal static HostPoint AnswersOf(int server, Draft draft) => new(
        CrashMoment.After, new HostTarget.OfServer(server), draft.Dice.Next(1, 4), HostAct.Send, KebabCase.Of(nameof(ProtocolCall.Prepare)));

    internal override FieldProblem? FindOwnProblem(ClusterShape cluster) =>
        base.FindOwnProblem(cluster)
        ?? (Until?.FindMisfit(cluster) is { } problem ? new FieldProblem(nameof(Until), problem) : null);

    internal override FaultPlan Plan(FaultScene scene) => new(FaultCost.None, () => new Active(scene, this));

    /// <summary>Met once the copy is on its way.</summary>
    private sealed class Active : ActiveFault
    {
        private readonly StrayCopyRule _rule;
        private readonly PointTrigger? _release;

        public Active(FaultScene scene, Stray fault)
            : base(scene.Cluster.World, fault)
        {
            _rule = World.Network.Add(
                new StrayCopyRule
                {
                    From = scene.Cluster.Client,
                    To = scene.Cluster.Servers[fault.Server],
                    Kind = PacketKind.Request,
                    Method = fault.Call.Method(),
                },
                "stray");
            if (fault.Until is { } point)
            {
                int left = point.Nth;
                _release = new PointTrigger(
                    act => _rule.Met > 0 && act.Host == scene.HostOf(point.Host) && point.IsMet(act) && --left == 0, End);
                PointTriggers.Of(World).Arm(_release);
            }
        }

        public override bool IsMet => _rule.Met > 0 && EndedAt is not null;

        protected override void OnEnd()
        {
            if (_release is not null)
            {
                PointTriggers.Of(World).Disarm(_release);
            }

            World.Network.Remove(_rule);
        }
    }
}
