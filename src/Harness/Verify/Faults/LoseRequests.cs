using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>The next requests to a server are lost.</summary>
public sealed record LoseRequests : MessageFault
{
    internal static LoseRequests Draw(Draft draft) => new() { Server = draft.Server(), Count = draft.Dice.Next(1, 3) };

    private protected override LinkRule Rule(Host client, Host server) =>
        new LossRule { From = client, To = server, Kind = PacketKind.Request, AtMost = Count };
}
