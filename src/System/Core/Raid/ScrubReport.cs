using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>What a scrub found in a row.</summary>
public enum ScrubFindingKind
{
    /// <summary>A unit was bad or stale. It was rebuilt, written and read back as it should be.</summary>
    Healed,

    /// <summary>A unit was bad. It was rebuilt and written, but does not read back as it should.</summary>
    NotHealed,

    /// <summary>More than one unit is bad: the row cannot be rebuilt.</summary>
    Unrecoverable,

    /// <summary>All units are sound, and do not XOR to zero.</summary>
    Inconsistent,
}

/// <param name="Row">Where.</param>
/// <param name="Kind">What.</param>
/// <param name="Members">The members whose units are concerned; empty for an inconsistent row.</param>
public sealed record ScrubFinding(Row Row, ScrubFindingKind Kind, IReadOnlyList<MemberIndex> Members)
{
    public override string ToString() => Kind == ScrubFindingKind.Inconsistent
        ? $"{Row} is {Kind}: all members were read, the unit of each matches its checksum"
        : $"{Row} is {Kind}: {string.Join(", ", Members)}";
}

/// <summary>How far a scrub that is under way is.</summary>
/// <param name="RowsDone">Rows looked at.</param>
/// <param name="Rows">Rows that it is to look at.</param>
/// <param name="Findings">What it found so far.</param>
public sealed record ScrubProgress(long RowsDone, long Rows, int Findings);

/// <summary>What a scrub did.</summary>
/// <param name="Rows">Rows looked at.</param>
/// <param name="UnverifiedRows">
/// Those of them with a unit on a member that is away: what could be read is sound, or is a finding.
/// </param>
/// <param name="Findings">In the order of the rows. Empty if all that could be read was as it should be.</param>
/// <param name="Next">Where to go on, if it was told to stop; the number of rows if it came to the end.</param>
public sealed record ScrubReport(long Rows, long UnverifiedRows, IReadOnlyList<ScrubFinding> Findings, Row Next)
{
    /// <summary>Every unit of every row looked at was read, was sound, and every such row XORs to zero.</summary>
    public bool IsClean => UnverifiedRows == 0 && Findings.Count == 0;
}
