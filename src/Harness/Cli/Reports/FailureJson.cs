using System.Text.Json.Serialization;
using Raid5Verify.Campaigns;

namespace Raid5Verify.Cli.Reports;

/// <summary>A failure of a campaign, as its JSON document shows it: of one by seeds it begins with the seed, of a guided one with the name.</summary>
/// <param name="failure">Which.</param>
/// <param name="replayCommand">What to type to see it again; null if it was not kept.</param>
/// <param name="shrunk">The campaign's failures that were made small.</param>
internal sealed class FailureJson(FoundFailure failure, string? replayCommand, IReadOnlyList<ShrunkFailure> shrunk)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ulong? Seed => (failure as SeedFailure)?.Seed;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name => failure is SeedFailure ? null : failure.Name;

    public string? Outcome => Spelled.Of(failure.Result.Outcome);

    public string? Promise => failure.Result.Violation?.Promise.ToString();

    /// <summary>The promise as scenarios name it.</summary>
    public string? Breaks => failure.Result.Violation?.Promise.Name;

    public string? Operation => failure.Result.Violation?.Operation;

    public string? Expected => failure.Result.Violation?.Expected;

    public string? Actual => failure.Result.Violation?.Actual;

    public string? Harness => failure.Result.Failure?.ToString();

    public string Hash => $"{failure.Result.Hash:x16}";

    public string? Replay => replayCommand;

    public string? Bundle => failure.BundleFolder;

    public int? MinimalSteps => ShrunkFailure.Of(failure, shrunk)?.Result.Scenario.StepCount;
}
