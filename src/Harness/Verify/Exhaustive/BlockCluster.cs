using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Cluster;
using Raid5Verify.Faults;
using Raid5Verify.Simulation;

namespace Raid5Verify.Exhaustive;

/*
 * The smallest array on which everything can happen: N members of N rows of one-block chunks, so that each member holds
 * the parity of one row; no file system; times that are the same in every run, a little longer to each next member.
 */

/// <summary>An array of block servers and its client, in a simulated world of their own.</summary>
internal sealed class BlockCluster
{
    public const int BlockSize = 512;

    private readonly BlockDisks _disks;
    private readonly MemberStore?[] _stores;

    public BlockCluster(World world, BlockDisks disks)
    {
        World = world;
        _disks = disks;
        _stores = new MemberStore?[disks.Blank.Count];
        Servers = [.. Enumerable.Range(0, disks.Blank.Count).Select(server => world.AddHost(HostName.Of(server)))];
        Client = world.AddHost(HostName.Client);
        Rival = world.AddHost("rival");
        for (int server = 0; server < Servers.Count; server++)
        {
            foreach (Host client in (Host[])[Client, Rival])
            {
                var latency = Latency.Constant(TimeSpan.FromMicroseconds(100 + (60 * server)));
                world.Network.SetLatency(client, Servers[server], latency);
                world.Network.SetLatency(Servers[server], client, latency);
            }
        }
    }

    public static WorldOptions WorldOptions { get; } = new()
    {
        Strategy = StrategyKind.Fifo,
        Window = TimeSpan.Zero,
        NetworkLatency = Latency.Constant(TimeSpan.FromMicroseconds(100)),
        DiskLatency = Latency.Constant(TimeSpan.FromMicroseconds(20)),
        MaxVirtualTime = TimeSpan.FromMinutes(1),
    };

    /// <summary>Short times, so that little happens in vain.</summary>
    public static ArrayOptions ArrayOptions { get; } = new()
    {
        AttemptTimeout = TimeSpan.FromMilliseconds(10),
        RetryBudget = TimeSpan.FromMilliseconds(20),
        RetryDelay = TimeSpan.FromMilliseconds(2),
        MaxRetryDelay = TimeSpan.FromMilliseconds(5),
        ProbeDelay = TimeSpan.FromMilliseconds(2),
        MaxProbeDelay = TimeSpan.FromMilliseconds(8),
        CommitDelay = TimeSpan.FromMilliseconds(1),
        Lease = TimeSpan.FromMilliseconds(100),
        BackgroundRows = 2,
    };

    public World World { get; }

    /// <summary>In the order of their places.</summary>
    public IReadOnlyList<Host> Servers { get; }

    public Host Client { get; }

    /// <summary>A second client.</summary>
    public Host Rival { get; }

    /// <summary>What the client opened last.</summary>
    public Raid5Array Array { get; private set; } = null!;

    /// <summary>
    /// Asked when a member cannot be served as its disk is: whether a blank one takes its place; if not, it is started once more.
    /// </summary>
    public Func<int, StoreFault, bool> MayReplace { get; set; } = static (_, _) => true;

    public int Rows => Servers.Count;

    public int Blocks => Rows * DataUnits;

    public int DataUnits => Servers.Count - 1;

    public bool IsInSync => Servers.All(static server => server.IsUp)
        && Array.Status.Members.All(static member => member.State == MemberState.InSync);

    /// <summary>
    /// No member is away, and no row is stale on any: what is left to do waits for the user's next commit.
    /// </summary>
    public bool IsSettled => Servers.All(static server => server.IsUp)
        && Array.Status.Members.All(static member =>
            member.State == MemberState.InSync || (member.State == MemberState.Refilling && member.StaleRows == 0));

    /// <summary>Starts the servers, each with its first disk, and the client's host.</summary>
    public void Start()
    {
        for (int server = 0; server < Servers.Count; server++)
        {
            int place = server;
            Servers[server].Disk.Load(_disks.First[server]);
            Servers[server].Start(life => ServeAsync(life, place));
        }

        Client.Start(static _ => Task.CompletedTask);
        Rival.Start(static _ => Task.CompletedTask);
    }

