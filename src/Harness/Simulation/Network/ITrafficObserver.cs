namespace Raid5Verify.Simulation;

/// <summary>What became of a packet.</summary>
public enum PacketFate
{
    /// <summary>Its host has sent it. A copy is no second sending.</summary>
    Sent,

    /// <summary>It has arrived at a host, which may be down. Each copy of it arrives for itself.</summary>
    Delivered,

    /// <summary>A rule has lost it.</summary>
    Dropped,

    /// <summary>A rule keeps it until that rule is removed.</summary>
    Held,

    /// <summary>A rule has damaged its message; it goes on.</summary>
    Flipped,
}

/// <summary>Is told what becomes of every packet: to count, or to see where a run has been.</summary>
/// <remarks>
/// Called on the simulation's thread. It may read the world and must change nothing: a run that is observed has the hash of a run that
/// is not.
/// </remarks>
public interface ITrafficObserver
{
    /// <param name="packet">Which; not to be changed.</param>
    /// <param name="fate">What became of it just now.</param>
    void At(Packet packet, PacketFate fate);
}
