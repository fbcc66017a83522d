using Raid5Verify.Cluster;
using Raid5Verify.Oracle;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>What a fault can reach when it strikes.</summary>
internal sealed class FaultScene(SimulatedCluster cluster, StateOracle reference, ClientSuccession clients)
{
    public SimulatedCluster Cluster { get; } = cluster;

    public ClientSuccession Clients { get; } = clients;

    /// <summary>Draws what the scenario leaves open, such as which bit flips.</summary>
    public Dice Dice { get; } = cluster.World.Dice.Fork("faults");

    private World World => Cluster.World;

    /// <summary>The host that is meant now.</summary>
    public Host HostOf(HostTarget target) =>
        target is HostTarget.OfServer place ? Cluster.Servers[place.Server] : Cluster.Client;

    public ActiveFault AddRule(Fault fault, LinkRule rule, long? atMost = null) =>
        new ActiveRule(World, fault, World.Network.Add(rule, StepKind.TagOf(fault.GetType())), atMost);

    /// <summary>Where a stored block lies; null if it is not (yet) on any disk.</summary>
    public (int Server, int Row)? Locate(BlockTarget target) => target switch
    {
        BlockTarget.OnServer place => (place.Server, place.Row),
        BlockTarget.OfFile place => Find(place),
        _ => throw new InvalidOperationException($"no such target: {target}"),
    };

    /// <summary>
    /// Finds a file's block by its content, so that the harness knows nothing of the file system's layout. A hole is
    /// nowhere, and neither is a block that the client has not yet written.
    /// </summary>
    private (int Server, int Row)? Find(BlockTarget.OfFile place)
    {
        int size = (int)Cluster.Shape.Block.Bytes;
        long start = place.At.Bytes / size * size;
        byte[] wanted = new byte[size];
        var read = reference.Read(place.Path, start, size);
        if (!read.IsOk || read.Value.Length <= place.At.Bytes - start || read.Value.AsSpan().IndexOfAnyExcept((byte)0) < 0)
        {
            return null;
        }

        read.Value.CopyTo(wanted, 0);
        byte[] found = new byte[size];
        for (int row = 0; row < Cluster.Shape.Rows; row++)
        {
            for (int server = 0; server < Cluster.Servers.Count; server++)
            {
                if (server != Cluster.ParityServer(row))
                {
                    if (Cluster.Peek(server, row, found) && found.AsSpan().SequenceEqual(wanted))
                    {
                        return (server, row);
                    }
                }
            }
        }

        return null;
    }
}

/// <summary>A fault that could strike now.</summary>
/// <param name="Cost">What it would make bad.</param>
/// <param name="Strike">Does it.</param>
internal sealed record FaultPlan(FaultCost Cost, Func<ActiveFault> Strike);
