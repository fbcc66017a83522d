using Raid5Verify.Generation;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Faults;

/// <summary>The next requests to a server are lost.</summary>
public sealed record LoseRequests : ServerFault
{
    /// <summary>How many.</summary>
    [Between(1, 1000)]
    public int Count { get; init; } = 1;

    internal static LoseRequests Draw(Draft draft) => new() { Server = draft.Server(), Count = draft.Dice.Next(1, 3) };
}
