using System.Text.RegularExpressions;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Control;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Tests.Repository;

namespace Raid5Verify.Tests.Scenarios;

/// <summary>The description of the language is of the language that there is, and its examples hold.</summary>
public sealed partial class ScenarioFormatTests
{
    private const string Document = "specs/scenario-format.md";

    /// <summary>The examples by their first lines: a scenario's name, or the path of a file that others include.</summary>
    private static List<string> Blocks =>
        [.. YamlBlock().Matches(SourceTree.Read(Document)).Select(match => match.Groups["text"].Value)];

    public static TheoryData<string> Scenarios => [.. Blocks.Where(block => block.StartsWith("name: ", StringComparison.Ordinal))];

    public static TheoryData<string> Refused => [.. Blocks.Where(block => block.StartsWith("# refused: ", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Every_scenario_in_it_holds(string text)
    {
        ScenarioReading reading = Read(text);
        Assert.True(reading.Problem is null, $"{reading.Problem}");
        RunResult result = ScenarioRunner.Run(reading.Scenario!);
        Assert.True(result.Outcome == RunOutcome.Held, $"{(object?)result.Violation ?? result.Failure}");
    }

    /// <summary>The first line says what the reader says, behind <c># refused: </c>.</summary>
    [Theory]
    [MemberData(nameof(Refused))]
    public void Every_mistake_in_it_is_refused_as_it_says(string text) =>
        Assert.Equal(text.Split('\n')[0], $"# refused: {Read(text).Problem}");

    [Fact]
    public void Every_example_is_one_of_these() => Assert.All(
        Blocks, block => Assert.True(
            block.StartsWith("name: ", StringComparison.Ordinal)
            || block.StartsWith("# refused: ", StringComparison.Ordinal)
            || IncludedFile().IsMatch(block),
            $"neither a scenario, nor a mistake, nor a file to include:\n{block}"));

    [Fact]
    public void The_defaults_are_those_that_it_says() => Assert.Equal(
        new Scenario { Name = "the defaults", Steps = [new Scrub()] },
        Read(Blocks.Find(block => block.StartsWith("name: the defaults\n", StringComparison.Ordinal))!).Scenario);

    [Fact]
    public void The_reference_is_that_of_the_records()
    {
        string[] parts = SourceTree.Read(Document).Split("<!-- raid5verify schema --reference -->\n");
        Assert.Equal(2, parts.Length);
        Assert.True(
            parts[1].TrimStart('\n') == ScenarioReference.Write(), $"the end of {Document} is not what 'raid5verify schema --reference' prints");
    }

    /// <summary>What the records cannot tell: what is written by hand must name it.</summary>
    [Fact]
    public void Every_condition_and_every_promise_is_named()
    {
        string text = SourceTree.Read(Document).Split("<!-- raid5verify")[0];
        IEnumerable<string> words = Enum.GetValues<ServerState>().Select(state => KebabCase.Of(state.ToString()))
            .Concat(Enum.GetValues<ClientState>().Select(state => KebabCase.Of(state.ToString())))
            .Concat(Promise.All.Select(promise => promise.Name));
        Assert.All(words, word => Assert.Contains($"`{word}`", text, StringComparison.Ordinal));
    }

    private static ScenarioReading Read(string text) => ScenarioYaml.Read(text, "example.yaml", path =>
        Blocks.Find(block => block.StartsWith($"# {path}\n", StringComparison.Ordinal)) ?? throw new FileNotFoundException(path));

    [GeneratedRegex(@"^```yaml\n(?<text>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"^# [\w/-]+\.yaml\n")]
    private static partial Regex IncludedFile();
}
