using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>Everything on the way to a server and back takes longer.</summary>
public sealed record Slow : LinkFault
{
    /// <summary>Added to every message, each way.</summary>
    [Between(0, 60_000)]
    public required TimeSpan By { get; init; }

    internal static Slow Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(300)),
        By = draft.Lateness(),
    };

    private protected override FaultCost Cost(FaultScene scene) =>
        4 * By <= scene.Cluster.ArrayOptions.AttemptTimeout ? FaultCost.None : CostOfSilence(scene, For + By);

    private protected override LinkRule Rule(Host client, Host server) =>
        new DelayRule { From = client, To = server, BothWays = true, Min = By, Max = By };
}
