using System.Diagnostics;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Arguments;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Cli.Scoring;
using Raid5Verify.Mutants;
using Raid5Verify.Running;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cli.Verbs;

/// <summary><c>mutants</c>, once its command line is read: looks for each, and reports.</summary>
/// <param name="terminal">Where to.</param>
/// <param name="root">The clone whose sources they are made of.</param>
internal sealed class MutantCampaign(Terminal terminal, string root)
{
    /// <summary>From a clone's root on.</summary>
    public const string DefaultCatalogue = "tests/Mutants";

    private const string Sources = "src/System/Core";
    private const string Project = "Raid5Fs.csproj";
    private const string SpecsBuild = "specs/bin/Release/net10.0";

    private readonly List<Mutant> _running = [];
    private readonly List<MutantTrial> _ended = [];

    /// <summary>The folder of mutants; null for this clone's.</summary>
    public required string? Catalogue { get; init; }

    /// <summary>Names; none for all.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    /// <summary>How many, and the text that chooses them; null for all.</summary>
    public required (int Count, string Text)? Sample { get; init; }

    public required bool IsCheckOnly { get; init; }

    public required IReadOnlyList<MutantSearch> Searches { get; init; }

    public required MutantLimits Limits { get; init; }

    public required int Jobs { get; init; }

    /// <summary>The folder for small scenarios; null for none.</summary>
    public required string? Keep { get; init; }

    /// <summary>The folder of scenarios that are run instead of a search; null for searches.</summary>
    public required string? Kept { get; init; }

    public required bool AsksSpecs { get; init; }

    public required bool IsJson { get; init; }

