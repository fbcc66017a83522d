using Raid5Verify.Simulation;

namespace Raid5Verify.Cluster;

/// <summary>Who looks after a daemon: one that had to give up because its disk failed is started again after a moment.</summary>
internal static class Supervisor
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Ends a daemon that can do no more, and starts it again, unless somebody else did it first. To be run outside of its host.
    /// </summary>
    /// <param name="host">Where it runs.</param>
    /// <param name="life">The life that can do no more.</param>
    /// <param name="clock">Of the world.</param>
    public static async Task RestartAsync(Host host, HostLife life, TimeProvider clock)
    {
        if (host.Life == life)
        {
            host.Crash(CrashKind.Process);
            await clock.WaitAsync(Delay);
            if (host.Life == life && !host.IsUp)
            {
                host.Restart();
            }
        }
    }
}
