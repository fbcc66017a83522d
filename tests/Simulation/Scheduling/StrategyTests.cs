namespace Raid5Verify.Simulation.Tests.Scheduling;

/// <summary>Each strategy finds bugs that another does not: the reason to rotate them.</summary>
public sealed class StrategyTests
{
    private const int Seeds = 200;

    [Fact]
    public void Fifo_never_finds_a_lost_update_that_the_others_find()
    {
        Assert.Equal(0, Share(StrategyKind.Fifo, LosesAnUpdate));
        Assert.InRange(Share(StrategyKind.Uniform, LosesAnUpdate), 0.02, 0.98);
        Assert.InRange(Share(StrategyKind.Pct, LosesAnUpdate), 0.02, 0.98);
    }

    [Fact]
    public void Only_priorities_starve_a_task_for_long()
    {
        Assert.Equal(0, Share(StrategyKind.Fifo, StarvesForFifteenSteps));
        Assert.Equal(0, Share(StrategyKind.Uniform, StarvesForFifteenSteps));
        Assert.InRange(Share(StrategyKind.Pct, StarvesForFifteenSteps), 0.1, 0.9);
    }

    [Fact]
    public void A_low_priority_never_keeps_time_from_moving_on()
    {
        var world = new World(new WorldOptions { Strategy = StrategyKind.Pct });
        var result = world.Run(() => Task.Delay(TimeSpan.FromHours(1), world.Clock));

        Assert.True(result.VirtualTime >= TimeSpan.FromHours(1));
    }

    [Fact]
    public void Only_a_delayed_host_is_starved_while_another_one_works()
    {
        Assert.Equal(0, ShareOfStarvedHosts(StrategyKind.Fifo));
        Assert.Equal(0, ShareOfStarvedHosts(StrategyKind.Uniform));
        Assert.InRange(ShareOfStarvedHosts(StrategyKind.DelayHost), 0.3, 0.9);
    }

    [Fact]
    public void A_delayed_host_never_keeps_time_from_moving_on()
    {
        var world = new World(new WorldOptions { Strategy = StrategyKind.DelayHost });
        var result = world.Run(() => Task.Delay(TimeSpan.FromHours(1), world.Clock));

        Assert.True(result.VirtualTime >= TimeSpan.FromHours(1));
    }

    private static double Share(StrategyKind strategy, Func<World, Func<Task<bool>>> experiment)
    {
        var hits = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var world = new World(new WorldOptions { Seed = seed, Strategy = strategy, PctHorizon = 50 });
            var hit = false;
            world.Run(async () => hit = await experiment(world)());
            hits += hit ? 1 : 0;
        }

        return (double)hits / Seeds;
    }

    /// <summary>Two tasks each take some steps, then read, await and write; one starts a little later.</summary>
    private static Func<Task<bool>> LosesAnUpdate(World world) => async () =>
    {
        var value = 0;
        await Task.WhenAll(
            world.Harness.Life!.Spawn("early", () => Increment(0)),
            world.Harness.Life!.Spawn("late", () => Increment(4)));
        return value == 1;

        async Task Increment(int stepsBefore)
        {
            for (var i = 0; i < stepsBefore; i++)
            {
                await Task.Yield();
            }

            var read = value;
            await Task.Yield();
            value = read + 1;
        }
    };

    /// <summary>
    /// In how many runs one of two hosts with equal tasks, three each, gets fifty steps before any of the other's gets its first.
    /// </summary>
    private static double ShareOfStarvedHosts(StrategyKind strategy)
    {
        var hits = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var world = new World(new WorldOptions { Seed = seed, Strategy = strategy });
            Host[] hosts = [world.AddHost("one"), world.AddHost("other")];
            int[] steps = [0, 0];
            var starved = false;
            world.Run(() =>
            {
                Array.ForEach(hosts, static host => host.Start(static _ => Task.CompletedTask));
                return Task.WhenAll(
                    from own in new[] { 0, 1 }
                    from task in new[] { "a", "b", "c" }
                    select hosts[own].Life!.Spawn(task, async () =>
                    {
                        for (var i = 0; i < 30; i++)
                        {
                            steps[own]++;
                            starved |= steps[own] == 50 && steps[1 - own] == 0;
                            await Task.Yield();
                        }
                    }));
            });
            hits += starved ? 1 : 0;
        }

        return (double)hits / Seeds;
    }

    /// <summary>Whether one of two equal tasks, with nine others beside, gets fifteen steps before the other gets its first.</summary>
    private static Func<Task<bool>> StarvesForFifteenSteps(World world) => async () =>
    {
        var firstSteps = 0;
        var starved = false;
        var victim = world.Harness.Life!.Spawn("victim", async () =>
        {
            await Task.Yield();
            starved = firstSteps >= 15;
        });
        await world.Harness.Life!.Spawn("runner", async () =>
        {
            for (; firstSteps < 15; firstSteps++)
            {
                await Task.Yield();
            }
        });
        await victim;
        return starved;
    };
}
