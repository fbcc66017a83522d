using System.Runtime.CompilerServices;
using Google.Protobuf;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <summary>What is known of one unit of a row: the block of one member.</summary>
internal enum UnitState : byte
{
    /// <summary>Nobody asked.</summary>
    Unread = 0,

    /// <summary>Its content is known: verified when it was read, or rebuilt from units that were.</summary>
    Good,

    /// <summary>Its member is there and holds nothing to be trusted: corrupt, unreadable or stale.</summary>
    Bad,

    /// <summary>Its member cannot be reached.</summary>
    Missing,
}

/// <param name="State">What is known.</param>
/// <param name="Content">One block of a good unit; empty stands for zeros, of a block never written.</param>
internal readonly record struct Unit(UnitState State, ReadOnlyMemory<byte> Content);

/// <summary>New content for a unit.</summary>
/// <param name="Content">One block. Never changed and never reused: a late attempt of a call may still read it.</param>
/// <param name="Checksum">Of the content.</param>
internal readonly record struct NewUnit(ByteString Content, Checksum Checksum)
{
    /// <summary>Takes a copy.</summary>
    public static NewUnit CopyOf(ReadOnlySpan<byte> content) =>
        new(ByteString.CopyFrom(content), Checksum.Of(content));

    /// <summary>Takes the array over: the caller does not touch it again.</summary>
    public static NewUnit Take(byte[] content) =>
        new(UnsafeByteOperations.UnsafeWrap(content), Checksum.Of(content));
}

/// <summary>
/// One row while an operation works on it under its lock: what was read of its units, and what is to be written.
/// </summary>
internal sealed class RowImage
{
    private readonly Unit[] _units;
    private readonly NewUnit[] _writes;

    public RowImage(Raid5Geometry geometry, Row row)
        : this(row, geometry.ParityOf(row), geometry.Members)
    {
    }

    private RowImage(Row row, MemberIndex parity, int members)
    {
        Row = row;
        Parity = parity;
        All = MemberSet.All(members);
        _units = new Unit[members];
        _writes = new NewUnit[members];
    }

    public Row Row { get; }

    /// <summary>The member that holds this row's parity.</summary>
    public MemberIndex Parity { get; }

    public MemberSet All { get; }

    /// <summary>All members but the parity's.</summary>
    public MemberSet Data => All - MemberSet.Of(Parity);

    /// <summary>The units that the next read asks for.</summary>
    public MemberSet Wanted { get; set; }

    /// <summary>The units that the next write sends.</summary>
    public MemberSet Targets { get; private set; }

    /// <summary>Those of <see cref="Targets"/> that their members acknowledged.</summary>
    public MemberSet Acknowledged { get; set; }

    /// <summary>The good units.</summary>
    public MemberSet Known { get; private set; }

    /// <summary>The unit that was rebuilt from all others; empty if none was.</summary>
    public MemberSet Rebuilt { get; set; }

    /// <summary>A member has answered for one of its units; else what is known of it was in memory.</summary>
    public bool WasAnswered { get; set; }

    /// <summary>The rebuilt unit was written back and reads as it should.</summary>
    public bool IsHealed { get; set; }

    public Unit this[MemberIndex member]
    {
        get => _units[member.Value];
        set
        {
            _units[member.Value] = value;
            Known = value.State == UnitState.Good ? Known.With(member) : Known - MemberSet.Of(member);
        }
    }

    /// <summary>The image of a row among those of an operation; a new one where there is none yet.</summary>
    /// <param name="images">Ascending by row, before and after.</param>
    /// <param name="geometry">Of the array.</param>
    /// <param name="row">The row.</param>
    public static RowImage FindOrAdd(List<RowImage> images, Raid5Geometry geometry, Row row)
    {
        int from = 0;
        int to = images.Count;
        while (from < to)
        {
            int middle = (from + to) / 2;
            (from, to) = images[middle].Row < row ? (middle + 1, to) : (from, middle);
        }

        if (from == images.Count || images[from].Row != row)
        {
            images.Insert(from, new RowImage(geometry, row));
        }

        return images[from];
    }

    /// <summary>An image of the same row with nothing read and nothing to write.</summary>
    public RowImage Blank() => new(Row, Parity, _units.Length);

    public NewUnit NewContent(MemberIndex member)
    {
        Invariant.Require(Targets.Contains(member), "only a target has new content");
        return _writes[member.Value];
    }

    public void Write(MemberIndex member, NewUnit content)
    {
        _writes[member.Value] = content;
        Targets = Targets.With(member);
    }

    /// <summary>Takes a unit out of the targets.</summary>
    public void Drop(MemberSet members) => Targets -= members;

    /// <summary>Takes over what another image of the same row knows of its units.</summary>
    public void Learn(RowImage other)
    {
        Invariant.Require(other.Row == Row, "one row");
        foreach (MemberIndex member in All)
        {
            this[member] = other[member];
        }
    }

    /// <summary>The XOR of some good units, in a new array of <paramref name="blockSize"/> bytes.</summary>
    public byte[] XorOfKnown(MemberSet members, int blockSize) => Xor(members, MemberSet.None, blockSize);

    /// <summary>The XOR of some good units and of the new contents of some targets, in a new array.</summary>
    public byte[] Xor(MemberSet known, MemberSet written, int blockSize)
    {
        Invariant.Require(known.IsSubsetOf(Known), "every source of an XOR is verified");
        Invariant.Require(written.IsSubsetOf(Targets), "only a target has new content");
        var sources = new Sources();
        int count = 0;
        foreach (MemberIndex member in known)
        {
            sources[count++] = _units[member.Value].Content;
        }

        foreach (MemberIndex member in written)
        {
            sources[count++] = _writes[member.Value].Content.Memory;
        }

        byte[] sum = new byte[blockSize];
        Raid.Parity.Xor(sum, ((ReadOnlySpan<ReadOnlyMemory<byte>>)sources)[..count]);
        return sum;
    }

    /// <summary>Old and new contents of a row.</summary>
    [InlineArray(2 * MemberGeometry.MaxMembers)]
    private struct Sources
    {
        private ReadOnlyMemory<byte> _first;
    }
}
