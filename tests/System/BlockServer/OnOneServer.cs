using Raid5Fs.BlockServer;
using Raid5Verify.Cluster;
using Raid5Verify.Simulation;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>A world with one host, and its disk as the harness sees it.</summary>
internal sealed class OnOneServer
{
    private OnOneServer(World world)
    {
        World = world;
        Host = world.AddHost("server");
    }

    public World World { get; }

    public Host Host { get; }

    /// <summary>The disk as the present life sees it.</summary>
    public IDisk Disk => new SimulatedDisk(Host.Life!.Disk);

    public static void Tell(Func<OnOneServer, Task> story, ulong seed = 1) => Tell(new WorldOptions { Seed = seed }, story);

    /// <summary>Tells a story in a world of its own, with the host up.</summary>
    public static void Tell(WorldOptions options, Func<OnOneServer, Task> story)
    {
        var world = new World(options);
        var told = new OnOneServer(world);
        world.Run(async () =>
        {
            told.Host.Start(static _ => Task.CompletedTask);
            await story(told);
        });
    }

    /// <summary>A file as it lies on the disk.</summary>
    public SimFile File(string name) => Host.Disk.Files[name];

    /// <summary>Runs something as a task of the host, until it has ended or the host is down.</summary>
    public async Task RunOnHostAsync(Func<Task> body)
    {
        Task running = Host.Life!.Spawn("client", body);
        while (!running.IsCompleted && Host.IsUp)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), World.Clock);
        }
    }

    public void Crash()
    {
        Host.Crash();
        Host.Restart();
    }
}
