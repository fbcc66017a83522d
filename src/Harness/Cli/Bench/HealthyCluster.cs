using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cli.Bench;

/// <summary>A simulated cluster in which nothing goes wrong, to count in what work costs.</summary>
internal static class HealthyCluster
{
    /// <summary>Starts one, with a file system mounted, and measures on its client.</summary>
    public static void Run(ClusterShape shape, WorldOptions options, Func<SimulatedCluster, Task> measure)
    {
        var world = new World(options);
        var cluster = new SimulatedCluster(world, new Scenario { Name = "costs", Cluster = shape });
        world.Run(async () =>
        {
            await cluster.StartAsync();
            await cluster.OnClientAsync("costs", async () =>
            {
                await measure(cluster);
                return true;
            });
        });
    }

    public static void Succeed(Errno error) =>
        Invariant.Require(error == Errno.OK, $"an operation on a healthy cluster answers OK, not {error}");
}
