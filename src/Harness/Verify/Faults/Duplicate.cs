using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>Every message between the client and a server arrives twice, the second time perhaps much later.</summary>
public sealed record Duplicate : LinkFault
{
    /// <summary>The most that the second arrival lags behind; each draws its own lag.</summary>
    [Between(0, 60_000)]
    public TimeSpan Lag { get; init; }

    internal static Duplicate Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(300)),
        Lag = draft.Time(TimeSpan.Zero, TimeSpan.FromSeconds(2)),
    };

    private protected override FaultCost Cost(FaultScene scene) => FaultCost.None;

    private protected override LinkRule Rule(Host client, Host server) =>
        new DuplicateRule { From = client, To = server, BothWays = true, MaxLag = Lag };
}
