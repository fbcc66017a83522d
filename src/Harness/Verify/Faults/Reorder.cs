using Raid5Verify.Generation;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Faults;

/// <summary>Messages between the client and a server overtake each other.</summary>
public sealed record Reorder : LastingServerFault
{
    /// <summary>The most that a message is delayed; each draws its own delay.</summary>
    [Between(0, 60_000)]
    public required TimeSpan By { get; init; }

    internal static Reorder Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(300)),
        By = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)),
    };
}
