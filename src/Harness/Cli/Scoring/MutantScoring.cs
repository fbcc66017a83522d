using System.Collections.Concurrent;
using Raid5Verify.Campaigns;
using Raid5Verify.Mutants;
using Raid5Verify.Running;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cli.Scoring;

/*
 * As many mutants at a time as there are jobs, each compiled by this process and looked for by a child of it. A job has one copy of
 * the program, and exchanges the System in it: a mutant costs its compilation and its child, and nothing else.
 */

/// <summary>Looks for mutants.</summary>
internal sealed class MutantScoring
{
    private readonly ConcurrentDictionary<string, byte[]> _compiled = new(StringComparer.Ordinal);

    public required MutantCompiler Compiler { get; init; }

    public required MutantLimits Limits { get; init; }

    /// <summary>Mutants at a time.</summary>
    public required int Jobs { get; init; }

    /// <summary>For everything in between; it is there, and left as it is.</summary>
    public required string Folder { get; init; }

    /// <summary>Specs to ask about each mutant that was found; null for none.</summary>
    public MutantSpecs? Specs { get; init; }

    /// <summary>The folder of the scenarios that were kept of each: only those are run, instead of a search. Null for searches.</summary>
    public string? Kept { get; init; }

    /// <summary>Notices steps that never end.</summary>
    public required Watchdog Watchdog { get; init; }

    /// <summary>Told of each search that begins, and that ended with its trial, on any thread, one at a time.</summary>
    public required Action<Mutant, MutantTrial?> OnChange { get; init; }

    /// <param name="searches">A mutant, and how to look for it.</param>
    /// <param name="interrupted">Ends all processes; what was done until then is returned.</param>
    /// <returns>In the order of the searches.</returns>
    /// <exception cref="IOException">The program cannot be copied.</exception>
    /// <exception cref="UnauthorizedAccessException">The program may not be copied.</exception>
    public IReadOnlyList<MutantTrial> Run(IReadOnlyList<(Mutant Mutant, MutantSearch Search)> searches, CancellationToken interrupted)
    {
        var jobs = Math.Min(Jobs, searches.Count);
        var programs = new ConcurrentBag<ProgramFolder>(Enumerable.Range(0, jobs)
            .Select(job => ProgramFolder.Copy(AppContext.BaseDirectory, Path.Combine(Folder, $"program-{job}"))));
        var trials = new MutantTrial?[searches.Count];
        var told = new Lock();
        var next = -1;
        Workers.Run(
            jobs,
            () =>
            {
                var mine = Interlocked.Increment(ref next);
                if (mine < searches.Count)
                {
                    var (mutant, search) = searches[mine];
                    Tell(mutant, null);
                    programs.TryTake(out var program);
                    var trial = Look(mutant, search, program!, Path.Combine(Folder, $"{mine}"), interrupted);
                    programs.Add(program!);
                    trials[mine] = interrupted.IsCancellationRequested ? null : trial;
                    Tell(mutant, trial);
                }

                return mine < searches.Count;
            },
            interrupted);
        return [.. trials.OfType<MutantTrial>()];

        void Tell(Mutant mutant, MutantTrial? trial)
        {
            lock (told)
            {
                OnChange(mutant, trial);
            }
        }
    }

    /// <summary>Once for all searches: about a megabyte each.</summary>
    private byte[]? Compile(Mutant mutant, out string? problem)
    {
        problem = null;
        return _compiled.TryGetValue(mutant.Name, out var known) ? known
            : Compiler.Compile(mutant, out problem) is { } system ? _compiled[mutant.Name] = system
            : null;
    }

    /// <summary>A run that fails on the product as well found something, but not the mutant.</summary>
    private bool IsFalseAlarm(MutantTrial trial) =>
        trial.Outcome == MutantOutcome.Killed && trial.Bundle is { } bundle
        && ScenarioYaml.ReadFile(Path.Combine(bundle, FailureBundle.ScenarioFile)).Scenario is { } scenario
        && ScenarioRunner.Run(scenario, new RunOptions { Watchdog = Watchdog }).Outcome != RunOutcome.Held;

    private MutantTrial Look(Mutant mutant, MutantSearch search, ProgramFolder program, string bundles, CancellationToken interrupted)
    {
        if (Compile(mutant, out var problem) is not { } system)
        {
            return MutantProcess.Unfit(mutant, search, problem!);
        }

        program.Plant(system);
        var process = new MutantProcess(program, bundles, Limits, interrupted);
        var trial = Kept is null ? process.Look(mutant, search) : process.Run(mutant, search, Path.Combine(Kept, $"{mutant.Name}.yaml"));
        trial = IsFalseAlarm(trial) ? MutantProcess.Unfit(mutant, search, $"the run that broke {trial.CaughtBy} breaks a promise on the product, too") : trial;
        return Specs is null || trial.Outcome != MutantOutcome.Killed ? trial
            : trial with { Specs = Specs.FindFailing(system, interrupted) };
    }
}
