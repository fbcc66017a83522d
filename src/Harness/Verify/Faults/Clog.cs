using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>Messages between the client and a server are held, and released all at once.</summary>
public sealed record Clog : LinkFault
{
    internal static Clog Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(draft.Chance(2) ? 20 : 400)),
    };

    private protected override LinkRule Rule(Host client, Host server) =>
        new ClogRule { From = client, To = server, BothWays = true };
}
