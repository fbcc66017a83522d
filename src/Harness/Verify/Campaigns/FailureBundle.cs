using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Campaigns;

/// <summary>
/// What is kept of a failure: a folder with <c>scenario.yaml</c>, which replays it without the generator,
/// <c>trace.jsonl</c>, every event of the run, and <c>about.txt</c>, what failed and under which versions.
/// </summary>
public static class FailureBundle
{
    /// <summary>Runs the scenario once more, traced, and writes its bundle.</summary>
    /// <param name="folder">Where bundles go; made if it is not there.</param>
    /// <param name="result">The failed run.</param>
    /// <param name="replayCommand">What to type to see it again.</param>
    /// <returns>The bundle's folder, named after the scenario; an older bundle of that name is replaced.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static string Write(string folder, RunResult result, string replayCommand)
    {
        string bundle = Path.Combine(folder, FolderName(result.Scenario));
        Directory.CreateDirectory(bundle);
        File.WriteAllText(ScenarioFile(folder, result.Scenario), ScenarioYaml.Write(result.Scenario));
        RunResult traced = Trace(result.Scenario, Path.Combine(bundle, "trace.jsonl"));
        File.WriteAllText(Path.Combine(bundle, "about.txt"), Describe(result, traced, replayCommand));
        return bundle;
    }

    /// <summary>Runs a scenario and writes every event of it to a file, as JSON Lines.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="file">The file, which is replaced.</param>
    /// <param name="watchdog">Notices a step that never ends; null for none.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static RunResult Trace(Scenario scenario, string file, Watchdog? watchdog = null)
    {
        using var output = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16);
        using var trace = new JsonLinesTrace(output);
        return ScenarioRunner.Run(scenario, new RunOptions { TraceSink = trace, Watchdog = watchdog });
    }

    /// <summary>Where <see cref="Write"/> puts the scenario.</summary>
    /// <param name="folder">Where bundles go.</param>
    /// <param name="scenario">The scenario that failed.</param>
    internal static string ScenarioFile(string folder, Scenario scenario) => Path.Combine(folder, FolderName(scenario), "scenario.yaml");

    /// <summary>What a failure was seen with, in two lines.</summary>
    internal static string Versions
    {
        get
        {
            Assembly assembly = typeof(FailureBundle).Assembly;
            string version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
            return $"version:      {version}\nruntime:      {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}";
        }
    }

    /// <summary>A scenario's name as that of a file or folder.</summary>
    internal static string FolderName(Scenario scenario)
    {
        char[] name = [.. scenario.Name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')];
        string words = string.Join('-', new string(name).Split('-', StringSplitOptions.RemoveEmptyEntries));
        return words.Length > 0 ? words : "scenario";
    }

    private static string Describe(RunResult result, RunResult traced, string replayCommand)
    {
        string agreement = traced.Hash == result.Hash
            ? "The traced run is the same run."
            : $"THE TRACED RUN DIFFERS: its hash is {traced.Hash:x16}. The run is not deterministic.";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {result.Scenario.Name}

            {(object?)result.Violation ?? result.Failure}

            replay:       {replayCommand}
            seed:         {result.Scenario.Seed}
            strategy:     {result.Scenario.Options.Strategy}
            trace hash:   {result.Hash:x16}
            events:       {result.Events}
            virtual time: {result.VirtualTime.TotalMilliseconds} ms
            {Versions}

            {agreement}

            """);
    }
}
