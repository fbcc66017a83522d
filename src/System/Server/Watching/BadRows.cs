using Microsoft.Extensions.Logging;
using Raid5Fs.Protocol;

namespace Raid5Fs.Server.Watching;

/// <summary>Rows whose block was found corrupt or unreadable, until it is written anew: what an operator replaces a disk for.</summary>
/// <remarks>In memory only: a start forgets them, and a scrub finds them again. Called from the server's one executor.</remarks>
internal sealed partial class BadRows(ILogger log)
{
    private readonly HashSet<long> _known = [];

    /// <summary>Rows that are bad as far as is known.</summary>
    public int Known => _known.Count;

    /// <summary>Rows found bad, each once until it is repaired.</summary>
    public long Found { get; private set; }

    /// <summary>Bad rows that were written anew.</summary>
    public long Repaired { get; private set; }

    public void Note(ReadRequest request, ReadReply reply)
    {
        for (int i = 0; i < reply.Blocks.Count; i++)
        {
            BlockStatus status = reply.Blocks[i].Status;
            if (status is BlockStatus.BlockCorrupt or BlockStatus.BlockUnreadable && _known.Add(request.Rows[i]))
            {
                Found++;
                LogFound(request.Rows[i], status == BlockStatus.BlockCorrupt ? "corrupt" : "unreadable");
            }
        }
    }

    public void Note(WriteRequest request, StateReply reply)
    {
        if (_known.Count == 0 || reply.Status != CallStatus.Ok)
        {
            return;
        }

        foreach (WriteBlock block in request.Blocks)
        {
            if (_known.Remove(block.Row))
            {
                Repaired++;
                LogRepaired(block.Row);
            }
        }
    }

    [LoggerMessage(EventId = 10, EventName = "BadBlock", Level = LogLevel.Warning, Message = "row {Row}: the block is {State}")]
    private partial void LogFound(long row, string state);

    [LoggerMessage(EventId = 11, EventName = "Repaired", Level = LogLevel.Information, Message = "row {Row}: a bad block was written anew")]
    private partial void LogRepaired(long row);
}
