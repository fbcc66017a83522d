using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Tests.Generation;

public sealed class ScenarioShrinkerTests
{
    [Fact]
    public void Every_cut_is_a_possible_scenario_and_another_one()
    {
        Scenario scenario = ScenarioGenerator.ForSeed(3, Profile.Quick);
        List<Scenario> cuts = [.. ScenarioShrinker.Shrink(scenario)];

        Assert.NotEmpty(cuts);
        Assert.DoesNotContain(scenario, cuts);
        Assert.All(cuts, cut => Assert.Null(ScenarioYaml.Read(ScenarioYaml.Write(cut), "cut").Problem));
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
}
