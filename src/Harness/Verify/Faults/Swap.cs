using Raid5Verify.Generation;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Faults;

/// <summary>
/// The addresses of two members are exchanged: each is there, whole, and not the one that it should be. The client must
/// refuse both.
/// </summary>
public sealed record Swap : LastingServerFault
{
    /// <summary>The other one's place, from 0.</summary>
    [ServerPlace]
    public required int With { get; init; }

    internal static Swap Draw(Draft draft)
    {
        int server = draft.Server();
        return new Swap
        {
            Server = server,
            With = (server + draft.Dice.Next(1, draft.Cluster.Servers)) % draft.Cluster.Servers,
            For = draft.Time(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(400)),
        };
    }

    internal override FieldProblem? FindOwnProblem(ClusterShape cluster) =>
        base.FindOwnProblem(cluster)
        ?? (With >= cluster.Servers ? new FieldProblem(nameof(With), cluster.Lacks(With))
            : With == Server ? new FieldProblem(nameof(With), $"server {Server} cannot be swapped with itself")
            : null);

    internal override FaultPlan? Plan(FaultScene scene) => scene.Cluster.IsAtItsAddress(Server) && scene.Cluster.IsAtItsAddress(With)
        ? new FaultPlan(
            new FaultCost.Members([Server, With]),
            () => new ActiveAddresses(
                scene, this, [(Server, scene.Cluster.Servers[With]), (With, scene.Cluster.Servers[Server])]))
        : null;
}
