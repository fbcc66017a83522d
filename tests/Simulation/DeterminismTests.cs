using System.Text;
using System.Text.Json;
using Raid5Verify.Simulation.Tests.CrashPoints;
using Raid5Verify.Simulation.Tests.Network;

namespace Raid5Verify.Simulation.Tests;

public sealed class DeterminismTests
{
    [Theory]
    [InlineData(StrategyKind.Uniform)]
    [InlineData(StrategyKind.Pct)]
    [InlineData(StrategyKind.Fifo)]
    [InlineData(StrategyKind.DelayHost)]
    [InlineData(StrategyKind.ClogHosts)]
    public void A_seed_gives_the_same_trace_again_and_another_seed_another(StrategyKind strategy)
    {
        var hashes = Enumerable.Range(1, 20)
            .Select(seed => (First: Busy((ulong)seed, strategy).Hash, Second: Busy((ulong)seed, strategy).Hash))
            .ToArray();

        Assert.All(hashes, pair => Assert.Equal(pair.First, pair.Second));
        Assert.Equal(20, hashes.Select(pair => pair.First).Distinct().Count());
    }

    [Fact]
    public void A_seed_gives_the_same_trace_again_with_every_fault_of_a_disk_and_each_is_in_it()
    {
        var seen = new HashSet<string>();
        var hashes = new HashSet<ulong>();
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var kinds = new KindsOf(seen);
            var hash = FaultyDisk(seed, kinds);
            Assert.Equal(hash, FaultyDisk(seed, null));
            hashes.Add(hash);
        }

        Assert.Equal(20, hashes.Count);
        string[] faults =
            ["disk.lose", "disk.misdirect", "disk.lie", "disk.lie_met", "disk.error", "disk.damage", "disk.crash", "host.point"];
        Assert.Subset(seen, faults.ToHashSet());
    }

    [Fact]
    public async Task Worlds_on_many_threads_do_not_touch_each_other()
    {
        var alone = Enumerable.Range(1, 16).Select(seed => Busy((ulong)seed, StrategyKind.Uniform).Hash).ToArray();
        var together = await Task.WhenAll(
            Enumerable.Range(1, 16).Select(seed => Task.Run(() => Busy((ulong)seed, StrategyKind.Uniform).Hash)));

        Assert.Equal(alone, together);
    }

    [Fact]
    public void A_program_with_dice_of_its_own_is_caught_and_the_first_difference_is_named()
    {
        var real = new Random();
        var fingerprint = new TraceFingerprint();
        Busy(1, StrategyKind.Uniform, fingerprint, () => real.Next());
        var comparison = new TraceComparison(fingerprint);
        Busy(1, StrategyKind.Uniform, comparison, () => real.Next());

        Assert.NotNull(comparison.FirstDifference);
        Assert.Equal(TraceKind.PacketSent, comparison.FirstDifference.Value.Kind);
        Assert.Contains("client>server", comparison.FirstDifference.Value.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_stops_short_of_the_first_is_a_difference_too()
    {
        var fingerprint = new TraceFingerprint();
        Busy(1, StrategyKind.Uniform, fingerprint);
        var comparison = new TraceComparison(fingerprint);
        new World(new WorldOptions { Seed = 1, TraceSink = comparison }).Run(() => Task.CompletedTask);

        Assert.True(comparison.EndedEarly || comparison.FirstDifference is not null);
    }

    [Fact]
    public void Writing_the_trace_does_not_change_the_run()
    {
        using var output = new MemoryStream();
        using var writer = new JsonLinesTrace(output);
        var written = Busy(1, StrategyKind.Uniform, writer);

        Assert.Equal(Busy(1, StrategyKind.Uniform).Hash, written.Hash);
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(written.Events, lines.Length);
        for (var seq = 0; seq < lines.Length; seq++)
        {
            using var line = JsonDocument.Parse(lines[seq]);
            Assert.Equal(seq, line.RootElement.GetProperty("seq").GetInt64());
            Assert.True(line.RootElement.GetProperty("cause").GetInt64() < seq);
        }
    }

    [Fact]
    public void A_delivery_names_the_sending_as_its_cause()
    {
        using var output = new MemoryStream();
        using var writer = new JsonLinesTrace(output);
        Busy(1, StrategyKind.Uniform, writer);
        var events = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonDocument.Parse(line).RootElement).ToArray();

        var deliveries = events.Where(static e => e.GetProperty("kind").GetString() == "net.deliver").ToArray();
        Assert.NotEmpty(deliveries);
        Assert.All(deliveries, delivery =>
        {
            var cause = events[(int)delivery.GetProperty("cause").GetInt64()];
            Assert.Equal("net.send", cause.GetProperty("kind").GetString());
            Assert.Equal(delivery.GetProperty("call").GetInt64(), cause.GetProperty("call").GetInt64());
        });
    }

    /// <summary>A disk on which everything goes wrong that can, and a crash at a point of its host.</summary>
    private static ulong FaultyDisk(ulong seed, ITraceSink? sink)
    {
        var points = new CrashPointLog { CrashIf = static point => point.Ordinal == 25 };
        var world = new World(new WorldOptions { Seed = seed, TraceSink = sink, CrashPoints = points });
        var host = world.AddHost("host");
        return world.Run(async () =>
        {
            host.Disk.TornSectorsUnreadable = 2;
            host.Start(async life =>
            {
                var (_, file) = await life.Disk.OpenAsync("data", OpenMode.New);
                await life.Disk.FlushFolderAsync();
                await file!.WriteAsync(0, new byte[8192]);
                host.Disk.FailReads(1);
                host.Disk.LoseWrites(1);
                host.Disk.MisdirectWrites(1);
                host.Disk.LieAtFlushes(10);
                for (byte i = 1; i < 10; i++)
                {
                    await file.WriteAsync(0, Enumerable.Repeat(i, 1024).ToArray());
                    await file.FlushAsync();
                    await file.ReadAsync(0, new byte[8192]);
                }
            });
            await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
            Assert.NotNull(points.Struck);
        }).Hash;
    }

    /// <summary>Four tasks that call, write to disk and wait, under a lossy network.</summary>
    private static WorldResult Busy(
        ulong seed, StrategyKind strategy, ITraceSink? sink = null, Func<int>? amount = null)
    {
        var cluster = new CounterCluster(new WorldOptions { Seed = seed, Strategy = strategy, TraceSink = sink });
        return cluster.Run(async client =>
        {
            cluster.World.Network.Add(new DelayRule { Min = TimeSpan.Zero, Max = TimeSpan.FromMilliseconds(1) }, "slow");
            var life = cluster.Client.Life!;
            await Task.WhenAll(Enumerable.Range(0, 4).Select(task => life.Spawn($"caller {task}", async () =>
            {
                var dice = life.Dice($"caller {task}");
                var (_, file) = await life.Disk.OpenAsync($"file {task}", OpenMode.Any);
                for (var i = 0; i < 5; i++)
                {
                    await client.AddAsync(new AddRequest { Amount = amount?.Invoke() ?? i });
                    await file!.WriteAsync(i * 10, new byte[10]);
                    await Task.Delay(dice.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(2)), life.Clock);
                }

                await file!.FlushAsync();
            })));
        });
    }

    private sealed class KindsOf(HashSet<string> seen) : ITraceSink
    {
        public void Record(in TraceEvent happened, ulong hash) => seen.Add(happened.Kind.Name);
    }
}
