using FsCheck.Xunit;

namespace Raid5Verify.Simulation.Tests.Randomness;

public sealed class DiceTests
{
    [Fact]
    public void A_seed_means_the_same_draws_for_ever()
    {
        var dice = new Dice(42, "run");

        Assert.Equal([77, 60, 94, 47, 57, 66], Enumerable.Range(0, 6).Select(_ => dice.Next(100)));
        var fork = dice.Fork("net");
        Assert.Equal([8, 17, 46, 76, 15, 64], Enumerable.Range(0, 6).Select(_ => fork.Next(100)));
    }

    [Fact]
    public void A_fork_does_not_depend_on_how_often_its_parent_was_drawn()
    {
        var quiet = new Dice(1, "run");
        var busy = new Dice(1, "run");
        for (var i = 0; i < 1000; i++)
        {
            busy.Next();
        }

        Assert.Equal(quiet.Fork("disk").NextInt64(), busy.Fork("disk").NextInt64());
    }

    [Property]
    public bool A_draw_lies_below_its_bound(ulong seed, ulong bound) =>
        bound == 0 || new Dice(seed, "run").Below(bound) < bound;

    [Fact]
    public void All_outcomes_are_equally_likely()
    {
        var dice = new Dice(7, "run");
        var counts = new int[6];
        for (var i = 0; i < 60_000; i++)
        {
            counts[dice.Next(6)]++;
        }

        // Five standard deviations of a binomial with p = 1/6.
        Assert.All(counts, count => Assert.InRange(count, 10_000 - 457, 10_000 + 457));
    }

    [Fact]
    public void An_overridden_draw_leaves_all_others_as_they_were()
    {
        var plain = Draws(null);
        var pinned = Draws(new DrawOverrides().Set("run/mine", 3, 99));

        Assert.Equal(99, pinned[3]);
        pinned[3] = plain[3];
        Assert.Equal(plain, pinned);
    }

    [Fact]
    public void An_override_out_of_range_is_refused_by_name()
    {
        var failure = Assert.Throws<SimulationException>(() => Draws(new DrawOverrides().Set("run/mine", 3, 1000)));

        Assert.Contains("run/mine#3", failure.Message, StringComparison.Ordinal);
    }

    private static int[] Draws(DrawOverrides? overrides)
    {
        var world = new World(new WorldOptions { Overrides = overrides });
        var draws = new int[10];
        world.Run(() =>
        {
            var dice = world.Dice.Fork("mine");
            for (var i = 0; i < draws.Length; i++)
            {
                draws[i] = dice.Next(1000);
            }

            return Task.CompletedTask;
        });
        return draws;
    }
}
