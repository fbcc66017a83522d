using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Tests.Repository;

namespace Raid5Verify.Tests.Scenarios;

/// <summary>Every file under scenarios/ is a test: a new one needs no code.</summary>
public sealed class ScenarioFilesTests
{
    public static TheoryData<string> Files => [.. SourceTree.Files("scenarios", ".yaml")];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_story_holds(string file)
    {
        ScenarioReading reading = ScenarioYaml.Read(SourceTree.Read(file), file);
        Assert.True(reading.Problem is null, $"{reading.Problem}");

        RunResult result = ScenarioRunner.Run(reading.Scenario!);
        Assert.True(result.Outcome == RunOutcome.Held, $"{(object?)result.Violation ?? result.Failure}");
    }

    /// <summary>A story about a fault says by a counter that the fault was met.</summary>
    [Fact]
    public void Every_kind_of_fault_is_met_in_some_story()
    {
        string all = string.Join('\n', SourceTree.Files("scenarios", ".yaml").Select(SourceTree.Read));
        Assert.All(StepCatalogue.Faults, kind => Assert.Contains($"hit {kind}", all, StringComparison.Ordinal));
    }

    [Fact]
    public void The_description_of_the_language_names_every_step_field_and_counter()
    {
        string text = SourceTree.Read("scenarios/README.md");
        foreach (StepKind kind in StepCatalogue.All)
        {
            Assert.Matches($"`{kind.Tag}[:`]", text);
            Assert.All(
                RecordFields.Of(kind.Type).All.Where(field => !field.IsSubject),
                field => Assert.Contains($"`{field.Key}`", text, StringComparison.Ordinal));
        }

        Assert.All(
            Counter.All.Where(counter => !counter.Name.Contains(' ', StringComparison.Ordinal)),
            counter => Assert.Contains($"`{counter.Name}`", text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_example_in_the_description_holds()
    {
        string example = SourceTree.Read("scenarios/README.md").Split("```")[1]["yaml\n".Length..];
        RunResult result = ScenarioRunner.Run(ScenarioYaml.Read(example, "README.md").Scenario!);
        Assert.Equal(RunOutcome.Held, result.Outcome);
    }

    [Fact]
    public void There_are_stories_to_tell() => Assert.True(SourceTree.Files("scenarios", ".yaml").Count >= 10);
}
