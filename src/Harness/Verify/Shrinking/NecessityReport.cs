using System.Diagnostics;
using Raid5Verify.Faults;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Shrinking;

/// <summary>What a failure needs: each fault and each choice of order, shown by a run without it.</summary>
public sealed record NecessityReport
{
    private const string SameWay = "it fails in the same way";

    /// <summary>Other seeds under which the scenario is run.</summary>
    private const int OtherSeeds = 20;

    private NecessityReport()
    {
    }

    /// <summary>The run that failed.</summary>
    public required RunResult Failed { get; init; }

    /// <summary>
    /// Faults of the scenario, by their steps, counted from 0 over all parts, and what becomes of the run without each: all, or the
    /// first of them if the time was up.
    /// </summary>
    public required IReadOnlyList<(int Step, Step Fault, string Without)> Faults { get; init; }

    /// <summary>What becomes of the run under the other strategies: all, or the first of them if the time was up.</summary>
    public required IReadOnlyList<(StrategyKind Strategy, string Outcome)> Strategies { get; init; }

    /// <summary>Other seeds that were tried: fewer if the time was up.</summary>
    public required int SeedsTried { get; init; }

    /// <summary>Those of them under which it fails in the same way.</summary>
    public required int SeedsFailed { get; init; }

    /// <summary>Whether all was tried; if not, time was up.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The picks of the scheduler that it needs; null if they were not looked for, or alone do not make it fail.</summary>
    public required PickNecessity? Picks { get; init; }

    /// <summary>Finds out what a failure needs.</summary>
    /// <param name="failed">A run that failed: of a scenario as small as it can be.</param>
    /// <param name="options">How long at most, and how.</param>
    /// <param name="cancellation">As if the time were up.</param>
    /// <exception cref="ArgumentException">The run held.</exception>
    public static NecessityReport Of(RunResult failed, ShrinkOptions options, CancellationToken cancellation = default)
    {
        FailureIdentity identity = FailureIdentity.Of(failed) ?? throw new ArgumentException("it held", nameof(failed));
        Scenario scenario = failed.Scenario;
        var clock = Stopwatch.StartNew();
        List<(int, Step, string)> faults = [];
        foreach ((int place, Step fault) in FaultsOf(scenario).TakeWhile(_ => !IsOver()))
        {
            Scenario without = scenario with { Steps = [.. scenario.Steps.Where((_, index) => index != place)] };
            faults.Add((scenario.Setup.Count + place, fault, OutcomeOf(without)));
        }

        List<(StrategyKind, string)> strategies = [];
        foreach (StrategyKind strategy in OtherStrategies(scenario).TakeWhile(_ => !IsOver()))
        {
            strategies.Add((strategy, OutcomeOf(scenario with { Options = scenario.Options with { Strategy = strategy } })));
        }

        int tried = 0;
        int alike = 0;
        for (ulong seed = 1; tried < OtherSeeds && !IsOver(); seed++)
        {
            if (seed != scenario.Seed)
            {
                tried++;
                alike += OutcomeOf(scenario with { Seed = seed }) == SameWay ? 1 : 0;
            }
        }

        PickNecessity? picks = IsOver() ? null : PickSearch.Find(failed, options with { Time = options.Time - clock.Elapsed }, cancellation);
        return new NecessityReport
        {
            Failed = failed,
            Faults = faults,
            Strategies = strategies,
            SeedsTried = tried,
            SeedsFailed = alike,
            Picks = picks,
            IsComplete = !IsOver(),
        };

        string OutcomeOf(Scenario other)
        {
            var variation = new Variation { MaxSteps = ScenarioSearch.LimitFor(failed) };
            return Outcome(ScenarioRunner.Run(other, new RunOptions { Watchdog = options.Watchdog }, variation), identity);
        }

        bool IsOver() => cancellation.IsCancellationRequested || clock.Elapsed >= options.Time;
    }

    /// <summary>As a page for a person; the same for the same failure, if there was time enough.</summary>
    public override string ToString()
    {
        List<string> lines =
        [
            $"What the failure needs: {FailureIdentity.Of(Failed)}",
            string.Empty,
            .. DescribeFaults(),
            string.Empty,
            $"Order. The scenario is scheduled by {InWords(Failed.Scenario.Options.Strategy)}, seed {Failed.Scenario.Seed}. Under",
            .. Strategies.Select(static other => $"  {InWords(other.Strategy)}: {other.Outcome}"),
            .. Untried(Strategies.Count, OtherStrategies(Failed.Scenario).Count(), "other strategies"),
            .. SeedsTried > 0 ? new[] { $"  {SeedsTried} other seeds: it fails in the same way under {SeedsFailed} of them" } : [],
            .. Untried(SeedsTried, OtherSeeds, "other seeds"),
            string.Empty,
            .. DescribePicks(),
        ];
        return string.Concat(lines.Select(static line => $"{line}\n"));
    }

    /// <summary>How a run compares with the failure.</summary>
    internal static string Outcome(RunResult result, FailureIdentity identity) => FailureIdentity.Of(result) switch
    {
        null => "every promise holds",
        var same when same == identity => SameWay,
        { Promise: { } other } => $"another promise is broken: {other}",
        var other => other.ToString(),
    };

    /// <summary>The faults of a scenario, by their places in the story: there are none in its other parts.</summary>
    private static IEnumerable<(int Place, Step Fault)> FaultsOf(Scenario scenario) =>
        scenario.Steps.Index().Where(static step => step.Item is Fault);

    private static IEnumerable<StrategyKind> OtherStrategies(Scenario scenario) =>
        Enum.GetValues<StrategyKind>().Where(kind => kind != scenario.Options.Strategy);

    private IEnumerable<string> DescribeFaults()
    {
        int all = FaultsOf(Failed.Scenario).Count();
        return
        [
            all == 0 ? "No fault: the scenario has none." : "Faults. Without",
            .. Faults.Select(static fault => $"  step {fault.Step}, {fault.Fault}: {fault.Without}"),
            .. Untried(Faults.Count, all, "faults"),
        ];
    }

    /// <summary>A line that says how many were tried, unless it is all of them.</summary>
    private static IEnumerable<string> Untried(int tried, int all, string what) =>
        tried < all ? [$"  {tried} of {all} {what} were tried: time was up"] : [];

    private IEnumerable<string> DescribePicks()
    {
        if (Picks is null)
        {
            yield return "Which picks of the scheduler it needs was not found out.";
        }
        else if (Picks.Count == 0)
        {
            yield return "No pick of the scheduler: it fails where always the oldest ready step runs first.";
        }
        else
        {
            yield return $"Picks. Where the oldest ready step runs first but for {Picks.Count} of {Picks.Recorded} picks, it fails in the same way:";
            foreach (NeededPick pick in Picks.Picks)
            {
                yield return $"  at {pick.At.TotalMilliseconds:F3} ms {pick.Ran} before {pick.InsteadOf}; else {pick.Without}";
            }

            if (Picks.Count > Picks.Picks.Count)
            {
                yield return $"  and {Picks.Count - Picks.Picks.Count} more";
            }

            if (!Picks.IsMinimal)
            {
                yield return "  There was no time to find out whether fewer would do.";
            }
        }
    }

    private static string InWords(StrategyKind strategy) => Scenarios.Yaml.KebabCase.Of(strategy.ToString());
}
