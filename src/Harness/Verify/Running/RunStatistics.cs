using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Running;

/// <summary>What happened in a run, or in many added up.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class RunStatistics
{
    private readonly long[] _answers = new long[(int)Enum.GetValues<Errno>().Max() + 1];
    private readonly FaultCount[] _faults = [.. StepCatalogue.Faults.Select(kind => new FaultCount(kind.Tag))];

    /// <summary>File operations answered.</summary>
    public long Operations => _answers.Sum();

    /// <summary>File operations by what they were answered, those that occurred, by number.</summary>
    public IEnumerable<(Errno Answer, long Count)> Answers =>
        _answers.Select((count, errno) => ((Errno)errno, count)).Where(pair => pair.count > 0);

    /// <summary>File operations that were answered ENOSPC.</summary>
    public long FullAnswers => _answers[(int)Errno.ENOSPC];

    /// <summary>One for each kind of fault, in the catalogue's order.</summary>
    public IReadOnlyList<FaultCount> Faults => _faults;

    /// <summary>Remote calls begun.</summary>
    public long Rpcs { get; internal set; }

    /// <summary>Sections of tasks that asked side by side, and were all answered.</summary>
    public long ConcurrentSections { get; internal set; }

    /// <summary>Clients that recovered, read everything, and were proven right.</summary>
    public long Recoveries { get; internal set; }

    /// <summary>Acknowledged operations, not yet committed, that a crash of the client undid.</summary>
    public long UndoneOperations { get; internal set; }

    /// <summary>Errors that clients were answered after another one had replaced them.</summary>
    public long LateRefusals { get; internal set; }

    /// <summary>Members that were replaced by a blank one.</summary>
    public long ReplacedMembers { get; internal set; }

    /// <summary>Sectors that a crash left unreadable.</summary>
    public long TornSectors { get; internal set; }

    /// <summary>Starts that named a member's superblock as damaged.</summary>
    public long NamedSuperblocks { get; internal set; }

    /// <summary>Starts that named a member's checkpoint as damaged.</summary>
    public long NamedCheckpoints { get; internal set; }

    /// <summary>Starts that named a member's log as damaged.</summary>
    public long NamedLogs { get; internal set; }

    /// <summary>What the array counted.</summary>
    public ArrayCounters Array { get; internal set; } = new();

    /// <summary>What was asked of each server, by its place.</summary>
    public IReadOnlyList<ServerLoad> Load { get; internal set; } = [];

    /// <summary>
    /// The requests of the server that was asked most, over the mean of all servers: 1 if all were asked alike, or none was.
    /// </summary>
    public decimal LoadSpread => Load.Sum(server => server.Requests) is > 0 and var all
        ? Math.Round((decimal)Load.Max(server => server.Requests) * Load.Count / all, 3)
        : 1;

    /// <summary>What was asked of a server; nothing, if there is none in that place.</summary>
    internal ServerLoad LoadOf(int server) => server < Load.Count ? Load[server] : default;

    /// <summary>Adds another run's.</summary>
    public void Add(RunStatistics other) => Add(other, sign: 1);

    /// <summary>What came since, of the same run.</summary>
    /// <param name="earlier">A copy of these statistics, as they were then.</param>
    internal RunStatistics Since(RunStatistics earlier)
    {
        RunStatistics since = Copy();
        since.Add(earlier, sign: -1);
        return since;
    }

    internal RunStatistics Copy()
    {
        var copy = new RunStatistics();
        copy.Add(this);
        return copy;
    }

    private void Add(RunStatistics other, int sign)
    {
        for (int i = 0; i < _answers.Length; i++)
        {
            _answers[i] += sign * other._answers[i];
        }

        for (int i = 0; i < _faults.Length; i++)
        {
            _faults[i].Add(other._faults[i], sign);
        }

        Rpcs += sign * other.Rpcs;
        ConcurrentSections += sign * other.ConcurrentSections;
        Recoveries += sign * other.Recoveries;
        UndoneOperations += sign * other.UndoneOperations;
        LateRefusals += sign * other.LateRefusals;
        ReplacedMembers += sign * other.ReplacedMembers;
        TornSectors += sign * other.TornSectors;
        NamedSuperblocks += sign * other.NamedSuperblocks;
        NamedCheckpoints += sign * other.NamedCheckpoints;
        NamedLogs += sign * other.NamedLogs;
        Array = Sum(Array, other.Array, sign);
        Load =
        [
            .. Enumerable.Range(0, Math.Max(Load.Count, other.Load.Count))
                .Select(server => LoadOf(server).Plus(other.LoadOf(server), sign)),
        ];
    }

    internal void CountAnswer(Errno answer) => _answers[(int)answer]++;

    internal FaultCount CountOf(Type fault) => _faults.First(count => count.Tag == StepKind.TagOf(fault));

    internal static ArrayCounters Sum(ArrayCounters left, ArrayCounters right, int sign = 1) => new()
    {
        Requests = left.Requests + (sign * right.Requests),
        Retries = left.Retries + (sign * right.Retries),
        BlocksRead = left.BlocksRead + (sign * right.BlocksRead),
        BlocksWritten = left.BlocksWritten + (sign * right.BlocksWritten),
        DegradedReads = left.DegradedReads + (sign * right.DegradedReads),
        Heals = left.Heals + (sign * right.Heals),
        FailedHeals = left.FailedHeals + (sign * right.FailedHeals),
        RefilledRows = left.RefilledRows + (sign * right.RefilledRows),
        FullStripeWrites = left.FullStripeWrites + (sign * right.FullStripeWrites),
        ReconstructWrites = left.ReconstructWrites + (sign * right.ReconstructWrites),
        ReadModifyWrites = left.ReadModifyWrites + (sign * right.ReadModifyWrites),
        DataOnlyWrites = left.DataOnlyWrites + (sign * right.DataOnlyWrites),
        MendedWrites = left.MendedWrites + (sign * right.MendedWrites),
        Errors = left.Errors + (sign * right.Errors),
        Commits = left.Commits + (sign * right.Commits),
        CommitsInDoubt = left.CommitsInDoubt + (sign * right.CommitsInDoubt),
        HedgedReads = left.HedgedReads + (sign * right.HedgedReads),
        HedgesWon = left.HedgesWon + (sign * right.HedgesWon),
        LeaseRenewals = left.LeaseRenewals + (sign * right.LeaseRenewals),
    };
}

