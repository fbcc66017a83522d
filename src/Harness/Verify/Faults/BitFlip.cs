using Raid5Verify.Generation;

namespace Raid5Verify.Faults;

/// <summary>One bit of a stored block flips: which one, the dice say.</summary>
public sealed record BitFlip : BlockFault
{
    internal static BitFlip Draw(Draft draft) => new() { Block = draft.Block() };
}
