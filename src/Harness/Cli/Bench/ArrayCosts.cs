using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Fs.Raid;
using Raid5Verify.Cluster;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;
using static Raid5Verify.Cli.Bench.HealthyCluster;

namespace Raid5Verify.Cli.Bench;

/// <summary>
/// What operations of the array cost: calls, block transfers and bytes, counted in a simulated cluster of five servers, so
/// the same on every machine. Only the last is a time, and that is virtual.
/// </summary>
internal sealed class ArrayCosts
{
    private const int Servers = 5;
    private const int Chunk = 4;

    /// <summary>Each server's turn to hold parity comes four times.</summary>
    private const int Rows = 4 * Chunk * Servers;

    private const int Reads = 20_000;

    private readonly SimulatedCluster _cluster;
    private readonly SlotWrites _slotWrites;

    private ArrayCosts(SimulatedCluster cluster, SlotWrites slotWrites)
    {
        _cluster = cluster;
        _slotWrites = slotWrites;
    }

    private Raid5Array Array => _cluster.Array;

    public static IReadOnlyList<Figure> Measure()
    {
        List<Figure> figures = [];
        Latency steady = Latency.Constant(TimeSpan.FromMicroseconds(100));
        Run(new WorldOptions { NetworkLatency = steady, DiskLatency = steady }, costs => costs.CountAsync(figures));
        Run(new WorldOptions(), costs => costs.CompareTailsAsync(figures));
        return figures;
    }

    private static void Run(WorldOptions options, Func<ArrayCosts, Task> measure)
    {
        var slotWrites = new SlotWrites();
        Run(options with { CrashPoints = slotWrites }, slotWrites, measure);
    }

    private static void Run(WorldOptions options, SlotWrites slotWrites, Func<ArrayCosts, Task> measure) => HealthyCluster.Run(
        new ClusterShape { Servers = Servers, Chunk = Chunk, Rows = Rows },
        options,
        async cluster =>
        {
            Succeed(await cluster.Session.UnmountAsync());
            await measure(new ArrayCosts(cluster, slotWrites));
        });

    private async Task CountAsync(List<Figure> figures)
    {
        int stripe = Chunk * (Servers - 1);
        Cost full = await CostOfAsync(() => WriteAsync(0, 4 * stripe));
        figures.Add(new Figure("full_stripe_writes", full.BlocksWritten / (4.0 * stripe), "block transfers/block", Target.AtMost(Servers / (Servers - 1.0))));
        figures.Add(new Figure("full_stripe_reads", full.BlocksRead, "block transfers", Target.AtMost(0)));

        await WriteAsync(4 * stripe, (int)Array.BlockCount - (4 * stripe));
        Cost commit = await CostOfAsync(async () => Succeed(await Array.CommitAsync()));
        figures.Add(new Figure("commit_calls", commit.Requests, "calls", Target.AtMost(Servers)));

        Cost small = await CostOfAsync(() => WriteAsync(7, 1));
        figures.Add(new Figure("small_write", small.Blocks, "block transfers", Target.AtMost(4)));
        Cost again = await CostOfAsync(() => WriteAsync(7, 1));
        figures.Add(new Figure("small_write_again", again.Blocks, "block transfers, old block in the open epoch", Target.AtMost(3)));
        Succeed(await Array.CommitAsync());

        Cost read = await CostOfAsync(() => ReadAsync(11, 1));
        figures.Add(new Figure("read_calls", read.Requests, "calls/block", Target.AtMost(1)));

        CountersReply[] counters = await CountersAsync();
        double blocks = counters.Sum(server => server.BlocksWritten);
        figures.Add(new Figure("slot_writes", _slotWrites.Bytes / (blocks * Array.BlockSize), "blocks written to a server's disk/block sent to it", Target.AtMost(1)));
        figures.Add(new Figure("log_bytes", counters.Max(server => server.LogRecordBytes / (double)server.BlocksWritten), "bytes of log records/block written", Target.AtMost(64)));
        figures.Add(new Figure("load_max_min", await LoadAsync(), "most / fewest calls a server, sequential read", Target.AtMost(1.1)));

        _cluster.Servers[2].Crash();
        await ReadAsync(0, (int)Array.BlockCount);
        Cost lost = await CostOfAsync(async () =>
        {
            for (int block = 0; block < Array.BlockCount; block++)
            {
                await ReadAsync(block, 1);
            }
        });
        figures.Add(new Figure("degraded_read", lost.BlocksRead / (double)Array.BlockCount, "block transfers/block", Target.AtMost(2.0 * (Servers - 1) / Servers)));
    }

