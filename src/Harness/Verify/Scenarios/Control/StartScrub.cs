using Raid5Verify.Cluster;
using Raid5Verify.Running;

namespace Raid5Verify.Scenarios.Control;

/// <summary>
/// Starts a scrub, as <c>scrub</c> does, and goes on: it runs beside the steps that follow, as long as its client lives. What still runs
/// when the story ends is waited for.
/// </summary>
public sealed record StartScrub : Step
{
    internal override async Task ApplyAsync(ScenarioRun run)
    {
        if (await run.Clients.ReadyAsync() is { } client)
        {
            run.Begin("scrub", () => ScrubAsync(run, client));
        }
    }

    private static async Task ScrubAsync(ScenarioRun run, ClientSession client)
    {
        run.Scrubs++;
        Scrub.Judge(run, await run.OnAsync(client, "scrub", () => client.Array!.ScrubAsync()), StepKind.TagOf(typeof(StartScrub)));
        run.Scrubs--;
    }
}
