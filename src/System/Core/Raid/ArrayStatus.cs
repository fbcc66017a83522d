using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>Where a member stands in the array.</summary>
public enum MemberState
{
    /// <summary>Reachable, and it holds all that was committed.</summary>
    InSync,

    /// <summary>It cannot be reached, or it is not the member it should be.</summary>
    Away,

    /// <summary>Reachable; rows that are stale on it are being rebuilt.</summary>
    Refilling,
}

/// <summary>How far the refill of a member is.</summary>
/// <param name="RowsDone">Rows brought up to date.</param>
/// <param name="Rows">Rows that were stale when it began.</param>
/// <param name="Elapsed">Time that it took so far.</param>
public sealed record RefillProgress(long RowsDone, long Rows, TimeSpan Elapsed)
{
    /// <summary>Rows a second; 0 before the first.</summary>
    public double Rate => Elapsed > TimeSpan.Zero ? RowsDone / Elapsed.TotalSeconds : 0;

    /// <summary>Time that the rest takes at this rate; null before there is one.</summary>
    public TimeSpan? TimeLeft => Rate > 0 ? TimeSpan.FromSeconds((Rows - RowsDone) / Rate) : null;
}

/// <param name="Member">Which.</param>
/// <param name="State">Where it stands.</param>
/// <param name="IsCounted">
/// The array counts on it: what it alone holds is an error while it is away. At most one member is not counted on.
/// </param>
/// <param name="StaleRows">Rows in which it may miss a write.</param>
/// <param name="Traffic">What went to it and came back.</param>
/// <param name="Refill">How far its refill is; null while there is none.</param>
/// <param name="Refusal">Why it is not accepted as the member it should be, in words; null where it is.</param>
public sealed record MemberStatus(
    MemberIndex Member,
    MemberState State,
    bool IsCounted,
    long StaleRows,
    MemberTraffic Traffic,
    RefillProgress? Refill,
    string? Refusal);

/// <summary>A look at an array.</summary>
/// <param name="Members">In the order of their indexes.</param>
/// <param name="Decided">The last epoch that is part of the array's history.</param>
/// <param name="Recovery">What the recovery of this client did with the epoch that was in flight.</param>
/// <param name="IsFenced">Another client owns the array: this one answers ESHUTDOWN.</param>
/// <param name="IsInDoubt">
/// An epoch was offered to too few members to be decided: nothing can be written until one of them is back.
/// </param>
/// <param name="Counters">Since the array was opened.</param>
public sealed record ArrayStatus(
    IReadOnlyList<MemberStatus> Members,
    Epoch Decided,
    RecoveryDirection Recovery,
    bool IsFenced,
    bool IsInDoubt,
    ArrayCounters Counters)
{
    /// <summary>How far the scrub that began last is; null while there is none.</summary>
    public ScrubProgress? Scrub { get; init; }
}

/// <summary>What an array did since it was opened.</summary>
public sealed record ArrayCounters
{
    /// <summary>Calls to members, repeated attempts included.</summary>
    public long Requests { get; init; }

    /// <summary>Attempts beyond the first of each call.</summary>
    public long Retries { get; init; }

    /// <summary>Blocks read by the user of the array.</summary>
    public long BlocksRead { get; init; }

    /// <summary>Blocks written by the user of the array.</summary>
    public long BlocksWritten { get; init; }

    /// <summary>Blocks of those read that had to be rebuilt from the rest of their row.</summary>
    public long DegradedReads { get; init; }

    /// <summary>Units that were corrupt or unreadable, were written anew and read back as they should be.</summary>
    public long Heals { get; init; }

    /// <summary>Units that were written anew and did not read back as they should.</summary>
    public long FailedHeals { get; init; }

    /// <summary>Stale units rebuilt on a member that returned.</summary>
    public long RefilledRows { get; init; }

    /// <summary>Rows written as a whole, with nothing read.</summary>
    public long FullStripeWrites { get; init; }

    /// <summary>Rows whose parity was computed from all their data.</summary>
    public long ReconstructWrites { get; init; }

    /// <summary>Rows whose parity was changed by the difference of old and new data.</summary>
    public long ReadModifyWrites { get; init; }

    /// <summary>Rows written without parity, as its member was away.</summary>
    public long DataOnlyWrites { get; init; }

    /// <summary>Rows that were mended before they could be written.</summary>
    public long MendedWrites { get; init; }

    /// <summary>Operations of the user that were answered with an error.</summary>
    public long Errors { get; init; }

    /// <summary>Epochs committed, those without a user's write included.</summary>
    public long Commits { get; init; }

    /// <summary>Commits that could not be decided when they were asked for, as too few members were there.</summary>
    public long CommitsInDoubt { get; init; }

    /// <summary>Reads for which the other members were asked as well, as one was slow.</summary>
    public long HedgedReads { get; init; }

    /// <summary>Those of them that the others answered first.</summary>
    public long HedgesWon { get; init; }

    /// <summary>Times that a read had to ask the members whether this client still owns the array.</summary>
    public long LeaseRenewals { get; init; }
}
