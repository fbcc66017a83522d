using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>Where a block of the array lies.</summary>
/// <param name="Member">Which member holds it.</param>
/// <param name="Row">In which row.</param>
/// <param name="Parity">Which member holds the parity of that row.</param>
public readonly record struct BlockPlace(MemberIndex Member, Row Row, MemberIndex Parity);
