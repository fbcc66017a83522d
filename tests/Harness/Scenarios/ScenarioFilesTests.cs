using Raid5Verify.Running;
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

    [Fact]
    public void There_are_stories_to_tell() => Assert.True(SourceTree.Files("scenarios", ".yaml").Count >= 10);
}
