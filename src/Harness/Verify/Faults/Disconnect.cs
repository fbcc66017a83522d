using Raid5Verify.Generation;

namespace Raid5Verify.Faults;

/// <summary>The connection between the client and a server is cut: every open call fails, new ones go through.</summary>
public sealed record Disconnect : ServerFault
{
    internal static Disconnect Draw(Draft draft) => new() { Server = draft.Server() };
}
