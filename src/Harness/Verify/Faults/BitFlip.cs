using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>One bit of a stored block flips: which one, the dice say.</summary>
public sealed record BitFlip : BlockFault
{
    internal static BitFlip Draw(Draft draft) => new() { Block = draft.Block() };

    private protected override DiskDamage Damage(SimFile file, long offset, int length, Dice dice) =>
        file.FlipBit(offset + dice.Next(length), dice.Next(8));
}
