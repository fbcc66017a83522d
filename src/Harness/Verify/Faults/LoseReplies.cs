using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>The next replies of a server are lost: it did what was asked, and nobody knows.</summary>
public sealed record LoseReplies : MessageFault
{
    internal static LoseReplies Draw(Draft draft) => new() { Server = draft.Server(), Count = draft.Dice.Next(1, 3) };

    private protected override LinkRule Rule(Host client, Host server) =>
        new LossRule { From = server, To = client, Kind = PacketKind.Reply, AtMost = Count };
}
