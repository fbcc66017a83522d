using Raid5Verify.Running;

namespace Raid5Verify.Scenarios.Control;

/// <summary>
/// Ends every fault that lasts: servers restart or resume, links heal. Damaged blocks stay damaged: to mend them is
/// the array's business.
/// </summary>
public sealed record Heal : Step
{
    internal override Task ApplyAsync(ScenarioRun run)
    {
        run.Faults.EndAll();
        return Task.CompletedTask;
    }
}