    /// <summary>The client, in its present life, takes the array over. To be called on its host.</summary>
    public async Task<Errno> OpenAsync()
    {
        Result<Raid5Array> opened = await OpenAsync(Client);
        Array = opened.IsOk ? opened.Value : Array;
        return opened.Error;
    }

    /// <summary>A host, in its present life, takes the array over. To be called on it.</summary>
    public async Task<Result<Raid5Array>> OpenAsync(Host host)
    {
        HostLife life = host.Life!;
        Result<Raid5Array> opened = await Raid5Array.OpenAsync(
            [.. Servers.Select(life.Connect)], ArrayOptions, life.Clock, life.Dice("array"));
        if (opened.IsOk)
        {
            // Nobody awaits the array's own work: its host reports what it throws.
            _ = life.Spawn("array", () => opened.Value.Background);
        }

        return opened;
    }

    /// <summary>Runs something on the client's host. It never ends, if the client dies before.</summary>
    public Task<T> OnClientAsync<T>(string name, Func<Task<T>> body) => OnAsync(Client, name, body);

    /// <summary>Runs something on a host. It never ends, if the host dies before.</summary>
    public static async Task<T> OnAsync<T>(Host host, string name, Func<Task<T>> body)
    {
        T? result = default;
        await host.Life!.Spawn(name, async () => result = await body());
        return result!;
    }

    /// <summary>The member's disk is a new, empty one. It is down.</summary>
    public void Replace(int server) => Servers[server].Disk.Load(_disks.Blank[server]);

    /// <summary>How the client sees a member.</summary>
    public MemberState StateOf(int server) => Array.Status.Members[server].State;

    /// <summary>The first block of the array in a row.</summary>
    public int FirstBlockOf(int row) => row * DataUnits;

    /// <summary>Where the newest content of a row lies in a member's slot file; null if it was never written.</summary>
    public long? OffsetOf(int server, int row)
    {
        foreach (long offset in _stores[server]?.OffsetsOf(new Row(row)) ?? [])
        {
            return offset;
        }

        return null;
    }

    /// <summary>Whether a row's newest content, as the devices hold it, is whole.</summary>
    /// <returns>What is wrong with it: a block that cannot be read, or that they do not XOR to zero; null if nothing is.</returns>
    public string? FindDamage(int row) => RowSum.FindDamage(row, Servers.Count, BlockSize, (server, block) =>
    {
        if (OffsetOf(server, row) is { } offset)
        {
            return Slots(server).TryPeekDevice(offset, block);
        }

        block.Clear();
        return true;
    });

    /// <summary>The log that a member appends to.</summary>
    public SimFile Log(int server) => Servers[server].Disk.Find(StoredFile.Log)!;

    /// <summary>The first log that a member has, which is another one while a checkpoint is written.</summary>
    public SimFile FirstLog(int server) => Servers[server].Disk.Files.First(
        static file => file.Key.StartsWith("log.", StringComparison.Ordinal)).Value;

    public SimFile Slots(int server) => Servers[server].Disk.Files["slots"];

    private async Task ServeAsync(HostLife life, int server)
    {
        // Who starts it has made room on its disk.
        Servers[server].Disk.Capacity = null;
        var disk = new SimulatedDisk(life.Disk);
        MemberStore? store = null;
        while (store is null)
        {
            ulong bootId = (ulong)life.Dice("boot").NextInt64(1, long.MaxValue);
            (store, StoreFault fault) = await MemberStore.OpenAsync(disk, bootId);
            if (store is null && !MayReplace(server, fault))
            {
                Supervise(Servers[server], life, Task.CompletedTask);
                return;
            }

            if (store is null)
            {
                // Whoever runs the servers puts a new disk in its place.
                Replace(server);
            }
        }

        _stores[server] = store;
        var service = new BlockServerService(store);
        life.Serve(binder => Raid5Fs.Protocol.BlockServer.BindService(binder, service));
        Supervise(Servers[server], life, store.Halted);
    }

    /// <summary>
    /// A daemon that can do no more is started again. One that the story crashes meanwhile comes back when the story says.
    /// </summary>
    private void Supervise(Host host, HostLife life, Task ended) => _ = World.Harness.Life!.Spawn("supervisor", async () =>
    {
        await ended;
        if (host.IsUp)
        {
            await Cluster.Supervisor.RestartAsync(host, life, World.Clock);
        }
    });
}
