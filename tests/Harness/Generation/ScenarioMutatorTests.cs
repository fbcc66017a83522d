using Raid5Verify.Faults;
using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Control;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Tests.Generation;

public sealed class ScenarioMutatorTests
{
    private static readonly Scenario Parent = ScenarioGenerator.ForSeed(3, Profile.Default.Alone);
    private static readonly Scenario Other = ScenarioGenerator.ForSeed(4, Profile.Default.Alone);

    /// <summary>Each mutant is the parent of the next one.</summary>
    private static readonly List<Scenario> Line = Descend(Profile.Default, 200);

    [Fact]
    public void Every_mutant_is_possible_and_reads_back_as_itself() => Assert.All(Line, mutant =>
    {
        ScenarioReading reading = ScenarioYaml.Read(ScenarioYaml.Write(mutant), "mutant");
        Assert.True(reading.Problem is null, $"{reading.Problem}");
        Assert.Equal(mutant, reading.Scenario);
    });

    [Fact]
    public void It_is_called_after_what_it_is()
    {
        Assert.All(Line, mutant => Assert.Matches("^mutant [0-9a-f]{16}$", mutant.Name));
        Assert.Equal(
            Line.DistinctBy(mutant => mutant.Name).Count(),
            Line.Select(mutant => ScenarioYaml.Write(mutant with { Name = "any" })).Distinct().Count());
    }

    [Fact]
    public void Steps_and_faults_come_and_go_but_never_too_many()
    {
        Assert.All(Line, mutant => Assert.InRange(mutant.Steps.Count, 0, Profile.Default.Operations * 2));
        var pairs = Line.Zip(Line.Skip(1)).ToList();
        Assert.Contains(pairs, pair => pair.Second.Steps.Count > pair.First.Steps.Count);
        Assert.Contains(pairs, pair => pair.Second.Steps.Count < pair.First.Steps.Count);
        Assert.Contains(pairs, pair => FaultsOf(pair.Second) > FaultsOf(pair.First));
        Assert.Contains(pairs, pair => FaultsOf(pair.Second) < FaultsOf(pair.First));
    }

    [Fact]
    public void Seed_strategy_network_and_servers_change_and_the_mode_does_not()
    {
        Assert.True(Line.Select(mutant => mutant.Seed).Distinct().Count() > 5);
        Assert.Equal(Enum.GetValues<StrategyKind>(), Line.Select(mutant => mutant.Options.Strategy).Distinct().Order());
        Assert.Equal(Enum.GetValues<NetworkModel>(), Line.Select(mutant => mutant.Options.Network).Distinct().Order());
        Assert.True(Line.Select(mutant => mutant.Cluster.Servers).Distinct().Count() > 2);
        Assert.All(Line, mutant => Assert.Equal(RunMode.Safety, mutant.Options.Mode));
    }

    [Fact]
    public void A_strategy_that_was_chosen_stays() => Assert.All(
        Descend(Profile.Quick, 50, StrategyKind.Fifo).Skip(20),
        mutant => Assert.True(mutant.Options.Strategy is StrategyKind.Fifo || mutant.Options.Strategy == Parent.Options.Strategy));

    [Fact]
    public void Only_the_faults_of_the_profile_are_added()
    {
        Scenario calm = Parent with { Steps = [.. Parent.Steps.Where(step => step is not Fault)] };
        var mutator = new ScenarioMutator(new Dice(1, "mutants"), Profile.Default.WithFaults("clog", "slow"));
        IEnumerable<Step> faults = Enumerable.Range(0, 50).SelectMany(_ => mutator.Mutate(calm, calm).Steps.Where(step => step is Fault));
        Assert.Equal([typeof(Clog), typeof(Slow)], faults.Select(fault => fault.GetType()).Distinct().OrderBy(type => type.Name));
    }

    [Fact]
    public void The_same_dice_draw_the_same_mutant() => Assert.Equal(
        new ScenarioMutator(new Dice(5, "mutant"), Profile.Default).Mutate(Parent, Other),
        new ScenarioMutator(new Dice(5, "mutant"), Profile.Default).Mutate(Parent, Other));

    [Fact]
    public void What_its_author_expected_of_a_scenario_is_not_expected_of_a_mutant()
    {
        Scenario written = ScenarioYaml.Read(
            "name: written\nsteps:\n- { create: /f, expect: OK }\n- check: heals exactly 0\nexpect:\n- heals exactly 0\n", "written").Scenario!;
        var mutator = new ScenarioMutator(new Dice(1, "mutants"), Profile.Quick);
        for (int i = 0; i < 50; i++)
        {
            Scenario mutant = mutator.Mutate(written, written);
            Assert.Empty(mutant.Expect);
            Assert.DoesNotContain(mutant.Steps, step => step is Check or FileOperation { Expect: not null });
        }
    }

    /// <summary>What an array that may be full answers to several changes at once cannot be judged.</summary>
    [Fact]
    public void A_directory_is_not_changed_while_it_is_read_where_the_array_may_be_full()
    {
        var small = new ClusterShape { Servers = 3, Block = new ByteSize(512), Chunk = 1, Rows = 64 };
        Step[] reading = [new Readdir { Path = "/", AtATime = 1, Meanwhile = [new Create { Path = "/g" }] }];
        Step[] filling = [new Create { Path = "/f" }, new Write { Path = "/f", Length = ByteSize.OfKiB(45) }];
        Scenario calm = new() { Name = "calm", Cluster = small, Steps = reading };
        Scenario crowded = calm with { Steps = [.. filling, .. reading] };

        Assert.Contains(Mutants(calm), IsChangedWhileRead);
        Assert.DoesNotContain(
            Mutants(crowded).Where(mutant => mutant.Steps is [Create { Path: "/f" }, Write { Path: "/f", Length.Bytes: > 40 << 10 and < 50 << 10 }, ..]), IsChangedWhileRead);
        Assert.DoesNotContain(Mutants(calm with { Options = new ScenarioOptions { Mode = RunMode.Beyond } }), IsChangedWhileRead);

        static List<Scenario> Mutants(Scenario scenario)
        {
            var mutator = new ScenarioMutator(new Dice(1, "mutants"), Profile.Quick.WithFaults("slow"));
            return [.. Enumerable.Range(0, 40).Select(_ => mutator.Mutate(scenario, scenario)).Where(mutant => mutant.Cluster == scenario.Cluster)];
        }

        static bool IsChangedWhileRead(Scenario mutant) => mutant.Steps.Any(step => step is Readdir { Meanwhile.Count: > 0 });
    }

    private static int FaultsOf(Scenario scenario) => scenario.Steps.Count(step => step is Fault);

    private static List<Scenario> Descend(Profile profile, int generations, StrategyKind? strategy = null)
    {
        List<Scenario> line = [];
        for (Scenario next = Parent; line.Count < generations;)
        {
            next = new ScenarioMutator(new Dice((ulong)line.Count, "mutant"), profile, strategy).Mutate(next, Other);
            line.Add(next);
        }

        return line;
    }
}
