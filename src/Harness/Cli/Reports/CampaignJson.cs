using System.Text.Json;
using Raid5Verify.Campaigns;

namespace Raid5Verify.Cli.Reports;

/// <summary>A campaign for scripts: one JSON document, a figure a line.</summary>
internal static class CampaignJson
{
    /// <param name="campaign">What it came to.</param>
    /// <param name="shrunk">Those of its failures that were made small.</param>
    public static string Of(CampaignSnapshot campaign, IReadOnlyList<ShrunkFailure> shrunk) => JsonSerializer.Serialize(
        new
        {
            campaign.Passed,
            Failed = campaign.Broken + campaign.HarnessFailed,
            RealSeconds = campaign.Elapsed.TotalSeconds,
            CpuSeconds = campaign.ProcessorTime.TotalSeconds,
            VirtualSeconds = campaign.VirtualTime.TotalSeconds,
            PeakMemoryBytes = ProcessMemory.PeakBytes(),
            CombinedHash = $"{campaign.CombinedHash:x16}",
            HashSum = $"{campaign.HashSum:x16}",
            campaign.Next,
            campaign.KnownToFail,
            campaign.KnownThatFailed,
            campaign.Steps,
            campaign.Statistics.Operations,
            OperationsSucceeded = CampaignLines.Succeeded(campaign.Statistics),
            OperationsSucceededPercent = 100 * CampaignLines.Succeeded(campaign.Statistics) / Math.Max(1, campaign.Statistics.Operations),
            Answers = campaign.Statistics.Answers.ToDictionary(pair => pair.Answer.ToString(), pair => pair.Count),
            campaign.Statistics.FullAnswers,
            campaign.Statistics.Rpcs,
            campaign.Statistics.ConcurrentSections,
            campaign.Statistics.Recoveries,
            campaign.Statistics.UndoneOperations,
            campaign.Statistics.LateRefusals,
            campaign.Statistics.ReplacedMembers,
            campaign.Statistics.TornSectors,
            campaign.Statistics.NamedSuperblocks,
            campaign.Statistics.NamedCheckpoints,
            campaign.Statistics.NamedLogs,
            campaign.Statistics.Array,
            StatesReached = campaign.Coverage.States,
            StatesReachedOnce = campaign.Coverage.Once,
            NewStatesOfNextSeed = campaign.Coverage.NewStates,
            ChanceOfNewState = campaign.Coverage.ChanceOfNew,
            FaultsHit = campaign.Statistics.Faults.ToDictionary(fault => $"hit_{fault.Tag}", fault => fault.Hit),
            FaultsInjected = campaign.Statistics.Faults.ToDictionary(fault => $"injected_{fault.Tag}", fault => fault.Injected),
            Failures = campaign.Failures.OrderBy(failure => failure.Seed).Select(failure => new FailureJson(failure, failure.ReplayCommand, shrunk)),
        },
        JsonText.Indented);
}
