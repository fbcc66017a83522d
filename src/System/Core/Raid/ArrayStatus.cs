using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>Where a member stands in the array.</summary>
public enum MemberState
{
    /// <summary>Reachable, and no row is stale on it.</summary>
    InSync,

    /// <summary>It cannot be reached, or it is not the member it should be. Its rows go stale as they are written.</summary>
    Away,

    /// <summary>Reachable; rows that are stale on it are being rebuilt.</summary>
    Refilling,
}

/// <param name="Member">Which.</param>
/// <param name="State">Where it stands.</param>
/// <param name="StaleRows">Rows in which it misses a write.</param>
/// <param name="Requests">Reads and writes sent to it, repeated attempts included.</param>
/// <param name="BlocksRead">Blocks that it answered.</param>
/// <param name="BlocksWritten">Blocks that it acknowledged.</param>
/// <param name="Refusal">Why it is not accepted as the member it should be, in words; null where it is.</param>
public sealed record MemberStatus(
    MemberIndex Member,
    MemberState State,
    long StaleRows,
    long Requests,
    long BlocksRead,
    long BlocksWritten,
    string? Refusal);

/// <summary>A look at an array.</summary>
/// <param name="Members">In the order of their indexes.</param>
/// <param name="Counters">Since the array was opened.</param>
public sealed record ArrayStatus(IReadOnlyList<MemberStatus> Members, ArrayCounters Counters);

/// <summary>What an array did since it was opened.</summary>
public sealed record ArrayCounters
{
    /// <summary>Read and Write calls to members, repeated attempts included.</summary>
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

    /// <summary>Operations of the user that were answered with EIO.</summary>
    public long Errors { get; init; }
}
