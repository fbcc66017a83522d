using Raid5Verify.Running;

namespace Raid5Verify.Scenarios.Control;

/// <summary>Demands something of a counter, at this point of the run.</summary>
public sealed record Check : Step
{
    [Subject]
    public required Expectation That { get; init; }

    internal override Task ApplyAsync(ScenarioRun run)
    {
        run.Check(That);
        return Task.CompletedTask;
    }
}
