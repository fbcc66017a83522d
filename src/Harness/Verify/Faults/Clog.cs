using Raid5Verify.Generation;

namespace Raid5Verify.Faults;

/// <summary>Messages between the client and a server are held, and released all at once.</summary>
public sealed record Clog : LastingServerFault
{
    internal static Clog Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(draft.Chance(2) ? 20 : 400)),
    };
}
