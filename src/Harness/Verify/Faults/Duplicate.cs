using Raid5Verify.Generation;

namespace Raid5Verify.Faults;

/// <summary>Every message between the client and a server arrives twice.</summary>
public sealed record Duplicate : LastingServerFault
{
    internal static Duplicate Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(300)),
    };
}
