using System.Globalization;
using Raid5Fs.Raid;
using Raid5Verify.Cluster;
using Raid5Verify.Running;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Scenarios;

/// <summary>
/// Something that is so or not at a moment of a run: <c>server 1 is away</c>, <c>client is recovering</c>, <c>scrub runs</c>,
/// <c>refilled-rows at least 10</c>.
/// </summary>
public abstract record Condition
{
    private Condition()
    {
    }

    /// <summary>Of one server: <c>server 1 is away</c>.</summary>
    public sealed record OfServer(int Server, ServerState State) : Condition
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"server {Server} is {Word(State)}");

        internal override bool Holds(ScenarioRun run) => IsIn(State, run.Cluster, Server);

        internal override string? FindMisfit(ClusterShape cluster) => Server < cluster.Servers
            ? null
            : cluster.Lacks(Server);
    }

    /// <summary>Of any server: <c>some server is away</c>.</summary>
    public sealed record OfSomeServer(ServerState State) : Condition
    {
        public override string ToString() => $"some server is {Word(State)}";

        internal override bool Holds(ScenarioRun run) =>
            Enumerable.Range(0, run.Cluster.Servers.Count).Any(server => IsIn(State, run.Cluster, server));
    }

    /// <summary>Of all servers: <c>every server is in-sync</c>.</summary>
    public sealed record OfEveryServer(ServerState State) : Condition
    {
        public override string ToString() => $"every server is {Word(State)}";

        internal override bool Holds(ScenarioRun run) =>
            Enumerable.Range(0, run.Cluster.Servers.Count).All(server => IsIn(State, run.Cluster, server));
    }

    /// <summary>Of the client in charge, or that is to be: <c>client is recovering</c>.</summary>
    public sealed record OfClient(ClientState State) : Condition
    {
        public override string ToString() => $"client is {Word(State)}";

        internal override bool Holds(ScenarioRun run) => State switch
        {
            ClientState.Down => !run.Cluster.Client.IsUp,
            ClientState.Opening => run.Cluster.Client.IsUp && run.Cluster.IsOpening,
            ClientState.Recovering => run.Cluster.Client.IsUp && !run.Clients.IsReady,
            _ => run.Clients.IsReady,
        };
    }

    /// <summary>A scrub of the scenario is under way: <c>scrub runs</c>.</summary>
    public sealed record OfScrub : Condition
    {
        public override string ToString() => ScrubText;

        internal override bool Holds(ScenarioRun run) => run.Scrubs > 0;
    }

    /// <summary>A counter has come to something: <c>refilled-rows at least 10</c>.</summary>
    public sealed record OfCounter(Expectation.OfCounter That) : Condition
    {
        public override string ToString() => That.ToString();

        internal override bool Holds(ScenarioRun run) => That.HoldsFor(run.Count(That.Counter));

        internal override string? FindMisfit(ClusterShape cluster) => That.FindMisfit(cluster);
    }

    private const string ScrubText = "scrub runs";

    /// <summary>What a condition must look like, for messages.</summary>
    internal const string Forms =
        "'server 1 is away', 'some server is away', 'every server is in-sync', 'client is recovering', 'scrub runs' or 'heals at least 1'";

    /// <summary>Whether it is so now. To be asked once the cluster has started.</summary>
    internal abstract bool Holds(ScenarioRun run);

    /// <summary>What is impossible about it in a cluster of that shape, in one line.</summary>
    internal virtual string? FindMisfit(ClusterShape cluster) => null;

    /// <param name="text">As <see cref="object.ToString"/> writes it.</param>
    /// <param name="problem">One line that says what is wrong, or null where no more is known than that it is none.</param>
    internal static Condition? Parse(string text, out string? problem)
    {
        problem = null;
        if (text == ScrubText)
        {
            return new OfScrub();
        }

        switch (text.Split(' '))
        {
            case ["client", "is", var word]:
                return Named<ClientState>(word, out problem) is { } ofClient ? new OfClient(ofClient) : null;
            case ["server", var number, "is", var word] when int.TryParse(number, NumberStyles.None, null, out int server):
                return Named<ServerState>(word, out problem) is { } ofServer ? new OfServer(server, ofServer) : null;
            case ["some", "server", "is", var word]:
                return Named<ServerState>(word, out problem) is { } ofSome ? new OfSomeServer(ofSome) : null;
            case ["every", "server", "is", var word]:
                return Named<ServerState>(word, out problem) is { } ofEvery ? new OfEveryServer(ofEvery) : null;
            default:
                Expectation.OfCounter? counter = Expectation.ParseCounter(text, out string? misread);
                problem = text.Contains(" at ", StringComparison.Ordinal) || text.Contains(" exactly ", StringComparison.Ordinal) ? misread : null;
                return counter is null ? null : new OfCounter(counter);
        }
    }

    private static T? Named<T>(string word, out string? problem)
        where T : struct, Enum => (T?)ScalarFormat.For(typeof(T))!.Parse(word, out problem);

    private static string Word<T>(T state)
        where T : struct, Enum => KebabCase.Of(state.ToString());

    private static bool IsIn(ServerState state, SimulatedCluster cluster, int server)
    {
        MemberState seen = cluster.Array.Status.Members[server].State;
        return state switch
        {
            ServerState.Down => !cluster.Servers[server].IsUp,
            ServerState.Away => seen == MemberState.Away,
            ServerState.Refilling => seen == MemberState.Refilling,
            _ => seen == MemberState.InSync && cluster.HoldsAll(server),
        };
    }
}

/// <summary>How it stands with a server.</summary>
public enum ServerState
{
    /// <summary>Its program does not run.</summary>
    Down,

    /// <summary>The client cannot reach it, or refuses it.</summary>
    Away,

    /// <summary>It is back, and is being brought up to date.</summary>
    Refilling,

    /// <summary>It is reachable and holds all that was committed, as the client sees it and in truth.</summary>
    InSync,
}

/// <summary>How it stands with the client.</summary>
public enum ClientState
{
    /// <summary>Its program does not run.</summary>
    Down,

    /// <summary>It is opening the array: the first part of its recovery.</summary>
    Opening,

    /// <summary>It opens the array, mounts the file system and reads everything: it is not yet used.</summary>
    Recovering,

    /// <summary>It is used.</summary>
    Ready,
}
