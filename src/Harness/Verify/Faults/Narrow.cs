using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>The link between the client and a server is narrow: messages queue, and large ones take long.</summary>
public sealed record Narrow : LastingServerFault
{
    /// <summary>So wide that all that a client may send at once is through before it asks again.</summary>
    private static readonly ByteSize Harmless = new(64 << 20);

    /// <summary>What goes through in a second, each way.</summary>
    [Between(1, 1L << 40)]
    public required ByteSize Rate { get; init; }

    internal static Narrow Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(300)),
        Rate = draft.Chance(2) ? Harmless : new ByteSize(draft.Dice.Next(1, 64) << 16),
    };

    internal override FaultPlan Plan(FaultScene scene) => new(
        Rate.Bytes >= Harmless.Bytes ? FaultCost.None : new FaultCost.Member(Server),
        () => new Active(
            scene.Cluster.World,
            this,
            new BandwidthRule
            {
                From = scene.Cluster.Client,
                To = scene.Cluster.Servers[Server],
                BothWays = true,
                BytesPerSecond = Rate.Bytes,
            }));

    private sealed class Active : ActiveFault
    {
        private readonly BandwidthRule _rule;
        private TimeSpan _backlog;

        public Active(World world, Narrow fault, BandwidthRule rule)
            : base(world, fault)
        {
            _rule = world.Network.Add(rule, "narrow");
        }

        public override bool IsMet => _rule.Met > 0;

        /// <summary>What is in the queue when the link is wide again arrives as late as it would have.</summary>
        public override TimeSpan Echo => _backlog;

        protected override void OnEnd()
        {
            World.Network.Remove(_rule);
            _backlog = _rule.BacklogAt(World.Now);
        }
    }
}
