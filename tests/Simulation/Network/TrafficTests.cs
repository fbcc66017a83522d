namespace Raid5Verify.Simulation.Tests.Network;

/// <summary>What becomes of packets can be watched, and nothing changes by it.</summary>
public sealed class TrafficTests
{
    [Fact]
    public void Each_fate_of_a_packet_is_told_once()
    {
        var fates = new FateLog();
        Run(fates);

        Assert.Equal(
            [
                "Request Sent", "Request Dropped",
                "Request Sent", "Request Flipped", "Request Delivered", "Reply Sent", "Reply Delivered",
                "Request Sent", "Request Held", "Request Delivered", "Reply Sent", "Reply Delivered",
            ],
            fates.All.Where(static fate => !fate.StartsWith("Cancel")));
    }

    [Fact]
    public void A_run_that_is_watched_is_the_run_that_is_not() =>
        Assert.Equal(Run(null).Hash, Run(new FateLog()).Hash);

    /// <summary>Three calls: the first is lost, the second is damaged, the third is held.</summary>
    private static WorldResult Run(ITrafficObserver? observer)
    {
        var cluster = new CounterCluster(new WorldOptions { Traffic = observer });
        var network = cluster.World.Network;
        return cluster.Run(async client =>
        {
            await CallAsync(client, new LossRule { Kind = PacketKind.Request });
            await CallAsync(client, new FlipRule { Kind = PacketKind.Request });
            await CallAsync(client, new ClogRule { Kind = PacketKind.Request });
        });

        async Task CallAsync(Counter.CounterClient client, LinkRule rule)
        {
            network.Add(rule, "rule");
            var call = client.AddAsync(new AddRequest { Amount = 1 }, deadline: cluster.Client.Life!.Clock.GetUtcNow().UtcDateTime.AddSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), cluster.Client.Life!.Clock);
            network.Remove(rule);
            try
            {
                await call;
            }
            catch (Grpc.Core.RpcException)
            {
                // Lost, or no such message: that is what was asked for.
            }
        }
    }

    private sealed class FateLog : ITrafficObserver
    {
        public List<string> All { get; } = [];

        public void At(Packet packet, PacketFate fate) => All.Add($"{packet.Kind} {fate}");
    }
}
