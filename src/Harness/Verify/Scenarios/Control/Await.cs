using Raid5Verify.Running;

namespace Raid5Verify.Scenarios.Control;

/// <summary>Waits until a condition holds. If it does not in time, the scenario's expectation is broken.</summary>
public sealed record Await : Step
{
    /// <summary>Such as <c>server 1 is away</c>, <c>client is ready</c> or <c>refilled-rows at least 10</c>.</summary>
    [Subject]
    public required Condition Until { get; init; }

    /// <summary>The longest that it may take, in virtual time.</summary>
    [Between(0, 3_600_000)]
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(60);

    internal override bool WatchesPoints => true;

    internal override FieldProblem? FindProblem(ClusterShape cluster) =>
        Until.FindMisfit(cluster) is { } misfit ? new FieldProblem(nameof(Until), misfit) : null;

    internal override Task ApplyAsync(ScenarioRun run) => run.AwaitAsync(Until, Within);
}
