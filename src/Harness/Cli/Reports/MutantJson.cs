using System.Text.Json;
using Raid5Verify.Cli.Scoring;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Cli.Reports;

/// <summary>What became of mutants, for scripts: one JSON document, a figure a line.</summary>
internal static class MutantJson
{
    public static string Of(IReadOnlyList<MutantTrial> trials, TimeSpan elapsed) => JsonSerializer.Serialize(
        new
        {
            Mutants = trials.Count,
            Killed = trials.Count(trial => trial.Outcome == MutantOutcome.Killed),
            RealSeconds = elapsed.TotalSeconds,
            Trials = trials.Select(trial => new
            {
                trial.Mutant.Name,
                trial.Mutant.Layer,
                Search = trial.Search.Name,
                Outcome = KebabCase.Of(trial.Outcome.ToString()),
                trial.Runs,
                trial.CpuSeconds,
                trial.CaughtBy,
                Expected = trial.Mutant.Breaks,
                trial.MinimalSteps,
                trial.KeptScenario,
                trial.Specs,
                trial.Complaint,
            }),
        },
        JsonText.Indented);
}
