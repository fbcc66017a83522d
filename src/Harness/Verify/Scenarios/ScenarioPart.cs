namespace Raid5Verify.Scenarios;

/// <summary>One of a scenario's lists of steps: what is done to one is done to each in the same way.</summary>
internal sealed class ScenarioPart
{
    private readonly Func<Scenario, IReadOnlyList<Step>> _of;
    private readonly Func<Scenario, IReadOnlyList<Step>, Scenario> _with;

    private ScenarioPart(
        Func<Scenario, IReadOnlyList<Step>> of, Func<Scenario, IReadOnlyList<Step>, Scenario> with)
    {
        _of = of;
        _with = with;
    }

    /// <summary>The story first: it is the longest.</summary>
    public static IReadOnlyList<ScenarioPart> All { get; } =
    [
        new(scenario => scenario.Steps, (scenario, steps) => scenario with { Steps = steps }),
        new(scenario => scenario.Setup, (scenario, steps) => scenario with { Setup = steps }),
        new(scenario => scenario.Verify, (scenario, steps) => scenario with { Verify = steps }),
    ];

    /// <summary>The same scenario with other steps in every part.</summary>
    public static Scenario Map(Scenario scenario, Func<IReadOnlyList<Step>, IReadOnlyList<Step>> map) =>
        All.Aggregate(scenario, (mapped, part) => part.With(mapped, map(part.Of(mapped))));

    public IReadOnlyList<Step> Of(Scenario scenario) => _of(scenario);

    /// <summary>The same scenario with other steps in this part.</summary>
    public Scenario With(Scenario scenario, IReadOnlyList<Step> steps) => _with(scenario, steps);
}
