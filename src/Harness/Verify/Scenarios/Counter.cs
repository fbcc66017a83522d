using System.Globalization;
using Raid5Verify.Running;

namespace Raid5Verify.Scenarios;

/// <summary>Something that is counted in a run and may be expected of it.</summary>
public sealed class Counter
{
    private static readonly (string Verb, string About, Func<FaultCount, long> Read)[] OfFaults =
    [
        ("injected", "Faults of that kind that struck.", static count => count.Injected),
        ("hit", "Those of them that the system ran into.", static count => count.Hit),
        ("withheld", "Those that the budget forbade.", static count => count.Withheld),
        ("missed", "Those that found nothing to strike, or whose moment never came.", static count => count.Missed),
    ];

    private static readonly (string What, string About, Func<ServerLoad, long> Read)[] OfServers =
    [
        ("requests", "Calls that clients sent to that server, repeated attempts included.", static load => load.Requests),
        ("block-reads", "Blocks that it answered, parity included.", static load => load.BlocksRead),
        ("block-writes", "Blocks that it acknowledged, parity included.", static load => load.BlocksWritten),
    ];

    private readonly Func<RunStatistics, decimal> _read;

    private Counter(string name, string about, Func<RunStatistics, decimal> read, int? server = null)
    {
        Name = name;
        About = about;
        Server = server;
        _read = read;
    }

    /// <summary>As expectations spell it.</summary>
    public string Name { get; }

    /// <summary>What is counted, in a sentence.</summary>
    public string About { get; }

    /// <summary>The server that it is about, from 0; null if it is about all of the run.</summary>
    public int? Server { get; }

    /// <summary>Whether it counts things, so that it is a whole number.</summary>
    public bool IsWhole { get; private init; } = true;

    /// <summary>The kind of fault that it is about; null if it is about none.</summary>
    private StepKind? Fault { get; init; }

    /// <summary>Those of a run as a whole.</summary>
    public static IReadOnlyList<Counter> OfRuns { get; } =
    [
        new("operations", "File operations that were answered.", run => run.Operations),
        new("full-answers", "Those that were answered ENOSPC.", run => run.FullAnswers),
        new("rpcs", "Remote calls.", run => run.Rpcs),
        new("recoveries", "Clients that recovered, read everything, and were proven right.", run => run.Recoveries),
        new("concurrent-sections", "Sections of tasks that asked side by side, and were all answered.", run => run.ConcurrentSections),
        new("undone-operations", "Operations acknowledged, not committed, and gone with a client.", run => run.UndoneOperations),
        new("late-refusals", "Errors that clients were answered after they had been replaced.", run => run.LateRefusals),
        new("replaced-members", "Members that were replaced by a blank one.", run => run.ReplacedMembers),
        new("torn-sectors", "Sectors that a crash left unreadable.", run => run.TornSectors),
        new("named-superblocks", "Starts of a server that named its superblock as damaged.", run => run.NamedSuperblocks),
        new("named-checkpoints", "Starts that named the checkpoint.", run => run.NamedCheckpoints),
        new("named-logs", "Starts that named the log.", run => run.NamedLogs),
        new("block-reads", "Blocks that the file system read of the array.", run => run.Array.BlocksRead),
        new("block-writes", "Blocks that the file system wrote to the array.", run => run.Array.BlocksWritten),
        new("degraded-reads", "Those read that had to be rebuilt from the rest of their row.", run => run.Array.DegradedReads),
        new("degraded-writes", "Rows written without parity, or mended before they could be written.", run => run.Array.DataOnlyWrites + run.Array.MendedWrites),
        new("heals", "Bad units that were written anew, and read back as they should be.", run => run.Array.Heals),
        new("failed-heals", "Those that did not read back so.", run => run.Array.FailedHeals),
        new("refilled-rows", "Stale units rebuilt on a server that returned.", run => run.Array.RefilledRows),
        new("retries", "Attempts beyond the first of each call.", run => run.Array.Retries),
        new("full-stripe-writes", "Rows written as a whole, with nothing read.", run => run.Array.FullStripeWrites),
        new("read-modify-writes", "Rows whose parity was changed by the difference of old and new data.", run => run.Array.ReadModifyWrites),
        new("errors", "Calls of the array that were answered with an error.", run => run.Array.Errors),
        new("load-spread", "The requests of the server that was asked most, over the mean of all servers: 1.1 is a tenth too many.", run => run.LoadSpread) { IsWhole = false },
    ];

    /// <summary>
    /// Every counter: those of runs; <c>injected X</c>, <c>hit X</c>, <c>withheld X</c> and <c>missed X</c> of each kind of fault;
    /// <c>requests of server N</c>, <c>block-reads of server N</c> and <c>block-writes of server N</c>.
    /// </summary>
    public static IReadOnlyList<Counter> All { get; } =
    [
        .. OfRuns,
        .. StepCatalogue.Faults.SelectMany(kind => OfFaults.Select(
            one => new Counter($"{one.Verb} {kind}", one.About, run => one.Read(run.CountOf(kind.Type))) { Fault = kind })),
        .. OfServers.SelectMany(one => Enumerable.Range(0, ClusterShape.MostServers).Select(server => new Counter(
            string.Create(CultureInfo.InvariantCulture, $"{one.What} of server {server}"), one.About, run => one.Read(run.LoadOf(server)), server))),
    ];

    /// <summary>What there is of each kind of fault, and of each server: the first word, and what is counted.</summary>
    internal static IEnumerable<(string Word, string About)> FaultWords => OfFaults.Select(one => (one.Verb, one.About));

    /// <inheritdoc cref="FaultWords"/>
    internal static IEnumerable<(string Word, string About)> ServerWords => OfServers.Select(one => (one.What, one.About));

    internal static IEnumerable<string> Names => All.Select(counter => counter.Name);

    public decimal Read(RunStatistics statistics) => _read(statistics);

    /// <summary>What it has come to; of a fault with what else became of its kind: <c>hit crash is 0 (1 injected, 0 withheld, 0 missed)</c>.</summary>
    public string Describe(RunStatistics statistics)
    {
        string what = string.Create(CultureInfo.InvariantCulture, $"{Name} is {Read(statistics)}");
        return Fault is null ? what : $"{what} ({string.Join(", ", OfFaults.Where(one => $"{one.Verb} {Fault}" != Name)
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Read(statistics.CountOf(Fault.Type))} {one.Verb}")))})";
    }

    /// <exception cref="InvalidOperationException">There is none of that name.</exception>
    internal static Counter Named(string name) => All.First(counter => counter.Name == name);
}