    private async Task CompareTailsAsync(List<Figure> figures)
    {
        await WriteAsync(0, (int)Array.BlockCount);
        Succeed(await Array.CommitAsync());
        TimeSpan healthy = await TailAsync();
        LinkRule slow = _cluster.World.Network.Add(
            new DelayRule { To = _cluster.Servers[1], BothWays = true, Min = TimeSpan.FromMilliseconds(10), Max = TimeSpan.FromMilliseconds(10) }, "slow");
        TimeSpan degraded = await TailAsync();
        _cluster.World.Network.Remove(slow);
        figures.Add(new Figure("slow_server_tail", degraded / healthy, "99th percentile of reads with one slow server / without", Target.AtMost(2)));
    }

    private async Task<CountersReply[]> CountersAsync()
    {
        var counters = new CountersReply[Servers];
        for (int server = 0; server < Servers; server++)
        {
            var client = new BlockServer.BlockServerClient(_cluster.Session.Life.Connect(_cluster.Servers[server]));
            counters[server] = await client.CountersAsync(new CountersRequest());
        }

        return counters;
    }

    private async Task<double> LoadAsync()
    {
        long[] before = [.. Array.Status.Members.Select(member => member.Traffic.BlocksRead)];
        await ReadAsync(0, (int)Array.BlockCount);
        long[] loads = [.. Array.Status.Members.Select((member, i) => member.Traffic.BlocksRead - before[i])];
        return loads.Max() / (double)loads.Min();
    }

    private async Task<TimeSpan> TailAsync()
    {
        var dice = new Dice(1, "tail");
        var times = new TimeSpan[Reads];
        for (int i = 0; i < Reads; i++)
        {
            TimeSpan began = _cluster.World.Now;
            await ReadAsync(dice.Next((int)Array.BlockCount), 1);
            times[i] = _cluster.World.Now - began;
        }

        System.Array.Sort(times);
        return times[Reads * 99 / 100];
    }

    private async Task<Cost> CostOfAsync(Func<Task> operation)
    {
        // What the array does by itself, such as telling members of a commit, is over by then.
        await Task.Delay(TimeSpan.FromMilliseconds(50), _cluster.Session.Life.Clock);
        Cost before = Cost.Of(Array.Status);
        await operation();
        return Cost.Of(Array.Status) - before;
    }

    private async Task WriteAsync(int first, int count) =>
        Succeed(await Array.WriteAsync(new BlockAddress(first), Content(count)));

    private async Task ReadAsync(int first, int count) =>
        Succeed(await Array.ReadAsync(new BlockAddress(first), new byte[count * Array.BlockSize]));

    private byte[] Content(int count)
    {
        byte[] content = new byte[count * Array.BlockSize];
        System.Array.Fill(content, (byte)0xA5);
        return content;
    }

    private readonly record struct Cost(long Requests, long BlocksRead, long BlocksWritten)
    {
        public long Blocks => BlocksRead + BlocksWritten;

        public static Cost Of(ArrayStatus status) => new(
            status.Members.Sum(member => member.Traffic.Requests),
            status.Members.Sum(member => member.Traffic.BlocksRead),
            status.Members.Sum(member => member.Traffic.BlocksWritten));

        public static Cost operator -(Cost left, Cost right) => new(
            left.Requests - right.Requests, left.BlocksRead - right.BlocksRead, left.BlocksWritten - right.BlocksWritten);
    }

    /// <summary>Counts what servers write to their files of blocks.</summary>
    private sealed class SlotWrites : ICrashPoints
    {
        public long Bytes { get; private set; }

        public void At(in CrashPoint point)
        {
            bool isSlotWrite = point is { Moment: CrashMoment.After, Kind: CrashPointKind.Write, What.Text: "slots" };
            Bytes += isSlotWrite ? point.Length : 0;
        }
    }
}
