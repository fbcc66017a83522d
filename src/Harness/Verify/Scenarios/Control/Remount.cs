using Raid5Verify.Generation;

namespace Raid5Verify.Scenarios.Control;

/// <summary>Unmounts the file system and mounts it again: nothing is in the client's cache afterwards.</summary>
public sealed record Remount : Step
{
    internal static Remount Draw(Draft draft) => new();
}
