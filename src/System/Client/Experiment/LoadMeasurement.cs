namespace Raid5Fs.Client.Experiment;

/// <summary>What one file asked of the servers: it was written, committed, and read back by a client that had nothing of it in memory.</summary>
/// <param name="BlockSize">Bytes.</param>
/// <param name="FileSize">Bytes.</param>
/// <param name="Single">
/// Requests that a single server without RAID would have been sent: each read and write of the file system, divided as messages are,
/// and its commits.
/// </param>
/// <param name="Servers">What each server was sent, in the order of their places.</param>
internal sealed record LoadMeasurement(int BlockSize, long FileSize, long Single, IReadOnlyList<ServerLoad> Servers)
{
    /// <summary>The busiest server's requests, as a multiple of the idlest one's.</summary>
    public double RequestSpread => Spread(static server => server.Requests);

    /// <summary>The same for blocks moved to and from them, parity included.</summary>
    public double BlockSpread => Spread(static server => server.Blocks);

    /// <summary>The busiest server's requests, as a part of the single one's.</summary>
    public double OfSingle => Servers.Max(static server => server.Requests) / (double)Math.Max(1, Single);

    private double Spread(Func<ServerLoad, long> load) => Servers.Max(load) / (double)Math.Max(1, Servers.Min(load));
}

/// <param name="Requests">Calls sent to it.</param>
/// <param name="Blocks">Blocks that went to it or came from it, parity included.</param>
internal sealed record ServerLoad(long Requests, long Blocks);
