using Raid5Verify.Campaigns;
using Raid5Verify.Exhaustive;
using Raid5Verify.Running;

namespace Raid5Verify.Cli.Reports;

/// <summary>A run that failed, as a person needs it: what was promised, what happened, and how to see it again.</summary>
internal static class FailureReport
{
    /// <summary>Failures of one campaign that are told in full; the others are named.</summary>
    public const int Shown = 5;

    /// <param name="output">Where to.</param>
    /// <param name="subject">What was run: <c>seed 17</c>, or a file.</param>
    /// <param name="result">Not one that held.</param>
    /// <param name="replayCommand">What to type to see it again; null for nothing.</param>
    /// <param name="bundle">The folder with scenario, trace and versions; null for none.</param>
    /// <param name="minimal">How small it could be made; null for not at all.</param>
    public static void Write(
        TextWriter output, string subject, RunResult result, string? replayCommand, string? bundle, string? minimal = null)
    {
        WriteWhat(output, subject, result.Violation, result.Failure);
        Row(output, "seed", $"{result.Scenario.Seed}, hash {result.Hash:x16} after {result.Steps:N0} steps and {result.VirtualTime.TotalSeconds:N3} s");
        if (minimal is not null)
        {
            Row(output, "minimal", minimal);
        }

        WriteWhere(output, replayCommand, bundle);
    }

    /// <summary>The same of a failure of a campaign.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="failure">Which.</param>
    /// <param name="replayCommand">What to type to see it again.</param>
    /// <param name="shrunk">The campaign's failures that were made small.</param>
    public static void Write(TextWriter output, FoundFailure failure, string replayCommand, IReadOnlyList<ShrunkFailure> shrunk) => Write(
        output,
        failure.Name,
        failure.Result,
        replayCommand,
        failure.BundleFolder,
        ShrunkFailure.Of(failure, shrunk) is { } minimal ? Describe(failure.Result, minimal) : null);

    /// <param name="output">Where to.</param>
    /// <param name="point">What was run.</param>
    /// <param name="result">Not one that held.</param>
    /// <param name="bundle">The folder with trace and versions; null for none.</param>
    public static void Write(TextWriter output, ExhaustivePoint point, PointResult result, string? bundle)
    {
        WriteWhat(output, $"point {point}", result.Violation, result.Failure);
        Row(output, "story", point.Describe());
        Row(output, "run", $"hash {result.Hash:x16} after {result.Steps:N0} steps and {result.VirtualTime.TotalSeconds:N3} s");
        WriteWhere(output, ReplayCommand.For(point), bundle);
    }

    /// <summary>Names, in one line, the failures of a campaign that are not told in full, and says how many it does not know by name.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="what">What is named: <c>seeds</c>; empty for what its name says.</param>
    /// <param name="names">All that are known, with those that were told.</param>
    /// <param name="failed">How many failed in all.</param>
    public static void WriteRest(TextWriter output, string what, IReadOnlyList<string> names, long failed)
    {
        if (names.Count > Shown)
        {
            var more = failed > names.Count ? $", and {failed - names.Count:N0} more" : "";
            output.WriteLine($"also failed: {(what.Length > 0 ? $"{what} " : "")}{string.Join(", ", names.Skip(Shown))}{more}");
        }
    }

    /// <summary>The same of a failure of a campaign, as one text.</summary>
    public static string Of(SeedFailure failure)
    {
        var output = new StringWriter { NewLine = "\n" };
        Write(output, failure, failure.ReplayCommand, shrunk: []);
        return output.ToString();
    }

    /// <summary>What failed, in one line.</summary>
    /// <param name="result">Not one that held.</param>
    public static string Headline(RunResult result) =>
        result.Violation is { } violation ? Named(violation.Promise) : $"the harness failed: {result.Failure!.Kind}";

    /// <summary>How small a failure could be made.</summary>
    public static string Describe(RunResult failed, MinimalFailure minimal)
    {
        var end = minimal.IsMinimal ? "of which none can be taken away" : "and time was up";
        return $"{minimal.Result.Scenario.StepCount} of {failed.Scenario.StepCount} steps, {end}; "
            + $"{minimal.Runs:N0} runs in {minimal.Elapsed.TotalSeconds:N1} s";
    }

    private static void WriteWhat(TextWriter output, string subject, Violation? violation, HarnessFailure? failure)
    {
        output.WriteLine($"FAILED {subject}");
        if (violation is not null)
        {
            Row(output, "promise", Named(violation.Promise));
            Row(output, "operation", $"step {violation.StepIndex}: {violation.Operation}");
            Row(output, "expected", violation.Expected);
            Row(output, "actual", violation.Actual);
        }

        if (failure is not null)
        {
            Row(output, "harness", failure.ToString());
        }
    }

    private static void WriteWhere(TextWriter output, string? replayCommand, string? bundle)
    {
        if (bundle is not null)
        {
            Row(output, "bundle", bundle);
        }

        if (replayCommand is not null)
        {
            Row(output, "replay", replayCommand);
        }
    }

    private static string Named(Promise promise) =>
        promise.Number == 0 ? promise.Sentence : $"{promise.Number}. {promise.Sentence}";

    private static void Row(TextWriter output, string label, string text)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        output.WriteLine($"  {label,-10} {lines[0]}");
        foreach (var line in lines.Skip(1))
        {
            output.WriteLine($"  {"",-10} {line}");
        }
    }
}
