using Raid5Verify.Faults;
using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Control;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Tests.Generation;

public sealed class ScenarioShrinkerTests
{
    [Theory]
    [InlineData(3, "quick")]
    [InlineData(4, "deep")]
    [InlineData(5, "liveness")]
    public void Every_cut_is_a_possible_scenario_and_another_one(ulong seed, string profile)
    {
        Scenario scenario = ScenarioGenerator.ForSeed(seed, Profile.Find(profile)!);
        List<Scenario> cuts = [.. ScenarioShrinker.Shrink(scenario)];

        Assert.NotEmpty(cuts);
        Assert.DoesNotContain(scenario, cuts);
        Assert.All(
            cuts.Where((_, index) => index % Math.Max(1, cuts.Count / 50) == 0),
            cut => Assert.Equal(cut, ScenarioYaml.Read(ScenarioYaml.Write(cut), "cut").Scenario));
    }

    [Fact]
    public void What_does_not_matter_is_taken_away_until_only_the_cause_is_left()
    {
        // The "bug": a write of at least 1,000 bytes, any time before a rename.
        static bool Fails(Scenario candidate) => candidate.Steps
            .SkipWhile(step => step is not Write { Length.Bytes: >= 1000 })
            .Any(step => step is Rename);
        Scenario scenario = Enumerable.Range(1, 100)
            .Select(seed => ScenarioGenerator.ForSeed((ulong)seed, Profile.Default))
            .First(Fails);

        while (ScenarioShrinker.Shrink(scenario).FirstOrDefault(Fails) is { } smaller)
        {
            scenario = smaller;
        }

        Assert.Equal(3, scenario.Cluster.Servers);
        Assert.Collection(
            scenario.Steps,
            step => Assert.InRange(Assert.IsType<Write>(step).Length.Bytes, 1000, 2000),
            step => Assert.Equal(TimeSpan.Zero, Assert.IsType<Rename>(step).Think));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_chain_of_cuts_has_an_end(ulong seed)
    {
        Scenario scenario = ScenarioGenerator.ForSeed(seed, Profile.Quick);
        int cuts = 0;
        while (ScenarioShrinker.Shrink(scenario).LastOrDefault() is { } smaller)
        {
            Assert.True(++cuts < 10_000, $"no end: {smaller}");
            scenario = smaller;
        }

        Assert.True(cuts > 100);
    }

    [Fact]
    public void A_server_that_nothing_names_goes_and_those_behind_it_move_up()
    {
        Scenario scenario = Read("""
            - { crash: 1, for: 3ms }
            - { swap: 3, with: 0, for: 5ms }
            - { skew-clock: server 4, ahead: 1s, for: 5ms }
            - { bit-flip: server 4 row 2 }
            """);

        Scenario smaller = Assert.Single(ScenarioShrinker.Shrink(scenario), cut => cut.Cluster.Servers == 4);

        Assert.Equal(
            ["{crash: 1, for: 3ms}", "{swap: 2, with: 0, for: 5ms}", "{skew-clock: server 3, ahead: 1s, for: 5ms}", "{bit-flip: server 3 row 2}"],
            smaller.Steps.Select(step => step.ToString()));
    }

    [Fact]
    public void Files_move_up_take_shorter_names_and_become_one()
    {
        Scenario scenario = Read("""
            - mkdir: /dir
            - create: /dir/a-name-of-some-length
            - { concurrent: [{ write: /dir/b, length: 4KiB }, { read: /dir/a-name-of-some-length }] }
            - { bit-flip: /dir/b at 0 }
            """);
        Scenario[] cuts = [.. ScenarioShrinker.Shrink(scenario).Where(cut => cut.Steps.Count == 4)];

        Assert.Contains(cuts, cut => cut.Steps is [Mkdir { Path: "/dir" }, Create { Path: "/a-name-of-some-length" }, _, BitFlip { Block: BlockTarget.OfFile { Path: "/b" } }]);
        Assert.Contains(cuts, cut => cut.Steps is [_, Create { Path: "/dir/a" }, Concurrent { Steps: [Write { Path: "/dir/b" }, Read { Path: "/dir/a" }] }, _]);
        Assert.Contains(cuts, cut => cut.Steps is [_, Create { Path: "/dir/a-name-of-some-length" }, Concurrent { Steps: [Write { Path: "/dir/a-name-of-some-length" }, _] }, _]);
    }

    [Fact]
    public void The_schedule_the_network_and_the_cluster_become_simpler()
    {
        Scenario scenario = ScenarioGenerator.ForSeed(7, Profile.Quick);
        scenario = scenario with
        {
            Options = scenario.Options with { Strategy = StrategyKind.Pct, Network = NetworkModel.Wan },
            Cluster = new ClusterShape { Block = ByteSize.OfKiB(4), Chunk = 8, Rows = 64, Cache = 96 },

            // What was drawn for another cluster may be impossible in a smaller one.
            Steps = [.. scenario.Steps.Where(static step => step is not Fault)],
        };
        Scenario[] cuts = [.. ScenarioShrinker.Shrink(scenario)];

        Assert.Contains(cuts, cut => cut.Options.Strategy == StrategyKind.Fifo);
        Assert.Contains(cuts, cut => cut.Options.Network == NetworkModel.Lan);
        Assert.Contains(cuts, cut => cut.Seed == 1);
        Assert.Contains(cuts, cut => cut.Cluster is { Rows: 32, Chunk: 8 });
        Assert.Contains(cuts, cut => cut.Cluster.Chunk == 1);
        Assert.Contains(cuts, cut => cut.Cluster.Block == ByteSize.OfKiB(2));
        Assert.Contains(cuts, cut => cut.Cluster.Cache == 48);
        Assert.All(cuts, cut => Assert.Equal(scenario.Options.Mode, cut.Options.Mode));
    }

    private static Scenario Read(string steps)
    {
        string indented = string.Join('\n', steps.Split('\n').Select(line => $"  {line}"));
        ScenarioReading reading = ScenarioYaml.Read($"name: cuts\nsteps:\n{indented}\n", "cuts");
        Assert.True(reading.Problem is null, $"{reading.Problem}");
        return reading.Scenario!;
    }
}
