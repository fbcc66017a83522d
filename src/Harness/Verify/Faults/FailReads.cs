using Raid5Verify.Generation;

namespace Raid5Verify.Faults;

/// <summary>Some of the next reads of a disk fail; the same bytes can be read right after.</summary>
/// <remarks>A server that just starts, and cannot read its own files, says that they are damaged.</remarks>
public sealed record FailReads : DiskFault
{
    internal static FailReads Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        Count = draft.Dice.Next(1, 6),
        For = DrawWait(draft),
    };

    internal override FaultPlan Plan(FaultScene scene) => new(
        new FaultCost.Hidden(Server),
        () => new ActiveFailures(scene.Cluster.World, this, DiskIn(scene).FailReads(Count)));
}
