using System.Numerics;

namespace Raid5Verify.Campaigns;

/// <summary>A hash over the hashes of runs in their order: the same in another order come to another one. Not thread-safe.</summary>
internal sealed class HashChain
{
    public ulong Value { get; private set; } = 0x452821E638D01377;

    public void Add(ulong hash) => Value = unchecked(BitOperations.RotateLeft(Value ^ hash, 29) * 0x9E3779B97F4A7C15);
}
