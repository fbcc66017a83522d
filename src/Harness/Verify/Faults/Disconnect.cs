using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>The connection between the client and a server is cut: every open call fails, new ones go through.</summary>
public sealed record Disconnect : ServerFault
{
    internal static Disconnect Draw(Draft draft) => new() { Server = draft.Server() };

    internal override FaultPlan Plan(FaultScene scene) => new(FaultCost.None, () => Strike(scene));

    private ActiveInstant Strike(FaultScene scene)
    {
        World world = scene.Cluster.World;
        int cut = world.Network.Reset(scene.Cluster.Client, scene.Cluster.Servers[Server]);
        return new ActiveInstant(world, this, isMet: cut > 0);
    }
}
