using Raid5Verify.Running;

namespace Raid5Verify.Scenarios.Control;

/// <summary>
/// Counters begin anew: what <c>check</c>, <c>await</c> and conditions say of them counts from here on. What the scenario expects
/// in the end counts over the whole run.
/// </summary>
public sealed record CountFromHere : Step
{
    internal override Task ApplyAsync(ScenarioRun run)
    {
        run.CountFromHere();
        return Task.CompletedTask;
    }
}
