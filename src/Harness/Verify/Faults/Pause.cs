using Raid5Verify.Generation;

namespace Raid5Verify.Faults;

/// <summary>A server stands still and then goes on as if nothing had been: a zombie.</summary>
public sealed record Pause : LastingServerFault
{
    internal static Pause Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(400)),
    };
}
