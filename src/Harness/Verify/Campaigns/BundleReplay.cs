using System.Text.Json;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Campaigns;

/// <summary>
/// A run of a failure bundle, to be seen again and compared with the recorded one, event by event. What cannot be seen again is
/// refused, with the reason.
/// </summary>
public sealed class BundleReplay
{
    private readonly string? _traceFile;
    private readonly string _hash;

    private BundleReplay(string folder, Scenario scenario, string hash, string? traceFile, bool isMinimal, IReadOnlyList<string> reservations)
    {
        Folder = folder;
        Scenario = scenario;
        IsMinimal = isMinimal;
        Reservations = reservations;
        _hash = hash;
        _traceFile = traceFile;
    }

    public string Folder { get; }

    public Scenario Scenario { get; }

    /// <summary>Whether it is the minimal run; else the original.</summary>
    public bool IsMinimal { get; }

    /// <summary>
    /// Reasons why it may not be the same run, a line each: what would have been refused if it had not been asked for anyway, and that
    /// the program was built otherwise.
    /// </summary>
    public IReadOnlyList<string> Reservations { get; }

    /// <summary>Opens a bundle.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="original">The original run, and not the minimal one, which is taken if there is one.</param>
    /// <param name="anyway">Even if it may not be the same run: made by another version, or changed since.</param>
    /// <param name="replay">Null if it is refused.</param>
    /// <param name="refusal">The reason, in one line; null if there is none.</param>
    public static bool TryOpen(string folder, bool original, bool anyway, out BundleReplay? replay, out string? refusal)
    {
        replay = null;
        try
        {
            (replay, refusal) = Open(folder, original, anyway);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            refusal = $"{folder} cannot be read: {refused.Message}";
        }
        catch (JsonException malformed)
        {
            refusal = $"{Path.Combine(folder, FailureBundle.AboutFile)} is damaged: {malformed.Message}";
        }

        return replay is not null;
    }

    /// <summary>Runs it, and compares.</summary>
    /// <param name="watchdog">Notices a step that never ends; null for none.</param>
    /// <param name="difference">Where it parts with the recorded run, in a line or more; null if it is the same run.</param>
    /// <exception cref="IOException">The recorded trace cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The recorded trace may not be read.</exception>
    public RunResult Run(Watchdog? watchdog, out string? difference)
    {
        if (_traceFile is null)
        {
            RunResult alone = ScenarioRunner.Run(Scenario, new RunOptions { Watchdog = watchdog });
            difference = $"{alone.Hash:x16}" == _hash ? null : $"the runs part: the recorded one has hash {_hash}, this one {alone.Hash:x16}";
            return alone;
        }

        using FileStream recorded = File.OpenRead(_traceFile);
        using var comparison = new TraceFileComparison(recorded);
        RunResult result = ScenarioRunner.Run(Scenario, new RunOptions { TraceSink = comparison, Watchdog = watchdog });
        comparison.End();
        difference = comparison.FirstDifference?.ToString();
        return result;
    }

    private static (BundleReplay? Replay, string? Refusal) Open(string folder, bool original, bool anyway)
    {
        string aboutFile = Path.Combine(folder, FailureBundle.AboutFile);
        if (!File.Exists(aboutFile))
        {
            return (null, $"{folder} is no failure bundle: there is no {FailureBundle.AboutFile} in it");
        }

        BundleAbout about = BundleAbout.Parse(File.ReadAllBytes(aboutFile));
        BundleRun run = original ? about.Original : about.Minimal ?? about.Original;
        string scenarioFile = Path.Combine(folder, run.Scenario.Name);
        string? traceFile = run.Trace is { } trace ? Path.Combine(folder, trace.Name) : null;
        List<string> doubts =
        [
            .. about.Program.RunsLike(BundleProgram.Current) ? []
                : new[] { $"{folder} was made by {about.Program}; this is {BundleProgram.Current}, under which it may run otherwise" },
            .. Doubts(scenarioFile, run.Scenario),
            .. traceFile is null ? [] : Doubts(traceFile, run.Trace!),
        ];
        if (doubts.Count > 0 && !anyway)
        {
            return (null, $"{doubts[0]} (--anyway runs it all the same)");
        }

        if (!File.Exists(scenarioFile))
        {
            return (null, $"{scenarioFile} is missing: there is nothing to run");
        }

        if (about.Program.Build != BundleProgram.Current.Build)
        {
            doubts.Add($"{folder} was made by another build of the program: of other sources, or in another configuration");
        }

        ScenarioReading reading = ScenarioYaml.ReadFile(scenarioFile);
        return reading.Scenario is { } scenario
            ? (new BundleReplay(folder, scenario, run.Hash, File.Exists(traceFile) ? traceFile : null, run == about.Minimal, doubts), null)
            : (null, reading.Problem!.ToString());
    }

    /// <summary>Whether a file is what was written.</summary>
    private static IEnumerable<string> Doubts(string path, BundleFile file)
    {
        if (!File.Exists(path))
        {
            yield return $"{path} is missing";
        }
        else if (BundleFile.SumOf(path) != file.Xxh3)
        {
            yield return $"{path} is not what was written: it was changed, or damaged";
        }
    }
}
