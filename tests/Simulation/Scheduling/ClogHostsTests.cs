using Raid5Verify.Simulation.Tests.Network;

namespace Raid5Verify.Simulation.Tests.Scheduling;

/// <summary>One host that serves after the other is clogged, and nothing is lost by it.</summary>
public sealed class ClogHostsTests
{
    private const int Servers = 3;

    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void Packets_wait_for_one_host_at_a_time_and_no_longer_than_the_longest_turn()
    {
        var log = Run(seed: 1);

        Assert.Equal(log.Trips.Count, log.Sent);
        Assert.All(log.Trips, trip => Assert.InRange(trip.Arrived - trip.Sent, Latency, Latency + Longest));
        var held = log.Trips.Where(trip => trip.Arrived - trip.Sent > Latency).ToList();
        Assert.Equal(Servers, held.Select(trip => trip.Server).Distinct().Count());
        Assert.All(
            held,
            trip => Assert.DoesNotContain(
                log.Trips, other => other.Server != trip.Server && other.Sent > trip.Sent && other.Sent < trip.Arrived - Latency && other.Arrived - other.Sent > Latency));
    }

    [Fact]
    public void Another_seed_clogs_in_another_order() =>
        Assert.NotEqual(Run(seed: 1).FirstHeld(Servers * 3), Run(seed: 2).FirstHeld(Servers * 3));

    [Fact]
    public void The_other_strategies_hold_nothing()
    {
        foreach (var strategy in Enum.GetValues<StrategyKind>().Where(kind => kind != StrategyKind.ClogHosts))
        {
            Assert.All(Run(seed: 1, strategy).Trips, trip => Assert.Equal(Latency, trip.Arrived - trip.Sent));
        }
    }

    /// <summary>One client asks all servers at once, again and again; another host serves nothing.</summary>
    private static TripLog Run(ulong seed, StrategyKind strategy = StrategyKind.ClogHosts)
    {
        var log = new TripLog();
        var world = new World(new WorldOptions
        {
            Seed = seed,
            Strategy = strategy,
            NetworkLatency = Simulation.Latency.Constant(Latency),
            Window = TimeSpan.Zero,
            LongestClog = Longest,
            Traffic = log,
        });
        log.World = world;
        world.Run(async () =>
        {
            var client = world.AddHost("client");
            client.Start(static _ => Task.CompletedTask);
            List<Host> servers = [];
            for (var i = 0; i < Servers; i++)
            {
                var server = world.AddHost($"server-{i}");
                server.Start(life =>
                {
                    life.Serve(binder => Counter.BindService(binder, new CounterService()));
                    return Task.CompletedTask;
                });
                servers.Add(server);
            }

            await Task.Delay(Latency, world.Clock);
            await client.Life!.Spawn("asking", async () =>
            {
                for (var i = 0; i < 40; i++)
                {
                    await Task.WhenAll(servers.Select(server =>
                        new Counter.CounterClient(client.Life!.Connect(server)).AddAsync(new AddRequest { Amount = 1 }).ResponseAsync));
                }
            });
        });
        return log;
    }

    /// <summary>When each packet was sent, and when it arrived.</summary>
    private sealed class TripLog : ITrafficObserver
    {
        private readonly Dictionary<Packet, TimeSpan> _underWay = [];

        public World? World { get; set; }

        public int Sent { get; private set; }

        public List<(string Server, TimeSpan Sent, TimeSpan Arrived)> Trips { get; } = [];

        public void At(Packet packet, PacketFate fate)
        {
            if (fate == PacketFate.Sent)
            {
                Sent++;
                _underWay.Add(packet, World!.Now);
            }
            else
            {
                Assert.Equal(PacketFate.Delivered, fate);
                var server = packet.To.Name == "client" ? packet.From : packet.To;
                Trips.Add((server.Name, _underWay[packet], World!.Now));
            }
        }

        public string FirstHeld(int count) => string.Join(
            ' ', Trips.Where(trip => trip.Arrived - trip.Sent > Latency).OrderBy(trip => trip.Sent).Take(count).Select(trip => trip.Server));
    }
}
