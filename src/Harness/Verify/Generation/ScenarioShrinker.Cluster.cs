using System.Globalization;
using System.Text.RegularExpressions;
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
            yield return scenario with { Options = new ScenarioOptions { Strategy = StrategyKind.Fifo, Network = options.Network, Mode = options.Mode, Mount = options.Mount } };
        }

        if (options.Strategy is not (StrategyKind.Fifo or StrategyKind.Uniform))
        {
            yield return scenario with { Options = new ScenarioOptions { Strategy = StrategyKind.Uniform, Network = options.Network, Mode = options.Mode, Mount = options.Mount } };
        }

        if (options.Network != NetworkModel.Lan)
        {
            yield return scenario with { Options = options with { Network = NetworkModel.Lan } };
        }

        if (options.Mount != MountKind.Direct)
        {
            yield return scenario with { Options = options with { Mount = MountKind.Direct } };
        }

        if (scenario.Seed > 1)
        {
            yield return scenario with { Seed = 1 };
        }
    }

    /// <summary>Without one server that nothing names; those behind it move up.</summary>
    private static IEnumerable<Scenario> DropServers(Scenario scenario)
    {
        HashSet<int> named = [];
        Renumber(scenario, server =>
        {
            named.Add(server);
            return server;
        });
        ClusterShape smaller = scenario.Cluster with { Servers = scenario.Cluster.Servers - 1 };
        return Enumerable.Range(0, scenario.Cluster.Servers)
            .Reverse()
            .Where(dropped => !named.Contains(dropped))
            .Select(dropped => On(smaller, Renumber(scenario, server => server > dropped ? server - 1 : server)))
            .OfType<Scenario>();
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
            && scenario.AllSteps.All(step => step.FindProblem(cluster) is null)
            && scenario.Expect.All(expectation => expectation.FindMisfit(cluster) is null);
        return isPossible ? scenario with { Cluster = cluster } : null;
    }

    /// <summary>The scenario with other numbers for the servers that it names.</summary>
    private static Scenario Renumber(Scenario scenario, Func<int, int> number) =>
        ScenarioPart.Map(scenario, steps => [.. steps.Select(step => Renumber(step, number))]) with
        {
            Expect = [.. scenario.Expect.Select(expectation => (Expectation)Renumber(expectation, ScalarFormat.For(typeof(Expectation))!, number))],
        };

    private static Step Renumber(Step step, Func<int, int> number)
    {
        RecordFields fields = RecordFields.Of(step.GetType());
        foreach (RecordField field in fields.All)
        {
            object? value = field.Property.GetValue(step);
            object? renumbered = value switch
            {
                int server when NamesServer(field) => number(server),
                null or string or ValueType => value,
                _ => ScalarFormat.For(field.Property.PropertyType) is { } format ? Renumber(value, format, number) : value,
            };
            step = Equals(renumbered, value) ? step : (Step)fields.With(step, field, renumbered);
        }

        return step;
    }

    /// <summary>Whatever names a server in words, such as <c>server 2 row 17</c>.</summary>
    private static object Renumber(object value, ScalarFormat format, Func<int, int> number)
    {
        string text = format.Format(value);
        string renumbered = ServerInWords().Replace(
            text, match => $"server {number(int.Parse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture))}");
        return renumbered == text ? value : format.Parse(renumbered, out _) ?? value;
    }

    private static bool NamesServer(RecordField field) =>
        field.Property.Name == (field.Property.DeclaringType == typeof(Swap) ? nameof(Swap.With) : nameof(ServerFault.Server));

    [GeneratedRegex("server (?<number>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServerInWords();
}
