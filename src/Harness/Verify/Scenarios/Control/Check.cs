using Raid5Verify.Running;

namespace Raid5Verify.Scenarios.Control;

/// <summary>Demands something of a counter, at this point of the run: as it is since the last <c>count-from-here</c>.</summary>
public sealed record Check : Step
{
    /// <summary>A counter, then <c>at least</c>, <c>at most</c> or <c>exactly</c>, then a number.</summary>
    [Subject]
    public required Expectation.OfCounter That { get; init; }

    internal override FieldProblem? FindProblem(ClusterShape cluster) =>
        That.FindMisfit(cluster) is { } misfit ? new FieldProblem(nameof(That), misfit) : null;

    internal override Task ApplyAsync(ScenarioRun run)
    {
        run.Check(That);
        return Task.CompletedTask;
    }
}
