using Raid5Verify.Scenarios;

namespace Raid5Verify.Faults;

/// <summary>Something that goes wrong. One record a kind: behaviour, cost, generator and YAML tag together.</summary>
public abstract record Fault : Step
{
    /// <summary>How long after this step the fault strikes: in the middle of the operations that follow.</summary>
    [Between(0, 3_600_000)]
    public TimeSpan After { get; init; }
}

/// <summary>A fault of one server, or of the way between the client and it.</summary>
public abstract record ServerFault : Fault
{
    /// <summary>Its place in the array, from 0.</summary>
    [Subject]
    [Between(0, 31)]
    public required int Server { get; init; }

    internal override FieldProblem? FindProblem(ClusterShape cluster) =>
        Server < cluster.Servers
            ? null
            : new FieldProblem(nameof(Server), $"there is no server {Server}: the cluster has servers 0 to {cluster.Servers - 1}");
}

/// <summary>A fault of one server that lasts for a while and then ends by itself.</summary>
public abstract record LastingServerFault : ServerFault
{
    /// <summary>How long it lasts.</summary>
    [Between(1, 3_600_000)]
    public required TimeSpan For { get; init; }
}

/// <summary>A fault of one stored block.</summary>
public abstract record BlockFault : Fault
{
    [Subject]
    public required BlockTarget Block { get; init; }

    internal override FieldProblem? FindProblem(ClusterShape cluster) => Block switch
    {
        BlockTarget.OnServer place when place.Server >= cluster.Servers =>
            new FieldProblem(nameof(Block), $"there is no server {place.Server}: the cluster has servers 0 to {cluster.Servers - 1}"),
        BlockTarget.OnServer place when place.Row >= cluster.Rows =>
            new FieldProblem(nameof(Block), $"there is no row {place.Row}: the cluster has rows 0 to {cluster.Rows - 1}"),
        _ => null,
    };
}
