using Raid5Fs.Primitives;

namespace Raid5Fs.BlockServer;

/// <summary>What a member knows of the block in one of its rows.</summary>
internal enum RowState
{
    /// <summary>Nothing was written since the format: the block holds zeros.</summary>
    NeverWritten = 0,

    /// <summary>The block matches the entry's checksum, or it is corrupt.</summary>
    Written = 1,

    /// <summary>
    /// Nobody knows what the block should hold: its entry was damaged, or a write failed half way. Unreadable
    /// until it is written again.
    /// </summary>
    Lost = 2,
}

/// <summary>A row of the table in memory, packed into 16 bytes: there is one for every block of the member.</summary>
internal readonly struct RowEntry
{
    private const int StateBits = 2;

    private readonly ulong _sequenceAndState;

    /// <param name="state">What is known of the block.</param>
    /// <param name="checksum">Of its content; only of a written one.</param>
    /// <param name="sequence">Of its last write in this boot, 0 if there was none; below 2^62.</param>
    public RowEntry(RowState state, Checksum checksum, ulong sequence)
    {
        Checksum = checksum;
        _sequenceAndState = (sequence << StateBits) | (ulong)state;
    }

    public Checksum Checksum { get; }

    public RowState State => (RowState)(_sequenceAndState & ((1 << StateBits) - 1));

    public ulong Sequence => _sequenceAndState >> StateBits;

    public static ulong MaxSequence => ulong.MaxValue >> StateBits;
}
