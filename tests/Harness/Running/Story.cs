using Raid5Verify.Running;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Tests.Running;

/// <summary>A scenario told in a test, on an array of five.</summary>
internal static class Story
{
    /// <param name="steps">A YAML list.</param>
    /// <param name="mode">How far its faults may go.</param>
    public static RunResult Run(string steps, string mode = "safety")
    {
        string indented = string.Join('\n', steps.Split('\n').Select(line => $"  {line}"));
        return Tell($"options: {{ mode: {mode} }}\nsteps:\n{indented}\n");
    }

    /// <param name="scenario">All of it but its name.</param>
    public static RunResult Tell(string scenario)
    {
        ScenarioReading reading = ScenarioYaml.Read($"name: a story\n{scenario}", "story");
        Assert.True(reading.Problem is null, $"{reading.Problem}");
        return ScenarioRunner.Run(reading.Scenario!);
    }
}
