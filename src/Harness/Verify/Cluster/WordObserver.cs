using Raid5Verify.Faults;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cluster;

/// <summary>
/// Has each server's word taken whenever it answers a call after which it may say something else of itself: whatever order its
/// calls came in, what it once said must not be taken back.
/// </summary>
/// <param name="next">Is told of every packet, too.</param>
internal sealed class WordObserver(ITrafficObserver next) : ITrafficObserver
{
    private static readonly HashSet<string> Calls =
    [
        ProtocolCall.Prepare.Method(), ProtocolCall.Commit.Method(), ProtocolCall.Record.Method(), ProtocolCall.Join.Method(),
    ];

    private SimulatedCluster? _cluster;

    /// <summary>Begins to watch the servers of a cluster.</summary>
    public void Watch(SimulatedCluster cluster) => _cluster = cluster;

    public void At(Packet packet, PacketFate fate)
    {
        if (fate == PacketFate.Sent && packet.Kind == PacketKind.Reply && Calls.Contains(packet.Method))
        {
            _cluster?.TakeWordOf(packet.From);
        }

        next.At(packet, fate);
    }
}
