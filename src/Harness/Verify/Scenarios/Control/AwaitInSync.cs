using Raid5Verify.Running;

namespace Raid5Verify.Scenarios.Control;

/// <summary>Waits until every member is in sync: refilled, and reachable. Late is a broken promise (convergence).</summary>
public sealed record AwaitInSync : Step
{
    /// <summary>The longest that it may take, in virtual time.</summary>
    [Subject]
    [Between(1, 3_600_000)]
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(60);

    internal override Task ApplyAsync(ScenarioRun run) => run.AwaitInSyncAsync(Within);
}
