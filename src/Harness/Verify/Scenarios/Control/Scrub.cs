using Raid5Fs.Raid;
using Raid5Verify.Generation;
using Raid5Verify.Running;

namespace Raid5Verify.Scenarios.Control;

/// <summary>Has the array verify every row, and mend what it finds.</summary>
public sealed record Scrub : Step
{
    internal static Scrub Draw(Draft draft) => new();

    internal override async Task ApplyAsync(ScenarioRun run)
    {
        ScrubReport report = await run.OnClientAsync("scrub", () => run.Cluster.Array.ScrubAsync());
        if (report.Findings.FirstOrDefault(finding => finding.Kind != ScrubFindingKind.Healed) is { } finding)
        {
            throw run.Violate(Promise.NoAmplification, "a scrub finds nothing that it cannot mend", $"{finding.Row}: {finding.Kind}");
        }
    }
}