    public ExitCode Run()
    {
        if (!TryReadCatalogue(out var mutants, out var problems))
        {
            return terminal.RefuseFiles(problems);
        }

        if (IsCheckOnly)
        {
            return ExitCode.Held;
        }

        if (Only.FirstOrDefault(name => mutants.All(mutant => mutant.Name != name)) is { } unknown)
        {
            return terminal.Refuse($"--only: there is no mutant '{unknown}'{Scenarios.Suggestion.For(unknown, [.. mutants.Select(mutant => mutant.Name)])}");
        }

        if (!OutputFolder.TryPrepare(Keep, out var problem))
        {
            return terminal.Refuse($"--keep: {problem}");
        }

        mutants = Only.Count == 0 ? mutants : [.. mutants.Where(mutant => Only.Contains(mutant.Name))];
        mutants = Sample is { } sample ? MutantSample.Of(mutants, sample.Count, sample.Text) : mutants;
        var folder = Directory.CreateTempSubdirectory("raid5verify-mutants-");
        try
        {
            return Look(mutants, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private ExitCode Look(IReadOnlyList<Mutant> mutants, string folder)
    {
        var clock = Stopwatch.StartNew();
        MutantSpecs? specs = null;
        if (AsksSpecs && !MutantSpecs.TryCopy(Path.Combine(root, SpecsBuild), Path.Combine(folder, "specs"), out specs, out var problem))
        {
            return terminal.Refuse($"--specs: {problem}");
        }

        var sources = Path.Combine(root, Sources);
        if (CompilerArguments.Ask(DotnetProcess.Path, Path.Combine(sources, Project), out problem) is not { } arguments)
        {
            return terminal.Refuse(problem!);
        }

        using var watchdog = StuckSimulation.Watch(terminal);
        var line = new ProgressLine(terminal, IsJson);
        var total = mutants.Count * Searches.Count;
        var scoring = new MutantScoring
        {
            Compiler = new MutantCompiler(sources, arguments),
            Limits = Limits,
            Jobs = Jobs,
            Folder = folder,
            Specs = specs,
            Kept = Kept,
            Watchdog = watchdog,
            OnChange = (mutant, trial) => Follow(line, mutant, trial, total),
        };
        Say([MutantLines.Header]);
        IReadOnlyList<MutantTrial> trials;
        try
        {
            trials = scoring.Run([.. Searches.SelectMany(search => mutants.Select(mutant => (mutant, search)))], terminal.Interrupted);
            trials = [.. trials.Select(trial => KeepScenario(trial, watchdog))];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            terminal.Refuse($"stopped early: {refused.Message}");
            trials = _ended;
        }

        line.Clear();
        Report(trials, clock.Elapsed);
        if (trials.Count < total)
        {
            terminal.Refuse($"not all was done: {total - trials.Count} searches are left");
        }

        return trials.Any(trial => trial.Outcome == MutantOutcome.Unfit) ? ExitCode.HarnessFailed
            : trials.Any(trial => trial.Outcome == MutantOutcome.Survived) ? ExitCode.PromiseBroken
            : trials.Count < total ? ExitCode.BadInput
            : ExitCode.Held;
    }

    private bool TryReadCatalogue(out IReadOnlyList<Mutant> mutants, out IReadOnlyList<string> problems)
    {
        mutants = [];
        try
        {
            var catalogue = Mutants.Catalogue.Read(Catalogue ?? Path.Combine(root, DefaultCatalogue), Path.Combine(root, Sources));
            (mutants, problems) = (catalogue.Mutants, [.. catalogue.Problems, .. catalogue.Mutants.SelectMany(UnknownPromises)]);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            problems = [$"raid5verify: --catalogue: {refused.Message}"];
        }

        return problems.Count == 0;

        static IEnumerable<string> UnknownPromises(Mutant mutant)
        {
            string[] known = [.. Promise.All.Select(promise => promise.Name)];
            return mutant.Breaks.Except(known).Select(name =>
                Mutants.Catalogue.ProblemOf(mutant, $"there is no '{name}' to break{Scenarios.Suggestion.For(name, known)}"));
        }
    }

    private void Follow(ProgressLine line, Mutant mutant, MutantTrial? trial, int total)
    {
        if (trial is null)
        {
            _running.Add(mutant);
            line.Show(Progress(total));
        }
        else
        {
            _running.Remove(mutant);
            _ended.Add(trial);
            line.Clear();
            Say(MutantLines.Of(trial));
        }
    }

    private string Progress(int total) =>
        $"{_ended.Count} of {total}, {_ended.Count(one => one.Outcome == MutantOutcome.Killed)} killed; looking for {string.Join(", ", _running)}";

    /// <summary>Copies the small scenario, named after its mutant, if it holds on the product.</summary>
    private MutantTrial KeepScenario(MutantTrial trial, Watchdog watchdog)
    {
        if (Keep is null || trial.Bundle is null || trial.MinimalSteps is null
            || ScenarioYaml.ReadFile(Path.Combine(trial.Bundle, FailureBundle.MinimalFile)).Scenario is not { } minimal)
        {
            return trial;
        }

        var kept = minimal with
        {
            Name = trial.Mutant.Name.Replace('-', ' '),
            About = $"The smallest run in which the mutant of that name breaks {trial.CaughtBy}: {trial.Mutant.Models}",
        };
        if (ScenarioRunner.Run(kept, new RunOptions { Watchdog = watchdog }).Outcome != RunOutcome.Held)
        {
            terminal.Refuse($"{trial.Mutant.Name}: its small scenario fails on the product, too, and is not kept");
            return trial;
        }

        var path = Path.Combine(Keep, $"{trial.Mutant.Name}.yaml");
        File.WriteAllText(path, ScenarioYaml.Write(kept));
        return trial with { KeptScenario = path };
    }

    private void Report(IReadOnlyList<MutantTrial> trials, TimeSpan elapsed)
    {
        if (IsJson)
        {
            terminal.Out.WriteLine(MutantJson.Of(trials, elapsed));
            return;
        }

        Say(["", .. Searches.Count > 1 ? MutantLines.OfSearches(trials) : MutantLines.OfLayers(trials)]);
        Say(["", $"{trials.Count(trial => trial.Outcome == MutantOutcome.Killed)} of {trials.Count} killed in {elapsed.TotalMinutes:N1} min"]);
    }

    private void Say(IEnumerable<string> lines)
    {
        foreach (var text in IsJson ? [] : lines)
        {
            terminal.Out.WriteLine(text);
        }
    }
}
