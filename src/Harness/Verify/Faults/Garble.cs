using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>A bit flips in each of the next messages between the client and a server: which one, the dice say.</summary>
public sealed record Garble : MessageFault
{
    internal static Garble Draw(Draft draft) => new() { Server = draft.Server(), Count = draft.Dice.Next(1, 3) };

    private protected override LinkRule Rule(Host client, Host server) =>
        new FlipRule { From = client, To = server, BothWays = true, AtMost = Count };
}
