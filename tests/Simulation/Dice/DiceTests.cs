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
    public void A_preferred_draw_is_the_highest_there_is_where_it_would_be_too_high()
    {
        var plain = Draws(null);
        var preferred = Draws(new DrawOverrides().Prefer("run/mine", 3, 99).Prefer("run/mine", 4, ulong.MaxValue));

        Assert.Equal(99, preferred[3]);
        Assert.Equal(999, preferred[4]);
        preferred[3] = plain[3];
        preferred[4] = plain[4];
        Assert.Equal(plain, preferred);
    }

    [Fact]
    public void A_preference_for_always_gives_way_to_one_for_a_single_draw()
    {
        var draws = Draws(new DrawOverrides().PreferAlways("run/mine", 7).Prefer("run/mine", 2, 5).Set("run/mine", 3, 4));
        Assert.Equal([7, 7, 5, 4], draws[..4]);
        Assert.All(draws[4..], draw => Assert.Equal(7, draw));
        Assert.Equal(Draws(null), Draws(new DrawOverrides().PreferAlways("run/other", 7)));
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
