using Raid5Verify.Generation;

namespace Raid5Verify.Faults;

/// <summary>
/// Some of the next flushes of a disk fail: nobody knows what of the data before them is durable. The server gives up and is started
/// anew; then what it had not acknowledged may be there all the same.
/// </summary>
public sealed record FailFlushes : DiskFault
{
    internal static FailFlushes Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        Count = draft.Dice.Next(1, 4),
        For = DrawWait(draft),
    };

    internal override FaultPlan Plan(FaultScene scene) => new(
        new FaultCost.Member(Server, IsRestless: true),
        () => new ActiveFailures(scene.Cluster.World, this, DiskIn(scene).FailFlushes(Count)));
}
