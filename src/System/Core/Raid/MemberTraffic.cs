namespace Raid5Fs.Raid;

/// <summary>What went to one member and came back since the array was opened. A snapshot.</summary>
public sealed record MemberTraffic
{
    /// <summary>Calls sent to it, repeated attempts included.</summary>
    public long Requests { get; init; }

    /// <summary>Attempts beyond the first of each call.</summary>
    public long Retries { get; init; }

    /// <summary>Blocks that it answered, parity included.</summary>
    public long BlocksRead { get; init; }

    /// <summary>Blocks that it acknowledged, parity included.</summary>
    public long BlocksWritten { get; init; }

    /// <summary>Bytes of the blocks that it answered.</summary>
    public long BytesRead { get; init; }

    /// <summary>Bytes of the blocks that it acknowledged.</summary>
    public long BytesWritten { get; init; }

    /// <summary>Calls that brought no answer, or a refusal.</summary>
    public long Errors { get; init; }

    /// <summary>Blocks that it could not give, as they are corrupt or unreadable.</summary>
    public long BadBlocks { get; init; }

    /// <summary>Blocks of it that were rebuilt and written anew.</summary>
    public long Repairs { get; init; }
}

/// <summary>The running counts behind <see cref="MemberTraffic"/>.</summary>
internal sealed class MemberTrafficTally
{
    public long Requests;
    public long Retries;
    public long BlocksRead;
    public long BlocksWritten;
    public long Errors;
    public long BadBlocks;
    public long Repairs;

    /// <param name="blockSize">Bytes.</param>
    public MemberTraffic Snapshot(int blockSize) => new()
    {
        Requests = Requests,
        Retries = Retries,
        BlocksRead = BlocksRead,
        BlocksWritten = BlocksWritten,
        BytesRead = BlocksRead * blockSize,
        BytesWritten = BlocksWritten * blockSize,
        Errors = Errors,
        BadBlocks = BadBlocks,
        Repairs = Repairs,
    };
}
