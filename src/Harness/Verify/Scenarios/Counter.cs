using Raid5Verify.Running;

namespace Raid5Verify.Scenarios;

/// <summary>Something that is counted in a run and may be expected of it.</summary>
public sealed class Counter
{
    private readonly Func<RunStatistics, long> _read;

    private Counter(string name, Func<RunStatistics, long> read)
    {
        Name = name;
        _read = read;
    }

    /// <summary>As expectations spell it.</summary>
    public string Name { get; }

    /// <summary>
    /// Every counter. <c>injected X</c>, <c>hit X</c> and <c>withheld X</c> count the faults of kind X that were
    /// injected, that the system met, and that the budget forbade.
    /// </summary>
    public static IReadOnlyList<Counter> All { get; } =
    [
        new("operations", run => run.Operations),
        new("full-answers", run => run.FullAnswers),
        new("rpcs", run => run.Rpcs),
        new("recoveries", run => run.Recoveries),
        new("concurrent-sections", run => run.ConcurrentSections),
        new("undone-operations", run => run.UndoneOperations),
        new("late-refusals", run => run.LateRefusals),
        new("replaced-members", run => run.ReplacedMembers),
        new("torn-sectors", run => run.TornSectors),
        new("named-superblocks", run => run.NamedSuperblocks),
        new("named-checkpoints", run => run.NamedCheckpoints),
        new("named-logs", run => run.NamedLogs),
        new("block-reads", run => run.Array.BlocksRead),
        new("block-writes", run => run.Array.BlocksWritten),
        new("degraded-reads", run => run.Array.DegradedReads),
        new("degraded-writes", run => run.Array.DataOnlyWrites + run.Array.MendedWrites),
        new("heals", run => run.Array.Heals),
        new("failed-heals", run => run.Array.FailedHeals),
        new("refilled-rows", run => run.Array.RefilledRows),
        new("retries", run => run.Array.Retries),
        new("full-stripe-writes", run => run.Array.FullStripeWrites),
        new("read-modify-writes", run => run.Array.ReadModifyWrites),
        new("errors", run => run.Array.Errors),
        .. StepCatalogue.Faults.SelectMany(OfFault),
    ];

    internal static IEnumerable<string> Names => All.Select(counter => counter.Name);

    public long Read(RunStatistics statistics) => _read(statistics);

    /// <exception cref="InvalidOperationException">There is none of that name.</exception>
    internal static Counter Named(string name) => All.First(counter => counter.Name == name);

    private static IEnumerable<Counter> OfFault(StepKind kind) =>
    [
        new($"injected {kind}", run => run.CountOf(kind.Type).Injected),
        new($"hit {kind}", run => run.CountOf(kind.Type).Hit),
        new($"withheld {kind}", run => run.CountOf(kind.Type).Withheld),
    ];
}
