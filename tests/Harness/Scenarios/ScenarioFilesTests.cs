using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Tests.Repository;

namespace Raid5Verify.Tests.Scenarios;

/// <summary>Every file under scenarios/ is a test, but what scenarios include: a new one needs no code.</summary>
public sealed class ScenarioFilesTests
{
    public static TheoryData<string> Files => [.. SourceTree.Scenarios];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_story_holds(string file)
    {
        ScenarioReading reading = ScenarioYaml.Read(SourceTree.Read(file), file, SourceTree.Read);
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
    public void What_is_there_to_be_included_is_included()
    {
        string all = string.Join('\n', SourceTree.Files("scenarios", ".yaml").Select(SourceTree.Read));
        Assert.All(
            SourceTree.Files("scenarios/shared"),
            file => Assert.Matches($@"include: (shared/)?{Path.GetFileName(file)}\b", all));
    }

    [Fact]
    public void There_are_stories_to_tell() => Assert.True(SourceTree.Files("scenarios", ".yaml").Count >= 10);
}
