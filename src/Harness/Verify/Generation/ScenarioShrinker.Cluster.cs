using Raid5Verify.Faults;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Generation;

/// <content>A smaller cluster, and a simpler world around it.</content>
public static partial class ScenarioShrinker
{
    /// <summary>The blocks of a small cluster; smaller ones hold hardly a name.</summary>
    private const long LeastBlock = 512;

    private static IEnumerable<Scenario> SimplifySchedule(Scenario scenario)
    {
        ScenarioOptions options = scenario.Options;
        if (options.Strategy != StrategyKind.Fifo)
        {
            yield return scenario with { Options = options with { Strategy = StrategyKind.Fifo } };
        }

        if (options.Strategy is not (StrategyKind.Fifo or StrategyKind.Uniform))
        {
            yield return scenario with { Options = options with { Strategy = StrategyKind.Uniform } };
        }

        if (options.Network != NetworkModel.Lan)
        {
            yield return scenario with { Options = options with { Network = NetworkModel.Lan } };
        }

        if (scenario.Seed > 1)
        {
            yield return scenario with { Seed = 1 };
        }
    }

    /// <summary>Without one server that no step names; those behind it move up.</summary>
    private static IEnumerable<Scenario> DropServers(Scenario scenario)
    {
        for (int dropped = scenario.Cluster.Servers - 1; dropped >= 0; dropped--)
        {
            int server = dropped;
            if (!scenario.Steps.Any(step => Renumber(step, number => number == server ? -1 : number) != step)
                && On(
                    scenario.Cluster with { Servers = scenario.Cluster.Servers - 1 },
                    scenario with { Steps = [.. scenario.Steps.Select(step => Renumber(step, number => number > server ? number - 1 : number))] })
                    is { } smaller)
            {
                yield return smaller;
            }
        }
    }

    private static IEnumerable<Scenario> ShrinkCluster(Scenario scenario)
    {
        ClusterShape shape = scenario.Cluster;
        ClusterShape[] shapes =
        [
            shape with { Rows = shape.Rows / 2 / shape.Chunk * shape.Chunk },
            shape with { Chunk = 1 },
            shape with { Chunk = shape.Chunk / 2 },
            shape with { Block = new ByteSize(Math.Max(LeastBlock, shape.Block.Bytes / 2)) },
            shape with { Cache = shape.Cache / 2 },
        ];
        return shapes.Where(smaller => smaller != shape).Select(smaller => On(smaller, scenario)).OfType<Scenario>();
    }

    /// <summary>The scenario on another cluster; null if one of its steps is impossible there, or the cluster is.</summary>
    private static Scenario? On(ClusterShape cluster, Scenario scenario)
    {
        bool isPossible = cluster is { Servers: >= 3, Rows: >= 1, Chunk: >= 1, Cache: >= 1 }
            && cluster.Rows % cluster.Chunk == 0
            && cluster.FindProblem() is null
            && scenario.Steps.All(step => step.FindProblem(cluster) is null);
        return isPossible ? scenario with { Cluster = cluster } : null;
    }

    /// <summary>The step with other numbers for the servers that it names: the step itself, if it names none of them.</summary>
    private static Step Renumber(Step step, Func<int, int> number)
    {
        RecordFields fields = RecordFields.Of(step.GetType());
        foreach (RecordField field in fields.All)
        {
            object? value = field.Property.GetValue(step);
            object? renumbered = value switch
            {
                BlockTarget.OnServer place => place with { Server = number(place.Server) },
                HostTarget.OfServer host => new HostTarget.OfServer(number(host.Server)),
                int server when NamesServer(field) => number(server),
                _ => value,
            };
            step = Equals(renumbered, value) ? step : (Step)fields.With(step, field, renumbered);
        }

        return step;
    }

    private static bool NamesServer(RecordField field) =>
        field.Property.Name == (field.Property.DeclaringType == typeof(Swap) ? nameof(Swap.With) : nameof(ServerFault.Server));
}
