using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Coverage;

/// <summary>What a member's units are, as the harness knows it: the worst of what is true of it.</summary>
public enum MemberCondition
{
    /// <summary>All of its units are good.</summary>
    Good,

    /// <summary>A block on its disk is damaged.</summary>
    Damaged,

    /// <summary>The client does not take it for in sync: it may miss a write in any row.</summary>
    Behind,

    /// <summary>It is down, or stands still, or is not at its address.</summary>
    Away,
}

/// <summary>What the units of the other members of its rows are.</summary>
public enum RestOfRow
{
    Good,
    OneDamaged,
    OneBehind,
    OneAway,

    /// <summary>More than one of them is not good.</summary>
    Several,
}

/// <summary>
/// A situation that the system was in: something became of a message of the protocol, while the rows were in that state, and a fault of
/// that kind was felt.
/// </summary>
/// <param name="Method">The remote call.</param>
/// <param name="Packet">Which of its messages.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Member">The state of the member that it is to or from.</param>
/// <param name="Others">The state of the others.</param>
/// <param name="Fault">The fault's YAML tag; null for none. Where several are felt, each makes a state.</param>
public readonly record struct ReachedState(
    string Method, PacketKind Packet, PacketFate Fate, MemberCondition Member, RestOfRow Others, string? Fault)
{
    /// <summary>Such as <c>Commit reply dropped, member away, others one-damaged, fault crash</c>.</summary>
    public override string ToString() =>
        $"{Method} {KebabCase.Of(Packet.ToString())} {KebabCase.Of(Fate.ToString())}, member {KebabCase.Of(Member.ToString())}, "
        + $"others {KebabCase.Of(Others.ToString())}, fault {Fault ?? "none"}";
}
