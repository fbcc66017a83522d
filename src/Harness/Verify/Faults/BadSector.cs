using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>A latent sector error: reading the block gives EIO until it is written again.</summary>
public sealed record BadSector : BlockFault
{
    internal static BadSector Draw(Draft draft) => new() { Block = draft.Block() };

    private protected override DiskDamage Damage(SimFile file, long offset, int length, Dice dice) =>
        file.MakeUnreadable(offset, length);
}
