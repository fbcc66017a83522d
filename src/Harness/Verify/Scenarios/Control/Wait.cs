using Raid5Verify.Running;

namespace Raid5Verify.Scenarios.Control;

/// <summary>Lets virtual time pass.</summary>
public sealed record Wait : Step
{
    /// <summary>How long.</summary>
    [Subject]
    [Between(0, 3_600_000)]
    public required TimeSpan For { get; init; }

    internal override Task ApplyAsync(ScenarioRun run) => run.WaitAsync(For);
}
