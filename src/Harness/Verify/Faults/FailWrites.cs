using Raid5Verify.Generation;

namespace Raid5Verify.Faults;

/// <summary>Some of the next writes of a disk fail. Where the server cannot do without one, it gives up and is started anew.</summary>
public sealed record FailWrites : DiskFault
{
    internal static FailWrites Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        Count = draft.Dice.Next(1, 6),
        For = DrawWait(draft),
    };

    internal override FaultPlan Plan(FaultScene scene) => new(
        new FaultCost.Member(Server, IsRestless: true),
        () => new ActiveFailures(scene.Cluster.World, this, DiskIn(scene).FailWrites(Count)));
}
