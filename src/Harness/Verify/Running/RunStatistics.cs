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

    /// <summary>Adds another run's.</summary>
    public void Add(RunStatistics other)
    {
        for (int i = 0; i < _answers.Length; i++)
        {
            _answers[i] += other._answers[i];
        }

        for (int i = 0; i < _faults.Length; i++)
        {
            _faults[i].Add(other._faults[i]);
        }

        Rpcs += other.Rpcs;
        ConcurrentSections += other.ConcurrentSections;
        Recoveries += other.Recoveries;
        UndoneOperations += other.UndoneOperations;
        LateRefusals += other.LateRefusals;
        ReplacedMembers += other.ReplacedMembers;
        TornSectors += other.TornSectors;
        NamedSuperblocks += other.NamedSuperblocks;
        NamedCheckpoints += other.NamedCheckpoints;
        NamedLogs += other.NamedLogs;
        Array = Sum(Array, other.Array);
    }

    internal void CountAnswer(Errno answer) => _answers[(int)answer]++;

    internal FaultCount CountOf(Type fault) => _faults.First(count => count.Tag == StepKind.TagOf(fault));

    internal static ArrayCounters Sum(ArrayCounters left, ArrayCounters right) => new()
    {
        Requests = left.Requests + right.Requests,
        Retries = left.Retries + right.Retries,
        BlocksRead = left.BlocksRead + right.BlocksRead,
        BlocksWritten = left.BlocksWritten + right.BlocksWritten,
        DegradedReads = left.DegradedReads + right.DegradedReads,
        Heals = left.Heals + right.Heals,
        FailedHeals = left.FailedHeals + right.FailedHeals,
        RefilledRows = left.RefilledRows + right.RefilledRows,
        FullStripeWrites = left.FullStripeWrites + right.FullStripeWrites,
        ReconstructWrites = left.ReconstructWrites + right.ReconstructWrites,
        ReadModifyWrites = left.ReadModifyWrites + right.ReadModifyWrites,
        DataOnlyWrites = left.DataOnlyWrites + right.DataOnlyWrites,
        MendedWrites = left.MendedWrites + right.MendedWrites,
        Errors = left.Errors + right.Errors,
        Commits = left.Commits + right.Commits,
        CommitsInDoubt = left.CommitsInDoubt + right.CommitsInDoubt,
        HedgedReads = left.HedgedReads + right.HedgedReads,
        HedgesWon = left.HedgesWon + right.HedgesWon,
        LeaseRenewals = left.LeaseRenewals + right.LeaseRenewals,
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

    /// <summary>Those that found nothing to strike, such as a server that is down already.</summary>
    public long Missed { get; internal set; }

    internal void Add(FaultCount other)
    {
        Injected += other.Injected;
        Hit += other.Hit;
        Withheld += other.Withheld;
        Missed += other.Missed;
    }
}
