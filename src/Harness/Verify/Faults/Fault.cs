using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>Something that goes wrong. One record a kind: behaviour, cost, generator and YAML tag together.</summary>
/// <remarks>
/// It strikes at its step, or at another moment that <see cref="After"/>, <see cref="At"/>, <see cref="When"/> or
/// <see cref="While"/> names: in the middle of the steps that follow. If that moment does not come while the story goes on, it
/// is counted as missed.
/// </remarks>
public abstract record Fault : Step
{
    /// <summary>How long after this step it strikes; with <see cref="When"/>, how long after that moment.</summary>
    [Between(0, 3_600_000)]
    public TimeSpan After { get; init; }

    /// <summary>At which time of the story it strikes, counted from the first of its steps. What is past already is missed.</summary>
    [Between(0, 3_600_000)]
    public TimeSpan? At { get; init; }

    /// <summary>At which moment of a host's work it strikes, such as <c>before server 2's 3rd flush</c>, counted from this step on.</summary>
    public HostPoint? When { get; init; }

    /// <summary>
    /// During what it strikes: as soon as that is so, and what lasts ends as soon as it no longer is. Strikes once.
    /// </summary>
    public Condition? While { get; init; }

    /// <summary>How long it lasts before it ends by itself; null for what happens in an instant, or only the system mends.</summary>
    internal virtual TimeSpan? Lasts => null;

    /// <summary>Another fault, without which this one hardly ever shows: the generator lets it follow. Null for most.</summary>
    internal virtual Fault? DrawSequel(Draft draft) => null;

    internal override bool WatchesPoints => When is not null || While is not null;

    /// <summary>What it would do now; null if there is nothing to strike.</summary>
    internal abstract FaultPlan? Plan(FaultScene scene);

    /// <summary>What is impossible about a fault of that kind, wherever it strikes.</summary>
    internal virtual FieldProblem? FindOwnProblem(ClusterShape cluster) => null;

    internal sealed override FieldProblem? FindProblem(ClusterShape cluster) => FindOwnProblem(cluster) ?? FindMomentProblem(cluster);

    internal sealed override Task ApplyAsync(ScenarioRun run)
    {
        run.Faults.Arm(this);
        return Task.CompletedTask;
    }

    private FieldProblem? FindMomentProblem(ClusterShape cluster)
    {
        string[] given = [.. Given()];
        return given.Length > 1 && !(given is [nameof(When), nameof(After)])
            ? new FieldProblem(given[0], $"a fault strikes at one moment: '{KebabCase.Of(given[0])}' and '{KebabCase.Of(given[1])}' are two")
            : When?.FindMisfit(cluster) is { } point ? new FieldProblem(nameof(When), point)
            : While?.FindMisfit(cluster) is { } condition ? new FieldProblem(nameof(While), condition)
            : null;

        IEnumerable<string> Given()
        {
            if (At is not null)
            {
                yield return nameof(At);
            }

            if (When is not null)
            {
                yield return nameof(When);
            }

            if (While is not null)
            {
                yield return nameof(While);
            }

            if (After != TimeSpan.Zero)
            {
                yield return nameof(After);
            }
        }
    }
}

/// <summary>A fault of one server, or of the way between the client and it.</summary>
public abstract record ServerFault : Fault
{
    /// <summary>Its place in the array, from 0.</summary>
    [Subject]
    [ServerPlace]
    public required int Server { get; init; }

    internal override FieldProblem? FindOwnProblem(ClusterShape cluster) =>
        Server < cluster.Servers
            ? null
            : new FieldProblem(nameof(Server), cluster.Lacks(Server));

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
    /// <summary>Which: <c>/diary at 8KiB</c> is the block of a file that holds this byte, <c>server 2 row 17</c> what lies there.</summary>
    [Subject]
    public required BlockTarget Block { get; init; }

    internal override FieldProblem? FindOwnProblem(ClusterShape cluster) => Block switch
    {
        BlockTarget.OnServer place when place.Server >= cluster.Servers =>
            new FieldProblem(nameof(Block), cluster.Lacks(place.Server)),
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
