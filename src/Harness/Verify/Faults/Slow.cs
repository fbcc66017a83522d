using Raid5Verify.Generation;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Faults;

/// <summary>Everything on the way to a server and back takes longer.</summary>
public sealed record Slow : LastingServerFault
{
    /// <summary>Added to every message, each way.</summary>
    [Between(0, 60_000)]
    public required TimeSpan By { get; init; }

    internal static Slow Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(300)),
        By = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)),
    };
}
