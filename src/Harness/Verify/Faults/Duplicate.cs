using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>Every message between the client and a server arrives twice.</summary>
public sealed record Duplicate : LinkFault
{
    internal static Duplicate Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(300)),
    };

    private protected override FaultCost Cost(FaultScene scene) => FaultCost.None;

    private protected override LinkRule Rule(Host client, Host server) =>
        new DuplicateRule { From = client, To = server, BothWays = true };
}
