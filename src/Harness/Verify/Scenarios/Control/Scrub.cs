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

        // What it began to heal may be on a server that a fault takes away meanwhile: that is no loss, only not yet done.
        if (report.Findings.FirstOrDefault(finding =>
            finding.Kind is ScrubFindingKind.Unrecoverable or ScrubFindingKind.Inconsistent) is { } finding)
        {
            throw run.Violate(Promise.NoAmplification, "no row that cannot be mended", $"{finding.Row} is {finding.Kind}");
        }
    }
}
