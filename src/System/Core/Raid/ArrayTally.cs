namespace Raid5Fs.Raid;

/// <summary>The running counts behind <see cref="ArrayCounters"/>.</summary>
internal sealed class ArrayTally
{
    public long BlocksRead;
    public long BlocksWritten;
    public long DegradedReads;
    public long Heals;
    public long FailedHeals;
    public long RefilledRows;
    public long FullStripeWrites;
    public long ReconstructWrites;
    public long ReadModifyWrites;
    public long DataOnlyWrites;
    public long MendedWrites;
    public long Errors;
    public long Commits;
    public long CommitsInDoubt;
    public long HedgedReads;
    public long HedgesWon;
    public long LeaseRenewals;

    public ArrayCounters ToCounters(long requests, long retries) => new()
    {
        Requests = requests,
        Retries = retries,
        BlocksRead = BlocksRead,
        BlocksWritten = BlocksWritten,
        DegradedReads = DegradedReads,
        Heals = Heals,
        FailedHeals = FailedHeals,
        RefilledRows = RefilledRows,
        FullStripeWrites = FullStripeWrites,
        ReconstructWrites = ReconstructWrites,
        ReadModifyWrites = ReadModifyWrites,
        DataOnlyWrites = DataOnlyWrites,
        MendedWrites = MendedWrites,
        Errors = Errors,
        Commits = Commits,
        CommitsInDoubt = CommitsInDoubt,
        HedgedReads = HedgedReads,
        HedgesWon = HedgesWon,
        LeaseRenewals = LeaseRenewals,
    };
}
