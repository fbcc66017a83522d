using Raid5Verify.Faults;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Tests.Shrinking;

/// <summary>Runs of the true system that fail: because their scenario demands what cannot be.</summary>
internal static class PlantedFailures
{
    /// <summary>
    /// Of a hundred operations and many faults one crash of a server is too many: it fails as long as there is a crash that is met.
    /// </summary>
    public static RunResult OfCrashInDrawnScenario()
    {
        return Enumerable.Range(1, 50)
            .Select(seed => ScenarioGenerator.ForSeed((ulong)seed, Profile.Default))
            .Where(scenario => scenario.Steps.Any(step => step is Crash))
            .Select(scenario => ScenarioRunner.Run(scenario with { Expect = [new Expectation.OfCounter("hit crash", Comparison.Exactly, 0)] }))
            .First(result => result.Outcome == RunOutcome.Broken);
    }

    /// <summary>Two tasks create one name. It fails where the second is the first to come: never if the oldest step always runs first.</summary>
    public static RunResult OfOrder()
    {
        Scenario scenario = Read("""
            - concurrent: [{ create: /a, task: one, expect: OK }, { create: /a, task: two, expect: EEXIST }]
            """);
        return Enumerable.Range(1, 50)
            .Select(seed => ScenarioRunner.Run(scenario with { Seed = (ulong)seed }))
            .First(result => result.Outcome == RunOutcome.Broken);
    }

    /// <summary>On a small cluster, where runs are short.</summary>
    /// <param name="steps">A YAML list.</param>
    /// <param name="setup">Another, of what is done before; null for nothing.</param>
    public static Scenario Read(string steps, string? setup = null)
    {
        ScenarioReading reading = ScenarioYaml.Read(
            $"name: planted\ncluster: {{ servers: 3, block: 512B, chunk: 1, rows: 16, cache: 24 }}\n{List("setup", setup)}{List("steps", steps)}", "planted");
        Assert.True(reading.Problem is null, $"{reading.Problem}");
        return reading.Scenario!;
    }

    private static string List(string name, string? items) =>
        items is null ? string.Empty : $"{name}:\n{string.Concat(items.Split('\n').Select(line => $"  {line}\n"))}";
}
