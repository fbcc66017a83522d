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
    /// <summary>The scenario that failed.</summary>
    public const string ScenarioFile = "scenario.yaml";

    /// <summary>The smallest scenario that was found to break the same promise; not there before it is shrunk.</summary>
    public const string MinimalFile = "minimal.yaml";

    internal const string AboutFile = "bundle.json";

    /// <summary>Events beyond which a run is not written down: an endless one would fill the disk.</summary>
    private const long MostTraced = 5_000_000;

    private const string TraceFile = "trace.jsonl";
    private const string MinimalTraceFile = "minimal.trace.jsonl";
    private const string StoryFile = "story.txt";
    private const string NecessityFile = "necessity.txt";

    /// <summary>
    /// Runs the scenario once more, traced, and writes its bundle, not yet shrunk. If there is one already of this very run, by this
    /// program, that is kept, with all that was found out about it.
    /// </summary>
    /// <param name="folder">Where bundles go; made if it is not there.</param>
    /// <param name="result">The failed run.</param>
    /// <param name="replayCommand">What to type to see it again.</param>
    /// <param name="profile">What its scenario was drawn from; null if it was not.</param>
    /// <param name="watchdog">Notices a step that never ends; null for none.</param>
    /// <returns>The bundle's folder, named after the scenario; a bundle of that name of another run is replaced.</returns>
    /// <exception cref="ArgumentException">The run held.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static string Write(
        string folder, RunResult result, string replayCommand, Profile? profile = null, Watchdog? watchdog = null)
    {
        FailureIdentity failure = FailureIdentity.Of(result) ?? throw new ArgumentException("it held", nameof(result));
        string bundle = FolderOf(folder, result.Scenario);
        if (!IsWhole(bundle, result))
        {
            WriteAnew(bundle, result, failure, replayCommand, profile, watchdog);
        }

        return bundle;
    }

    /// <summary>
    /// Adds the smallest scenario that was found to fail in the same way, its story, and what it needs. What is there already is kept
    /// if it is smaller, or just as small and proven so.
    /// </summary>
    /// <param name="bundle">The bundle's folder. If it is of another program or run, the failed one first takes the place of all it holds.</param>
    /// <param name="original">The failed run that it is of.</param>
    /// <param name="minimal">The smallest scenario and its run.</param>
    /// <param name="watchdog">Notices a step that never ends; null for none.</param>
    /// <exception cref="ArgumentException">The run held.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void AddMinimal(string bundle, RunResult original, MinimalFailure minimal, Watchdog? watchdog = null)
    {
        FailureIdentity failure = FailureIdentity.Of(original) ?? throw new ArgumentException("it held", nameof(original));
        if (!IsWhole(bundle, original))
        {
            // What was typed once to see the run may mean another one now.
            WriteAnew(bundle, original, failure, ReplayCommand.For(Path.Combine(bundle, ScenarioFile)), profile: null, watchdog);
        }

        BundleAbout about = ReadAbout(bundle);
        if (about.Minimal is { } kept && IsAsGood(kept, minimal))
        {
            if (!kept.IsOf(minimal.Result) || !minimal.Necessity.IsComplete)
            {
                return;
            }
        }
        else
        {
            File.WriteAllText(Path.Combine(bundle, StoryFile), RunStory.Tell(minimal.Result.Scenario, watchdog));
            BundleRun run = WriteRun(bundle, MinimalFile, MinimalTraceFile, minimal.Result, watchdog);
            WriteAbout(bundle, original, about with
            {
                Minimal = run with { Search = new BundleSearch(minimal.Runs, Math.Round(minimal.Elapsed.TotalSeconds, 1), minimal.IsMinimal) },
            });
        }

        File.WriteAllText(Path.Combine(bundle, NecessityFile), minimal.Necessity.ToString());
    }

    /// <summary>The minimal scenario of a bundle.</summary>
    /// <param name="bundle">The bundle's folder.</param>
    /// <returns>Of whichever program; null if there is none, or it cannot be read.</returns>
    public static Scenario? FindMinimal(string bundle) =>
        BundleReplay.TryOpen(bundle, original: false, anyway: true, out BundleReplay? replay, out _) && replay!.IsMinimal
            ? replay.Scenario
            : null;

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

    /// <summary>Where <see cref="Write"/> puts the bundle.</summary>
    /// <param name="folder">Where bundles go.</param>
    /// <param name="scenario">The scenario that failed.</param>
    internal static string FolderOf(string folder, Scenario scenario) => Path.Combine(folder, FolderName(scenario));

    /// <summary>Where <see cref="Write"/> puts the scenario.</summary>
    /// <param name="folder">Where bundles go.</param>
    /// <param name="scenario">The scenario that failed.</param>
    internal static string ScenarioPath(string folder, Scenario scenario) => Path.Combine(FolderOf(folder, scenario), ScenarioFile);

    /// <summary>Whether there is a bundle of this very run, by this program, of which no file was changed or is missing.</summary>
    private static bool IsWhole(string bundle, RunResult result) =>
        BundleReplay.TryOpen(bundle, original: true, anyway: false, out _, out _)
        && BundleReplay.TryOpen(bundle, original: false, anyway: false, out _, out _)
        && ReadAbout(bundle) is var about
        && about.Program.IsBuiltLike(BundleProgram.Current)
        && about.Original.IsOf(result);

    /// <summary>Whether a minimal run that is kept is smaller than another, or just as small and not less surely minimal.</summary>
    private static bool IsAsGood(BundleRun kept, MinimalFailure other)
    {
        bool isProven = kept.Search!.IsMinimal;
        int more = kept.ScenarioSteps - other.Result.Scenario.StepCount;
        return more < 0 || (isProven && (more == 0 || !other.IsMinimal));
    }

    private static void WriteAnew(
        string bundle, RunResult result, FailureIdentity failure, string replayCommand, Profile? profile, Watchdog? watchdog)
    {
        Directory.CreateDirectory(bundle);
        foreach (string older in new[] { AboutFile, TraceFile, MinimalFile, MinimalTraceFile, StoryFile, NecessityFile })
        {
            File.Delete(Path.Combine(bundle, older));
        }

        WriteAbout(bundle, result, new BundleAbout
        {
            Program = BundleProgram.Current,
            Failure = failure.ToString(),
            Promise = failure.Promise?.Number,
            Profile = profile?.Name,
            Replay = replayCommand,
            Original = WriteRun(bundle, ScenarioFile, TraceFile, result, watchdog),
        });
    }

    private static BundleRun WriteRun(string bundle, string scenarioFile, string traceFile, RunResult result, Watchdog? watchdog)
    {
        Scenario scenario = result.Scenario;
        File.WriteAllText(Path.Combine(bundle, scenarioFile), ScenarioYaml.Write(scenario));
        bool isTraced = result.Events <= MostTraced;
        RunResult traced = isTraced ? Trace(scenario, Path.Combine(bundle, traceFile), watchdog) : result;
        return new BundleRun
        {
            Scenario = BundleFile.Of(bundle, scenarioFile),
            Trace = isTraced ? BundleFile.Of(bundle, traceFile) : null,
            ScenarioSteps = scenario.StepCount,
            Strategy = KebabCase.Of(scenario.Options.Strategy.ToString()),
            Seed = scenario.Seed.ToString(CultureInfo.InvariantCulture),
            Hash = $"{traced.Hash:x16}",
            UntracedHash = traced.Hash == result.Hash ? null : $"{result.Hash:x16}",
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

    private static BundleAbout ReadAbout(string bundle) => BundleAbout.Parse(File.ReadAllBytes(Path.Combine(bundle, AboutFile)));

    private static void WriteAbout(string bundle, RunResult result, BundleAbout about)
    {
        File.WriteAllText(Path.Combine(bundle, "about.txt"), Describe(bundle, result, about));
        File.WriteAllBytes(Path.Combine(bundle, AboutFile), about.ToJson());
    }

    private static string Describe(string bundle, RunResult result, BundleAbout about)
    {
        string agreement = Agreement("run", about.Original) + (about.Minimal is null ? string.Empty : $"\n{Agreement("minimal run", about.Minimal)}");
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

    private static string Agreement(string which, BundleRun run) => run.UntracedHash is { } untraced
        ? $"THE TRACED {which.ToUpperInvariant()} DIFFERS: its hash is {run.Hash}, not {untraced}. The run is not deterministic."
        : $"The traced {which} is the same run.";
}
