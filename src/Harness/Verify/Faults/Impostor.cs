using Raid5Verify.Cluster;
using Raid5Verify.Generation;

namespace Raid5Verify.Faults;

/// <summary>At a server's address another one answers, which is not that member of this array. The client must refuse it.</summary>
public sealed record Impostor : LastingServerFault
{
    /// <summary>Who answers.</summary>
    public Stranger As { get; init; } = Stranger.OtherArray;

    internal static Impostor Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        As = draft.Pick(Enum.GetValues<Stranger>()),
        For = draft.Time(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(400)),
    };

    internal override FaultPlan? Plan(FaultScene scene) =>
        scene.Cluster.IsAtItsAddress(Server) && scene.Cluster.MayReplace(Server)
        ? new FaultPlan(new FaultCost.Member(Server), () => Strike(scene))
        : null;

    private ActiveAddresses Strike(FaultScene scene)
    {
        if (As == Stranger.NextMember)
        {
            return new ActiveAddresses(scene, this, [(Server, scene.Cluster.Servers[(Server + 1) % scene.Cluster.Servers.Count])]);
        }

        SimulatedServer stranger = scene.Cluster.AddStranger(Server, As);
        scene.Cluster.Begin("stranger", stranger.StartAsync);
        return new ActiveAddresses(scene, this, [(Server, stranger.Host)]);
    }
}
