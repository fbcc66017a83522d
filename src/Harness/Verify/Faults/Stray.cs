using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>
/// A copy of the client's next request to a server goes astray, and arrives later: in another state of the server, from a client that
/// may be dead by then.
/// </summary>
public sealed record Stray : LastingServerFault
{
    /// <summary>Of which call.</summary>
    public required ProtocolCall Call { get; init; }

    /// <summary>Not a copy goes astray, but the request itself: its sender waits in vain, and asks again.</summary>
    public bool Original { get; init; }

    /// <summary>
    /// At which moment of a host's work it arrives, such as <c>after server 2's 1st send of prepare</c>, counted from when a request has
    /// gone astray; unless <see cref="LastingServerFault.For"/> is over before.
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
            Original = draft.Chance(6),
            Until = draft.Chance(2) ? AnswersOf(server, draft.Dice.Next(1, 4)) : null,
            For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(draft.Chance(2) ? 5 : 400)),
        };
    }

    /// <summary>When a server has given so many answers to a call.</summary>
    internal static HostPoint AnswersOf(int server, int answers, ProtocolCall call = ProtocolCall.Prepare) => new(
        CrashMoment.After, new HostTarget.OfServer(server), answers, HostAct.Send, KebabCase.Of(call.ToString()));

    internal override FieldProblem? FindOwnProblem(ClusterShape cluster) =>
        base.FindOwnProblem(cluster)
        ?? (Until?.FindMisfit(cluster) is { } problem ? new FieldProblem(nameof(Until), problem) : null);

    internal override FaultPlan Plan(FaultScene scene) => new(
        Original ? CostOfSilence(scene, scene.Cluster.ArrayOptions.AttemptTimeout) : FaultCost.None,
        () => new Active(scene, this));

    private LinkRule Rule(FaultScene scene)
    {
        Host from = scene.Cluster.Client;
        Host to = scene.Cluster.Servers[Server];
        return Original
            ? new HoldNextRule { From = from, To = to, Kind = PacketKind.Request, Method = Call.Method() }
            : new StrayCopyRule { From = from, To = to, Kind = PacketKind.Request, Method = Call.Method() };
    }

    /// <summary>Met once what went astray is on its way.</summary>
    private sealed class Active : ActiveFault
    {
        private readonly LinkRule _rule;
        private readonly PointTrigger? _release;

        public Active(FaultScene scene, Stray fault)
            : base(scene.Cluster.World, fault)
        {
            _rule = World.Network.Add(fault.Rule(scene), "stray");
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
