namespace Raid5Fs.BlockServer;

/// <summary>The running counts of a member since its start.</summary>
internal sealed class MemberTally
{
    public long Reads;
    public long Writes;
    public long BlocksRead;
    public long BlocksWritten;
    public long BadBlocks;
    public long SupersededBlocks;
    public long Refused;
    public long EpochsSealed;
    public long EpochsCommitted;
    public long LogRecordBytes;
    public long LogBytes;
    public long Checkpoints;
    public long CheckpointsPutOff;
}
