namespace Raid5Verify.Simulation;

/// <summary>Sees every event as it happens, on the simulation's thread. Must not touch the world.</summary>
public interface ITraceSink
{
    /// <param name="happened">The event; not kept by reference by the caller.</param>
    /// <param name="hash">The rolling hash after it.</param>
    void Record(in TraceEvent happened, ulong hash);
}
