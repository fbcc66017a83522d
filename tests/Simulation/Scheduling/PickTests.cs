namespace Raid5Verify.Simulation.Tests.Scheduling;

/// <summary>What a strategy picked can be said to the uniform one, pick by pick.</summary>
public sealed class PickTests
{
    [Fact]
    public void A_run_under_priorities_is_the_uniform_one_with_the_same_picks()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var recorder = new PickRecorder();
            var order = Order(seed, StrategyKind.Pct, overrides: null, recorder);

            var draws = new DrawOverrides().PreferAlways(DrawOverrides.Schedule, 0);
            for (var ordinal = 0; ordinal < recorder.Picks.Count; ordinal++)
            {
                draws.Prefer(DrawOverrides.Schedule, ordinal, (ulong)recorder.Picks[ordinal]);
            }

            Assert.Equal(order, Order(seed, StrategyKind.Uniform, draws, sink: null));
        }
    }

    [Fact]
    public void The_uniform_strategy_that_prefers_the_oldest_always_is_first_in_first_out()
    {
        var oldest = new DrawOverrides().PreferAlways(DrawOverrides.Schedule, 0);
        Assert.Equal(Order(1, StrategyKind.Fifo, null, null), Order(1, StrategyKind.Uniform, oldest, null));
        Assert.NotEqual(Order(1, StrategyKind.Fifo, null, null), Order(1, StrategyKind.Uniform, null, null));
    }

    /// <summary>Tasks that write their name again and again, with a wait now and then.</summary>
    private static string Order(ulong seed, StrategyKind strategy, DrawOverrides? overrides, ITraceSink? sink)
    {
        var world = new World(new WorldOptions { Seed = seed, Strategy = strategy, Overrides = overrides, TraceSink = sink, PctHorizon = 50 });
        var order = "";
        world.Run(() => Task.WhenAll("abcde".Select(name => world.Harness.Life!.Spawn($"{name}", async () =>
        {
            for (var i = 0; i < 6; i++)
            {
                order += name;
                await (i % 3 == 2 ? Task.Delay(TimeSpan.FromMilliseconds(1), world.Clock) : YieldAsync());
            }
        }))));
        return order;

        static async Task YieldAsync() => await Task.Yield();
    }

    private sealed class PickRecorder : ITraceSink
    {
        public List<long> Picks { get; } = [];

        public void Record(in TraceEvent happened, ulong hash)
        {
            if (happened.Kind == TraceKind.Step && happened.B > 1)
            {
                Picks.Add(happened.A);
            }
        }
    }
}
