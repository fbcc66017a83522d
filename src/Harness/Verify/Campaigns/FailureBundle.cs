using System.Globalization;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Shrinking;
using Raid5Verify.Simulation;
using Raid5Verify.Stories;

namespace Raid5Verify.Campaigns;

/*
 * What is kept of a failure, in a folder of its own:
 *
 *     about.txt             for a person: what failed, under which versions, what to type
 *     bundle.json           the same for programs, with a checksum of each file that a replay needs
 *     scenario.yaml         the scenario that failed: it replays without the generator
 *     trace.jsonl           every event of that run
 *     minimal.yaml          the smallest scenario that was found to break the same promise
 *     minimal.trace.jsonl   every event of that run
 *     story.txt             that run told: who did what when
 *     necessity.txt         what that run needs to fail, each shown by a run without it
 *
 * It is written in two goes: at once when a seed fails, without what takes long; the last four files when it is shrunk.
 */

/// <summary>The folder that is kept of a failure.</summary>
public static class FailureBundle
{
    internal const string AboutFile = "bundle.json";
    internal const string MinimalFile = "minimal.yaml";

    /// <summary>Events beyond which a run is not written down: an endless one would fill the disk.</summary>
    private const long MostTraced = 5_000_000;

    private const string ScenarioFile = "scenario.yaml";
    private const string TraceFile = "trace.jsonl";
    private const string MinimalTraceFile = "minimal.trace.jsonl";
    private const string StoryFile = "story.txt";
    private const string NecessityFile = "necessity.txt";

    /// <summary>Runs the scenario once more, traced, and writes its bundle, not yet shrunk.</summary>
    /// <param name="folder">Where bundles go; made if it is not there.</param>
    /// <param name="result">The failed run.</param>
    /// <param name="replayCommand">What to type to see it again.</param>
    /// <param name="profile">What its scenario was drawn from; null if it was not.</param>
    /// <returns>The bundle's folder, named after the scenario; an older bundle of that name is replaced.</returns>
    /// <exception cref="ArgumentException">The run held.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static string Write(string folder, RunResult result, string replayCommand, Profile? profile = null)
    {
        FailureIdentity failure = FailureIdentity.Of(result) ?? throw new ArgumentException("it held", nameof(result));
        string bundle = Path.Combine(folder, FolderName(result.Scenario));
        Directory.CreateDirectory(bundle);
        foreach (string older in new[] { AboutFile, TraceFile, MinimalFile, MinimalTraceFile, StoryFile, NecessityFile })
        {
            File.Delete(Path.Combine(bundle, older));
        }

        BundleRun original = WriteRun(bundle, ScenarioFile, TraceFile, result, out RunResult traced);
        WriteAbout(bundle, result, traced, new BundleAbout
        {
            Program = BundleProgram.Current,
            Failure = failure.ToString(),
            Promise = failure.Promise?.Number,
            Profile = profile?.Name,
            Replay = replayCommand,
            Original = original,
        });
        return bundle;
    }

    /// <summary>Adds the smallest scenario that was found to fail in the same way, its story, and what it needs.</summary>
    /// <param name="bundle">The bundle's folder.</param>
    /// <param name="original">The failed run that it is of.</param>
    /// <param name="minimal">The smallest scenario and its run.</param>
    /// <exception cref="IOException">It cannot be written, or the bundle's own files cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written, or read.</exception>
    /// <exception cref="System.Text.Json.JsonException">The bundle is damaged.</exception>
    public static void AddMinimal(string bundle, RunResult original, MinimalFailure minimal)
    {
        BundleAbout about = BundleAbout.Parse(File.ReadAllBytes(Path.Combine(bundle, AboutFile)));
        File.WriteAllText(Path.Combine(bundle, StoryFile), RunStory.Tell(minimal.Result.Scenario));
        File.WriteAllText(Path.Combine(bundle, NecessityFile), minimal.Necessity.ToString());
        BundleRun run = WriteRun(bundle, MinimalFile, MinimalTraceFile, minimal.Result, out RunResult traced);
        WriteAbout(bundle, original, traced, about with
        {
            Minimal = run with { Search = new BundleSearch(minimal.Runs, Math.Round(minimal.Elapsed.TotalSeconds, 1), minimal.IsMinimal) },
        });
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
    internal static string ScenarioPath(string folder, Scenario scenario) =>
        Path.Combine(folder, FolderName(scenario), ScenarioFile);

    private static BundleRun WriteRun(string bundle, string scenarioFile, string traceFile, RunResult result, out RunResult traced)
    {
        Scenario scenario = result.Scenario;
        File.WriteAllText(Path.Combine(bundle, scenarioFile), ScenarioYaml.Write(scenario));
        bool isTraced = result.Events <= MostTraced;
        traced = isTraced ? Trace(scenario, Path.Combine(bundle, traceFile)) : result;
        return new BundleRun
        {
            Scenario = BundleFile.Of(bundle, scenarioFile),
            Trace = isTraced ? BundleFile.Of(bundle, traceFile) : null,
            ScenarioSteps = scenario.Steps.Count,
            Strategy = KebabCase.Of(scenario.Options.Strategy.ToString()),
            Seed = scenario.Seed.ToString(CultureInfo.InvariantCulture),
            Hash = $"{traced.Hash:x16}",
            Events = traced.Events,
            VirtualSeconds = traced.VirtualTime.TotalSeconds,
        };
    }

    /// <summary>A scenario's name as that of a file or folder.</summary>
    internal static string FolderName(Scenario scenario)
    {
        char[] name = [.. scenario.Name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')];
        string words = string.Join('-', new string(name).Split('-', StringSplitOptions.RemoveEmptyEntries));
        return words.Length > 0 ? words : "scenario";
    }

    private static void WriteAbout(string bundle, RunResult result, RunResult traced, BundleAbout about)
    {
        File.WriteAllText(Path.Combine(bundle, "about.txt"), Describe(bundle, result, traced, about));
        File.WriteAllBytes(Path.Combine(bundle, AboutFile), about.ToJson());
    }

    private static string Describe(string bundle, RunResult result, RunResult traced, BundleAbout about)
    {
        bool isSame = about.Minimal is not null || traced.Hash == result.Hash;
        string agreement = isSame
            ? "The traced run is the same run."
            : $"THE TRACED RUN DIFFERS: its hash is {traced.Hash:x16}. The run is not deterministic.";
        string minimal = about.Minimal is { } smaller
            ? string.Create(CultureInfo.InvariantCulture, $"""
                minimal:      {smaller.ScenarioSteps} of {about.Original.ScenarioSteps} steps, {(smaller.Search!.IsMinimal ? "of which none can be taken away" : "and time was up")}; {smaller.Search.Runs} runs in {smaller.Search.Seconds} s

                story.txt tells its run, necessity.txt says what it needs to fail.
                """)
            : $"minimal:      not looked for; {ReplayCommand.ToShrink(bundle)}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {result.Scenario.Name}

            {(object?)result.Violation ?? result.Failure}

            replay:       {ReplayCommand.For(bundle)}
            without this: {about.Replay}
            seed:         {result.Scenario.Seed}
            strategy:     {result.Scenario.Options.Strategy}
            trace hash:   {result.Hash:x16}
            events:       {result.Events}
            virtual time: {result.VirtualTime.TotalMilliseconds} ms
            {about.Program.Describe()}
            {minimal}

            {agreement}

            """);
    }
}
