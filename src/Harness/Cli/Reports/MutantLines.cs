using System.Globalization;
using Raid5Verify.Cli.Scoring;

namespace Raid5Verify.Cli.Reports;

/// <summary>What became of mutants, as tables.</summary>
internal static class MutantLines
{
    public static string Header { get; } = Line("mutant", "layer", "search", "outcome", "runs", "CPU s", "caught by", "steps");

    /// <summary>One trial; with a second line where there is more to say.</summary>
    public static IEnumerable<string> Of(MutantTrial trial)
    {
        yield return Line(
            trial.Mutant.Name,
            trial.Mutant.Layer,
            trial.Search.Name,
            Named(trial.Outcome),
            trial.Outcome == MutantOutcome.Unfit ? "" : $"{trial.Runs:N0}",
            trial.Outcome == MutantOutcome.Unfit ? "" : $"{trial.CpuSeconds:N1}",
            trial.CaughtBy is null ? "" : trial.Mutant.Breaks.Contains(trial.CaughtBy) ? trial.CaughtBy : $"{trial.CaughtBy}, unexpected",
            $"{trial.MinimalSteps}").TrimEnd();
        if (trial.Complaint is not null)
        {
            yield return $"  {trial.Complaint}";
        }

        if (trial.Specs is { } specs)
        {
            yield return $"  specs that fail: {(specs.Count == 0 ? "none" : string.Join(", ", specs))}";
        }
    }

    /// <summary>The rate of each layer, in the order in which they come, and of all.</summary>
    public static IEnumerable<string> OfLayers(IReadOnlyList<MutantTrial> trials)
    {
        yield return LayerLine("layer", "mutants", "killed", "median runs", "most runs");
        foreach (var layer in trials.GroupBy(trial => trial.Mutant.Layer))
        {
            yield return OfGroup(layer.Key, [.. layer]);
        }

        yield return OfGroup("all", trials);
    }

    /// <summary>A line a search: how much it kills, and how soon.</summary>
    public static IEnumerable<string> OfSearches(IReadOnlyList<MutantTrial> trials)
    {
        yield return SearchLine("search", "killed", "of", "median CPU s", "mean CPU s", "median runs");
        foreach (var search in trials.GroupBy(trial => trial.Search))
        {
            MutantTrial[] all = [.. search];
            yield return SearchLine(
                search.Key.Name,
                $"{all.Count(IsKilled)}",
                $"{all.Length}",
                Median(all, trial => trial.CpuSeconds, "N1"),
                $"{all.Average(trial => trial.CpuSeconds):N1}",
                Median(all, trial => trial.Runs, "N0"));
        }
    }

    private static string OfGroup(string name, IReadOnlyList<MutantTrial> trials) =>
        LayerLine(
            name,
            $"{trials.Count}",
            $"{trials.Count(IsKilled)}",
            Median(trials, trial => trial.Runs, "N0"),
            trials.Any(IsKilled) ? $"{trials.Where(IsKilled).Max(trial => trial.Runs):N0}" : "");

    private static bool IsKilled(MutantTrial trial) => trial.Outcome == MutantOutcome.Killed;

    /// <summary>Over all trials: one that was not found took longer than any that was. Without a number if that is the middle one.</summary>
    private static string Median(IReadOnlyList<MutantTrial> trials, Func<MutantTrial, double> figure, string format)
    {
        if (trials.Count == 0)
        {
            return "";
        }

        double[] sorted = [.. trials.Select(trial => IsKilled(trial) ? figure(trial) : double.PositiveInfinity).Order()];
        var middle = sorted[(sorted.Length - 1) / 2];
        return double.IsInfinity(middle) ? "not found" : middle.ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Named(MutantOutcome outcome) => outcome switch
    {
        MutantOutcome.Killed => "killed",
        MutantOutcome.Survived => "SURVIVED",
        _ => "UNFIT",
    };

    private static string Line(
        string mutant, string layer, string search, string outcome, string runs, string cpu, string caughtBy, string steps) =>
        $"{mutant,-52} {layer,-10} {search,-11} {outcome,-8} {runs,6} {cpu,7}  {caughtBy,-24} {steps,5}";

    private static string LayerLine(string layer, string mutants, string killed, string median, string most) =>
        $"{layer,-12} {mutants,7} {killed,7} {median,12} {most,10}";

    private static string SearchLine(string search, string killed, string of, string median, string mean, string runs) =>
        $"{search,-12} {killed,6} {of,5} {median,13} {mean,11} {runs,12}";
}
