using Raid5Verify.Generation;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Faults;

/// <summary>The next replies of a server are lost: it did what was asked, and nobody knows.</summary>
public sealed record LoseReplies : ServerFault
{
    /// <summary>How many.</summary>
    [Between(1, 1000)]
    public int Count { get; init; } = 1;

    internal static LoseReplies Draw(Draft draft) => new() { Server = draft.Server(), Count = draft.Dice.Next(1, 3) };
}
