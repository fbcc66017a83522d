using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>Something that goes wrong. One record a kind: behaviour, cost, generator and YAML tag together.</summary>
public abstract record Fault : Step
{
    /// <summary>How long after this step the fault strikes: in the middle of the operations that follow.</summary>
    [Between(0, 3_600_000)]
    public TimeSpan After { get; init; }

    /// <summary>How long it lasts before it ends by itself; null for what happens in an instant, or only the system mends.</summary>
    internal virtual TimeSpan? Lasts => null;

    /// <summary>Another fault, without which this one hardly ever shows: the generator lets it follow. Null for most.</summary>
    internal virtual Fault? DrawSequel(Draft draft) => null;

    /// <summary>What it would do now; null if there is nothing to strike.</summary>
    internal abstract FaultPlan? Plan(FaultScene scene);

    internal sealed override Task ApplyAsync(ScenarioRun run)
    {
        run.Faults.Arm(this);
        return Task.CompletedTask;
    }
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

    /// <summary>Retries ride out what is short, once; what is long costs the member.</summary>
    internal FaultCost CostOfSilence(FaultScene scene, TimeSpan length) =>
        length <= scene.Cluster.LongestDisturbance ? new FaultCost.Disturbance(Server) : new FaultCost.Member(Server);
}

/// <summary>A fault of the next few messages between the client and a server.</summary>
public abstract record MessageFault : ServerFault
{
    /// <summary>How many messages it strikes.</summary>
    [Between(1, 1000)]
    public int Count { get; init; } = 1;

    internal sealed override FaultPlan Plan(FaultScene scene) => new(
        CostOfSilence(scene, Count * scene.Cluster.ArrayOptions.AttemptTimeout),
        () => scene.AddRule(this, Rule(scene.Cluster.Client, scene.Cluster.Servers[Server]), Count));

    private protected abstract LinkRule Rule(Host client, Host server);
}

/// <summary>A fault of one server that lasts for a while and then ends by itself.</summary>
public abstract record LastingServerFault : ServerFault
{
    /// <summary>How long it lasts.</summary>
    [Between(1, 3_600_000)]
    public required TimeSpan For { get; init; }

    internal sealed override TimeSpan? Lasts => For;
}

/// <summary>A fault that lies on the way between the client and a server for a while.</summary>
public abstract record LinkFault : LastingServerFault
{
    internal sealed override FaultPlan Plan(FaultScene scene) => new(
        Cost(scene), () => scene.AddRule(this, Rule(scene.Cluster.Client, scene.Cluster.Servers[Server])));

    /// <summary>What it costs: as if nothing came through, unless a kind knows better.</summary>
    private protected virtual FaultCost Cost(FaultScene scene) => CostOfSilence(scene, For);

    private protected abstract LinkRule Rule(Host client, Host server);
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

    internal sealed override FaultPlan? Plan(FaultScene scene)
    {
        if (scene.Locate(Block) is not { } place)
        {
            return null;
        }

        // The newest content is struck; a row that was never written has none.
        long[] offsets = [.. scene.Cluster.OffsetsOf(place.Server, place.Row)];
        int size = (int)scene.Cluster.Shape.Block.Bytes;
        return offsets.Length == 0 ? null : new FaultPlan(
            new FaultCost.Units(place.Server, place.Row, place.Row),
            () => new ActiveDamage(
                scene.Cluster.World,
                this,
                Damage(scene.Cluster.SlotFile(place.Server), offsets[0], size, scene.Dice)));
    }

    private protected abstract DiskDamage Damage(SimFile file, long offset, int length, Dice dice);
}
