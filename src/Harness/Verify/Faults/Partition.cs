using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>No message gets through between the client and a server.</summary>
public sealed record Partition : LinkFault
{
    /// <summary>Which messages are stopped.</summary>
    public PartitionWay Way { get; init; } = PartitionWay.Both;

    internal static Partition Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(draft.Chance(2) ? 20 : 400)),
        Way = draft.Pick(Enum.GetValues<PartitionWay>()),
    };

    private protected override LinkRule Rule(Host client, Host server) => new LossRule
    {
        From = Way == PartitionWay.Replies ? server : client,
        To = Way == PartitionWay.Replies ? client : server,
        BothWays = Way == PartitionWay.Both,
    };
}

/// <summary>Which messages a partition stops.</summary>
public enum PartitionWay
{
    Both,

    /// <summary>Those to the server: it hears nothing.</summary>
    Requests,

    /// <summary>Those from the server: it hears, does, and is not heard.</summary>
    Replies,
}