/// <summary>What became of the faults of one kind.</summary>
public sealed class FaultCount(string tag)
{
    /// <summary>The kind's YAML tag.</summary>
    public string Tag { get; } = tag;

    public long Injected { get; internal set; }

    /// <summary>Those that the system met: a fault that nothing runs into has tested nothing.</summary>
    public long Hit { get; internal set; }

    /// <summary>Those that the budget forbade, because something else in the same rows was still broken.</summary>
    public long Withheld { get; internal set; }

    /// <summary>Those that found nothing to strike, such as a server that is down already, or whose moment never came.</summary>
    public long Missed { get; internal set; }

    internal void Add(FaultCount other, int sign)
    {
        Injected += sign * other.Injected;
        Hit += sign * other.Hit;
        Withheld += sign * other.Withheld;
        Missed += sign * other.Missed;
    }
}

/// <summary>What clients asked of one server.</summary>
/// <param name="Requests">Calls sent to it, repeated attempts included.</param>
/// <param name="BlocksRead">Blocks that it answered, parity included.</param>
/// <param name="BlocksWritten">Blocks that it acknowledged, parity included.</param>
public readonly record struct ServerLoad(long Requests, long BlocksRead, long BlocksWritten)
{
    internal ServerLoad Plus(ServerLoad other, int sign = 1) => new(
        Requests + (sign * other.Requests), BlocksRead + (sign * other.BlocksRead), BlocksWritten + (sign * other.BlocksWritten));
}
