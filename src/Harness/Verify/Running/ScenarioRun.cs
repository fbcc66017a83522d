using Raid5Verify.Cluster;
using Raid5Verify.Faults;
using Raid5Verify.Reference;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Running;

/// <summary>A run as its steps see it: the system, the reference that judges it, and the ways to say that it erred.</summary>
internal sealed class ScenarioRun
{
    /// <summary>Virtual time within which everything that the client begins must end, whatever fault there is.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(6);

    public ScenarioRun(Scenario scenario, SimulatedCluster cluster)
    {
        Scenario = scenario;
        Cluster = cluster;
        ReferenceFiles = new ReferenceFileSystem(scenario.Cluster.Limits);
        Reference = new ReferencePaths(ReferenceFiles);
        Faults = new FaultInjector(new FaultScene(cluster, Reference), Statistics);
    }

    public Scenario Scenario { get; }

    public SimulatedCluster Cluster { get; }

    public ReferenceFileSystem ReferenceFiles { get; }

    public ReferencePaths Reference { get; }

    public FaultInjector Faults { get; }

    public RunStatistics Statistics { get; } = new();

    /// <summary>The step being done, from 0; the number of steps once the closing checks have begun.</summary>
    public int StepIndex { get; set; }

    /// <summary>What is being done, for messages: a step, or words.</summary>
    public object Doing { get; set; } = "start";

    public Task WaitAsync(TimeSpan time) =>
        time == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(time, Cluster.World.Clock);

    /// <summary>Runs something on the client's host, which must end in time.</summary>
    public async Task<T> OnClientAsync<T>(string name, Func<Task<T>> body)
    {
        try
        {
            return await Cluster.OnClientAsync(name, body).WaitAsync(Patience, Cluster.World.Clock);
        }
        catch (TimeoutException)
        {
            throw Violate(Promise.Convergence, $"an answer within {Patience.TotalSeconds} s", "none");
        }
    }

    /// <summary>
    /// Waits until every member is in sync, and still so a moment later: a unit that was just refilled is read back before
    /// the array is done with it.
    /// </summary>
    public async Task AwaitInSyncAsync(TimeSpan within)
    {
        TimeSpan end = Cluster.World.Now + within;
        for (TimeSpan? since = null; since is null || Cluster.World.Now - since < Moment;)
        {
            if (Cluster.World.Now >= end)
            {
                throw Violate(Promise.Convergence, $"every member in sync within {within.TotalSeconds} s", Cluster.DescribeTrouble());
            }

            since = Cluster.IsInSync ? since ?? Cluster.World.Now : null;
            await WaitAsync(Look);
        }
    }

    public void Check(Expectation expectation)
    {
        RefreshStatistics();
        long value = Counter.Named(expectation.Counter).Read(Statistics);
        if (!expectation.HoldsFor(value))
        {
            throw Violate(Promise.Expectation, expectation.ToString(), $"{expectation.Counter} is {value}");
        }
    }

    /// <summary>Takes over what others count.</summary>
    public void RefreshStatistics()
    {
        Faults.CountHits();
        Statistics.Rpcs = Cluster.World.Network.Calls;
        Statistics.Array = Cluster.Counters;
    }

    public ViolationException Violate(Promise promise, string expected, string actual) =>
        new(new Violation(promise, Doing.ToString()!, expected, actual, StepIndex));
}
