using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <summary>A unit that was written in the open epoch. Kept until the epoch is decided: its member may forget it.</summary>
internal sealed class Pin(Row row, NewUnit unit, ulong sequence)
{
    public Row Row { get; } = row;

    public NewUnit Unit { get; } = unit;

    /// <summary>Orders the contents of one block.</summary>
    public ulong Sequence { get; } = sequence;

    /// <summary>The life of the member that acknowledged it; 0 if none did. A later life knows nothing of it.</summary>
    public ulong AcknowledgedBy { get; set; }
}

/// <summary>
/// What was written since the last commit, as the client has it: the newest content of every unit, by member and row.
/// Reads find it here, and what a restarted member forgot is sent again from here.
/// </summary>
internal sealed class OpenEpoch
{
    /// <summary>Of a user's block: it was written. A higher count is of the writes under way that may be the first.</summary>
    private const int Written = 0;

    private readonly SortedDictionary<Row, Pin>[] _pins;
    private readonly Dictionary<UnitPlace, int> _userBlocks = [];
    private ulong _lastSequence;

    public OpenEpoch(Epoch epoch, int members)
    {
        Epoch = epoch;
        _pins = new SortedDictionary<Row, Pin>[members];
        for (int member = 0; member < members; member++)
        {
            _pins[member] = [];
        }
    }

    public Epoch Epoch { get; }

    /// <summary>Distinct blocks that the user of the array wrote: only the user knows when they may be committed.</summary>
    public int UserBlocks { get; private set; }

    /// <summary>Distinct blocks that the user wrote, or that writes under way may write.</summary>
    public int TakenBlocks => _userBlocks.Count;

    /// <summary>A write under way may write a block; <see cref="Release"/> is called when it ends.</summary>
    public void Reserve(UnitPlace block)
    {
        bool isTaken = _userBlocks.TryGetValue(block, out int writes);
        if (!isTaken || writes != Written)
        {
            _userBlocks[block] = writes + 1;
        }
    }

    /// <summary>The user wrote a block: it stays, whatever becomes of the writes that reserved it.</summary>
    public void MarkUsers(UnitPlace block)
    {
        bool isTaken = _userBlocks.TryGetValue(block, out int writes);
        UserBlocks += isTaken && writes == Written ? 0 : 1;
        _userBlocks[block] = Written;
    }

    /// <summary>A write that reserved a block has ended.</summary>
    public void Release(UnitPlace block)
    {
        int writes = _userBlocks.GetValueOrDefault(block, Written);
        if (writes > 1)
        {
            _userBlocks[block] = writes - 1;
        }
        else if (writes != Written)
        {
            _userBlocks.Remove(block);
        }
    }

    public bool IsEmpty => Array.TrueForAll(_pins, static pins => pins.Count == 0);

    /// <summary>The most rows that it writes on one member.</summary>
    public int Rows => _pins.Max(static pins => pins.Count);

    public int RowsOn(MemberIndex member) => _pins[member.Value].Count;

    /// <summary>Every row of which it writes any unit.</summary>
    public IEnumerable<Row> AllRows() => _pins.SelectMany(static pins => pins.Keys);

    public Pin? Find(MemberIndex member, Row row) => _pins[member.Value].GetValueOrDefault(row);

    public Pin Put(MemberIndex member, Row row, NewUnit unit)
    {
        var pin = new Pin(row, unit, ++_lastSequence);
        _pins[member.Value][row] = pin;
        return pin;
    }

    /// <summary>The member is no longer counted on: what it was sent is what the others know without it.</summary>
    public void Drop(MemberIndex member) => _pins[member.Value].Clear();

    /// <summary>What a life of a member has not acknowledged, by ascending row.</summary>
    public List<Pin> MissingFrom(MemberIndex member, ulong bootId)
    {
        List<Pin> missing = [];
        foreach (Pin pin in _pins[member.Value].Values)
        {
            if (pin.AcknowledgedBy != bootId)
            {
                missing.Add(pin);
            }
        }

        return missing;
    }

    /// <summary>Counts nothing on a member as acknowledged, so that all of it is sent again.</summary>
    public void Doubt(MemberIndex member)
    {
        foreach (Pin pin in _pins[member.Value].Values)
        {
            pin.AcknowledgedBy = 0;
        }
    }

    /// <summary>What a member must hold of this epoch.</summary>
    public EpochDigest DigestOf(MemberIndex member)
    {
        var digest = new EpochDigest();
        foreach ((Row row, Pin pin) in _pins[member.Value])
        {
            digest.Add(row, pin.Unit.Checksum);
        }

        return digest;
    }
}
