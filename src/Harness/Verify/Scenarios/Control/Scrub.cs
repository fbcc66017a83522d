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
        run.Scrubs++;
        Attempt<ScrubReport> scrubbed = await run.OnClientAsync("scrub", client => client.Array!.ScrubAsync());
        run.Scrubs--;
        Judge(run, scrubbed, ToString());
    }

    /// <param name="run">Its run.</param>
    /// <param name="scrubbed">What it found.</param>
    /// <param name="operation">What it was asked for by.</param>
    internal static void Judge(ScenarioRun run, Attempt<ScrubReport> scrubbed, string operation)
    {
        // What it began to heal may be on a server that a fault takes away meanwhile: that is no loss, only not yet done.
        if (scrubbed is { IsAnswered: true, Value: { } report } && report.Findings.FirstOrDefault(finding =>
            finding.Kind is ScrubFindingKind.Inconsistent
            || (finding.Kind is ScrubFindingKind.Unrecoverable && !run.Mode.ToleratesErrors)) is { } finding)
        {
            throw run.Violate(Promise.NoAmplification, "no row that cannot be mended", $"{finding.Row} is {finding.Kind}", operation);
        }
    }
}
