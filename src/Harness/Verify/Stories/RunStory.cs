using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Stories;

/// <summary>A run told for a person: who did what when, in virtual time, and how it ended.</summary>
public static class RunStory
{
    /// <summary>Runs a scenario and tells it. The same scenario is told in the same words.</summary>
    /// <param name="scenario">A possible one.</param>
    /// <param name="watchdog">Notices a step that never ends; null for none.</param>
    /// <returns>Lines, each with a line feed.</returns>
    public static string Tell(Scenario scenario, Watchdog? watchdog = null)
    {
        var recorder = new StoryRecorder();
        var options = new RunOptions { TraceSink = recorder, OnEvent = recorder.Hear, Watchdog = watchdog };
        RunResult result = ScenarioRunner.Run(scenario, options, new Variation { Aftermath = recorder.AskAsync });
        recorder.End(result);
        List<string> lines = [.. Opening(scenario), string.Empty, .. recorder.Lines, string.Empty, .. Ending(result)];
        List<string> scene = [.. recorder.SceneLines.Select(static line => $"  {line}")];
        if (scene.Count > 0)
        {
            lines.AddRange([string.Empty, "What there is then:", .. scene]);
        }

        return string.Concat(lines.Select(static line => $"{line.TrimEnd()}\n"));
    }

    private static IEnumerable<string> Opening(Scenario scenario)
    {
        ClusterShape shape = scenario.Cluster;
        ScenarioOptions options = scenario.Options;
        yield return scenario.Name;
        if (scenario.About.Length > 0)
        {
            yield return scenario.About.TrimEnd();
        }

        yield return $"{shape.Servers} servers with {shape.Rows} blocks of {shape.Block} each, in chunks of {shape.Chunk}; a cache of {shape.Cache} blocks";
        yield return $"{options.Mode} mode, {options.Network}, {options.Strategy}, seed {scenario.Seed}".ToLowerInvariant();
    }

    private static IEnumerable<string> Ending(RunResult result)
    {
        if (result.Violation is { } violation)
        {
            yield return $"BROKEN: {violation.Promise}";
            yield return $"  while      {violation.Operation}";
            yield return $"  expected   {violation.Expected}";
            yield return $"  actual     {violation.Actual}";
        }
        else if (result.Failure is { } failure)
        {
            yield return $"THE HARNESS FAILED: {failure}";
        }
        else
        {
            yield return "Every promise held.";
        }
    }
}
