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
    private readonly SortedDictionary<Row, Pin>[] _pins;
    private readonly HashSet<UnitPlace> _userBlocks = [];
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
    public int UserBlocks => _userBlocks.Count;

    /// <summary>Blocks that writes under way may add to it.</summary>
    public int ReservedBlocks { get; set; }

    /// <summary>Whether the user wrote a block of this epoch.</summary>
    public bool IsUsers(UnitPlace block) => _userBlocks.Contains(block);

    /// <summary>The user wrote a block.</summary>
    public void MarkUsers(UnitPlace block) => _userBlocks.Add(block);

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
