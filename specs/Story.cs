using Raid5Verify.Running;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Specs;

/// <summary>A scenario told in a spec: its steps as YAML, on an array of five.</summary>
internal static class Story
{
    /// <param name="steps">A YAML list.</param>
    /// <param name="seed">Decides what the steps leave open.</param>
    public static RunResult Run(string steps, ulong seed = 1)
    {
        string indented = string.Join('\n', steps.Split('\n').Select(line => $"  {line}"));
        ScenarioReading reading = ScenarioYaml.Read($"name: a story\nseed: {seed}\nsteps:\n{indented}\n", "story");
        Assert.True(reading.Problem is null, $"{reading.Problem}");
        return ScenarioRunner.Run(reading.Scenario!);
    }
}
