namespace Raid5Verify.Scenarios;

/// <summary>What can be counted in a run, and expected of it.</summary>
public static class Counter
{
    private static readonly string[] Plain =
    [
        "operations",
        "rpcs",
        "reads",
        "writes",
        "degraded-reads",
        "degraded-writes",
        "heals",
        "refilled-rows",
        "retries",
    ];

    /// <summary>
    /// Every counter's name. <c>injected X</c>, <c>hit X</c> and <c>withheld X</c> count the faults of kind X that
    /// were injected, that the system met, and that the budget forbade.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Plain,
        .. StepCatalogue.Faults.SelectMany(
            kind => new[] { $"injected {kind}", $"hit {kind}", $"withheld {kind}" }),
    ];
}
