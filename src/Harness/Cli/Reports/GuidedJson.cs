using System.Text.Json;
using Raid5Verify.Campaigns;
using Raid5Verify.Guided;

namespace Raid5Verify.Cli.Reports;

/// <summary>A guided campaign for scripts: one JSON document, a figure a line.</summary>
internal static class GuidedJson
{
    /// <param name="campaign">What it came to.</param>
    /// <param name="shrunk">Those of its failures that were made small.</param>
    public static string Of(GuidedSnapshot campaign, IReadOnlyList<ShrunkFailure> shrunk) => JsonSerializer.Serialize(
        new
        {
            campaign.Sums.Passed,
            Failed = campaign.Sums.Broken + campaign.Sums.HarnessFailed,
            campaign.Mutants,
            campaign.Corpus,
            StatesReached = campaign.Sums.Coverage.States,
            StatesReachedOnce = campaign.Sums.Coverage.Once,
            RealSeconds = campaign.Sums.Elapsed.TotalSeconds,
            CpuSeconds = campaign.Sums.ProcessorTime.TotalSeconds,
            VirtualSeconds = campaign.Sums.VirtualTime.TotalSeconds,
            PeakMemoryBytes = ProcessMemory.PeakBytes(),
            CombinedHash = $"{campaign.Sums.CombinedHash:x16}",
            campaign.Sums.Steps,
            campaign.Sums.Statistics.Operations,
            FaultsHit = campaign.Sums.Statistics.Faults.ToDictionary(fault => $"hit_{fault.Tag}", fault => fault.Hit),
            Failures = campaign.Failures.Select(failure => new FailureJson(failure, failure.ReplayCommand, shrunk)),
        },
        JsonText.Indented);
}
