using Raid5Verify.Simulation;

namespace Raid5Verify.Running;

/// <summary>What is otherwise in a run than its scenario says, to find out what matters. Never part of a run that counts.</summary>
internal sealed record Variation
{
    /// <summary>Draws with a fixed outcome; null for none.</summary>
    public DrawOverrides? Draws { get; init; }

    /// <summary>Steps of the scheduler after which it counts as endless; null for what is usual.</summary>
    public long? MaxSteps { get; init; }

    /// <summary>
    /// Done when a step has found a promise broken, before the run ends, in the world as it is then; null for nothing.
    /// </summary>
    public Func<ScenarioRun, Violation, Task>? Aftermath { get; init; }
}
