using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Faults;
using Raid5Verify.Oracle;
using Raid5Verify.Reference;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Simulation;

namespace Raid5Verify.Running;

/// <summary>A run as its steps see it: the system, the reference that judges it, and the ways to say that it erred.</summary>
internal sealed class ScenarioRun
{
    /// <summary>Virtual time within which everything that the client begins must end, whatever fault there is.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan CommitPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);

    private readonly List<Task> _beside = [];
    private OperationTiming? _timing;

    /// <summary>What had been counted when counters were to begin anew.</summary>
    private RunStatistics _countedBefore = new();

    public ScenarioRun(Scenario scenario, SimulatedCluster cluster)
    {
        Scenario = scenario;
        Cluster = cluster;
        Mode = Mode.Of(scenario.Options.Mode);
        Oracle = new StateOracle(scenario.Cluster.Limits, scenario.Cluster.Block.Bytes);
        Clients = new ClientSuccession(this);
        Scene = new FaultScene(cluster, Oracle, Clients);
        Faults = new FaultInjector(Scene, Mode, Statistics, condition => condition.Holds(this));
    }

    public Scenario Scenario { get; }

    public SimulatedCluster Cluster { get; }

    public Mode Mode { get; }

    /// <summary>What the file system may hold.</summary>
    public StateOracle Oracle { get; }

    public ClientSuccession Clients { get; }

    /// <summary>What the client in charge is doing for the present step; it may have done it just now.</summary>
    public InFlight? InFlight { get; private set; }

    public FaultScene Scene { get; }

    public FaultInjector Faults { get; }

    public RunStatistics Statistics { get; } = new();

    /// <summary>Scrubs that the scenario asked for and that are under way.</summary>
    public int Scrubs { get; set; }

    /// <summary>The step being done, from 0, over all parts; the number of steps once the closing checks have begun.</summary>
    public int StepIndex { get; set; }

    /// <summary>What is being done, for messages: a step, or words.</summary>
    public object Doing
    {
        get;
        set
        {
            field = value;
            OnEvent?.Invoke(new RunEvent.Began(value, StepIndex, Cluster.Counters.Retries));
        }
    } = "start";

    /// <summary>Told of what happens; null for nobody.</summary>
    public Action<RunEvent>? OnEvent { get; init; }

    public Task WaitAsync(TimeSpan time) => Cluster.World.Clock.WaitAsync(time);

    /// <summary>Asks the file system, and judges what it answers.</summary>
    /// <returns>The answer; null if the client ended before it gave one.</returns>
    public async Task<Answer?> AskAsync(FileOperation question)
    {
        FileOperation asked = question;
        Answer? expected = null;
        Attempt<Answer> attempt = await BeginAsync(client =>
        {
            asked = question.Against(Oracle.Latest.Paths);
            _timing = new OperationTiming(client.Life);
            Oracle.Clock[StepIndex] = _timing.SinceBegin;
            expected = Oracle.Ask(asked, StepIndex);
            Task<Answer> answer = client.RunAsync(StepKind.TagOf(asked.GetType()), () => asked.ApplyToAsync(client.Paths!));
            InFlight = new InFlight(answer, asked, answer);
            return answer;
        });

        // The client may have ended in the very moment of its answer: then that counts as not given.
        if (attempt is not { IsAnswered: true, Value: { } actual } || InFlight is null)
        {
            return null;
        }

        InFlight = null;
        Oracle.Clock[StepIndex] = _timing!.UntilNow;
        Statistics.CountAnswer(actual.Error);
        OnEvent?.Invoke(new RunEvent.Answered(asked, actual));
        Judge(asked, expected!, actual);
        if (EndsClient(asked, actual))
        {
            Clients.Replace();
        }

        return actual;
    }

    /// <summary>Asks the file system by several tasks side by side, and judges whether their answers are those of some order.</summary>
    /// <param name="divide">What each asks, by what the files hold when they begin.</param>
    public async Task AskSideBySideAsync(Func<ReferencePaths, IReadOnlyList<AskingTask>> divide)
    {
        var history = new ConcurrentHistory();
        IReadOnlyList<AskingTask> tasks = [];
        Attempt<bool> attempt = await BeginAsync(client =>
        {
            tasks = divide(Oracle.Latest.Paths);
            _timing = new OperationTiming(client.Life);
            Oracle.Clock[StepIndex] = _timing.SinceBegin;
            Oracle.AskSideBySide(history, StepIndex);
            Task<bool> all = AllAsync(tasks.Select(task => client.RunAsync(task.Name, () => AskInTurnAsync(client, task.Name, task.Operations))));
            InFlight = new InFlight(all);
            return all;
        });
        if (!attempt.IsAnswered || InFlight is null)
        {
            return;
        }

        InFlight = null;
        Oracle.Clock[StepIndex] = _timing!.UntilNow;
        Statistics.ConcurrentSections += tasks.Count > 1 ? 1 : 0;
        foreach (ConcurrentCall call in history.Calls)
        {
            Statistics.CountAnswer(call.Answer!.Error);
            OnEvent?.Invoke(new RunEvent.Answered(call.Operation, call.Answer));
        }

        JudgeSideBySide(history, Oracle.AcceptAll(Mode.Allows, Shorter));
        foreach (ConcurrentCall call in history.Calls)
        {
            call.Operation.CheckExpected(this, call.Answer!);
        }

        if (history.Calls.Any(call => EndsClient(call.Operation, call.Answer!)))
        {
            Clients.Replace();
        }

        async Task<bool> AskInTurnAsync(ClientSession client, string task, IReadOnlyList<FileOperation> operations)
        {
            foreach (FileOperation operation in operations)
            {
                await client.Life.Clock.WaitAsync(operation.Think);
                if (client.IsEnded)
                {
                    // It goes on to live, but what it asks now belongs to no step.
                    return false;
                }

                ConcurrentCall call = history.Begin(task, operation);
                history.End(call, await operation.ApplyToAsync(client.Paths!));
            }

            return true;
        }

        static async Task<bool> AllAsync(IEnumerable<Task<bool>> all)
        {
            await Task.WhenAll(all);
            return true;
        }
    }

    /// <summary>Has the client in charge do something, which must end in time.</summary>
    public Task<Attempt<T>> OnClientAsync<T>(string name, Func<ClientSession, Task<T>> body) => BeginAsync(client =>
    {
        Task<T> answer = client.RunAsync(name, () => body(client));
        InFlight = new InFlight(answer);
        return answer;
    });

    /// <summary>Has a client do something, in charge or not yet, which must end in time.</summary>
    public Task<Attempt<T>> OnAsync<T>(ClientSession client, string name, Func<Task<T>> body) =>
        EndsAsync(client, client.RunAsync(name, body));

    /// <summary>Begins what goes on beside the steps; what it throws fails the run.</summary>
    public void Begin(string name, Func<Task> body)
    {
        var ended = new TaskCompletionSource();
        _beside.Add(ended.Task);
        Cluster.Begin(name, async () =>
        {
            await body();
            ended.SetResult();
        });
    }

    /// <summary>Waits until all has ended that goes on beside the steps.</summary>
    public Task SettleAsync() => Task.WhenAll(_beside);

    /// <summary>The client in charge unmounts the file system: if it answers OK, all that was done must survive.</summary>
    public async Task<Attempt<Errno>> UnmountAsync()
    {
        Attempt<Errno> attempt = await BeginAsync(client =>
        {
            Task<Errno> unmounted = client.RunAsync("unmount", client.UnmountAsync);
            InFlight = new InFlight(unmounted, new Fsync { Path = "/" }, AsAnswerAsync(unmounted));
            return unmounted;
        });
        if (attempt.IsAnswered && InFlight is not null)
        {
            InFlight = null;
            if (attempt.Value == Errno.OK)
            {
                Oracle.Unmount();
            }
        }

        return attempt;
    }

    /// <summary>The client in charge has ended: what it was doing will not be answered.</summary>
    public void Interrupt()
    {
        if (InFlight is not null)
        {
            OnEvent?.Invoke(new RunEvent.Interrupted());
        }

        if (InFlight is not null && _timing is not null)
        {
            Oracle.Clock[StepIndex] = _timing.SinceBegin;
        }

        InFlight = null;
        ConcurrentHistory? history = Oracle.SideBySide;
        bool? isPossible = Oracle.Interrupt(Mode.Allows, Shorter);
        if (history is not null)
        {
            JudgeSideBySide(history, isPossible);
        }
    }

    /// <summary>Something that must succeed within the budget did not: a loss, or a reason to begin again with a new client.</summary>
    public void Refused(Errno error)
    {
        if (!Mode.IsTolerated(error))
        {
            throw Violate(Promise.NoLoss, Errno.OK.ToString(), error.ToString());
        }

        Clients.Replace();
    }

    /// <summary>Longer than a call is under way: what a fault did that is over is known by then.</summary>
    private TimeSpan Moment => TimeSpan.FromMilliseconds(Scenario.Options.Network == NetworkModel.Wan ? 120 : 12);

    /// <summary>
    /// Waits until every member is in sync, and still so a moment later: a unit that was just refilled is read back before
    /// the array is done with it, and a server that was taken for another answers late.
    /// </summary>
    public async Task AwaitInSyncAsync(TimeSpan within)
    {
        TimeSpan end = Cluster.World.Now + within;
        TimeSpan commit = Cluster.World.Now + CommitPause;
        for (TimeSpan? since = null; since is null || Cluster.World.Now - since < Moment;)
        {
            if (Mode.ToleratesErrors && Cluster.World.Now >= commit)
            {
                // Of a client that is read-only after a failed commit the array waits for a commit that never comes, and
                // counts on no member that was refilled meanwhile: such a client is replaced.
                await AskAsync(new Fsync { Path = "/" });
                commit = Cluster.World.Now + CommitPause;
            }

            if (Cluster.World.Now >= end)
            {
                throw ViolateSync(within);
            }

            since = Cluster.IsInSync ? since ?? Cluster.World.Now : null;
            if (since is null && Cluster.SeesAllInSync)
            {
                await AskEveryMemberAsync();
            }

            await WaitAsync(Look);
        }
    }

    /// <summary>Waits until a condition holds, if only for a moment. That it does not in time is not what the scenario expects.</summary>
    public async Task AwaitAsync(Condition condition, TimeSpan within)
    {
        TimeSpan end = Cluster.World.Now + within;
        var held = new TaskCompletionSource();
        var trigger = new PointTrigger(_ => condition.Holds(this), held.SetResult);
        PointTriggers.Of(Cluster.World).Arm(trigger);
        while (!held.Task.IsCompleted && !condition.Holds(this))
        {
            if (Cluster.World.Now >= end)
            {
                throw Violate(
                    Promise.Expectation, $"{condition} within {Duration.Format(within)}", Describe(condition) ?? "it never came");
            }

            await Task.WhenAny(held.Task, WaitAsync(Look));
        }

        PointTriggers.Of(Cluster.World).Disarm(trigger);
    }

    /// <summary>Demands something of a counter, as it is since <see cref="CountFromHere"/>.</summary>
    public void Check(Expectation.OfCounter expectation)
    {
        if (!expectation.HoldsFor(Count(expectation.Counter)))
        {
            throw Violate(Promise.Expectation, expectation.ToString(), Describe(expectation.Counter));
        }
    }

    /// <summary>What a counter has come to since <see cref="CountFromHere"/>.</summary>
    public decimal Count(string counter)
    {
        RefreshStatistics();
        return Counter.Named(counter).Read(Statistics.Since(_countedBefore));
    }

    /// <summary>Counters are counted from here on.</summary>
    public void CountFromHere()
    {
        RefreshStatistics();
        _countedBefore = Statistics.Copy();
    }

    /// <summary>Counters are counted over the whole run.</summary>
    public void CountAll() => _countedBefore = new RunStatistics();

    /// <summary>Takes over what others count.</summary>
    public void RefreshStatistics()
    {
        Faults.CountHits();
        Statistics.Rpcs = Cluster.World.Network.Calls;
        Statistics.Array = Cluster.Counters;
        Statistics.Load = Cluster.Load;
        Statistics.ReplacedMembers = Cluster.Replacements;
        Statistics.TornSectors = Cluster.TornSectors;
        Statistics.NamedSuperblocks = Cluster.Named(StoreFault.DamagedSuperblock);
        Statistics.NamedCheckpoints = Cluster.Named(StoreFault.DamagedCheckpoint);
        Statistics.NamedLogs = Cluster.Named(StoreFault.DamagedLog);
    }

    /// <param name="promise">The one that was broken.</param>
    /// <param name="expected">What it says.</param>
    /// <param name="actual">What the system did.</param>
    /// <param name="operation">What was being done, if not the present step.</param>
    public ViolationException Violate(Promise promise, string expected, string actual, string? operation = null)
    {
        return Violate(LivenessProof.Judge(this, new Violation(promise, operation ?? Doing.ToString()!, expected, actual, StepIndex)));
    }

    private ViolationException Violate(Violation violation)
    {
        OnEvent?.Invoke(new RunEvent.Broken(this, violation));
        return new ViolationException(violation);
    }

    /// <summary>Not every member came in sync. While a fault keeps one of them away that is no wonder, however much is left without it.</summary>
    private ViolationException ViolateSync(TimeSpan within)
    {
        string expected = $"every member in sync within {within.TotalSeconds} s";
        string actual = Cluster.DescribeTrouble();
        ActiveFault? holder = Mode.ProvesItsDemands
            ? Enumerable.Range(0, Cluster.Servers.Count).Select(Faults.HolderOf).FirstOrDefault(static fault => fault is not null)
            : null;
        return holder is null
            ? Violate(Promise.Convergence, expected, actual)
            : Violate(LivenessProof.Blame(
                new Violation(Promise.Convergence, Doing.ToString()!, expected, actual, StepIndex), $"'{holder.Fault}' lasts"));
    }

    /// <summary>
    /// A client that is idle does not notice that a member was started anew and is not what it was: that shows when it is
    /// asked for something. A scrub asks each member, of a row where it holds the parity, too; of the last row alone, so that what
    /// is damaged elsewhere is left for those who are to find it.
    /// </summary>
    private Task AskEveryMemberAsync() =>
        OnClientAsync("ask every member", client => client.Array!.ScrubAsync(new Row(Scenario.Cluster.Rows - 1)));

    private string Describe(string counter)
    {
        RefreshStatistics();
        return Counter.Named(counter).Describe(Statistics.Since(_countedBefore));
    }

    private string? Describe(Condition condition) =>
        condition is Condition.OfCounter { That.Counter: var counter } ? Describe(counter) : null;

    private static async Task<Answer> AsAnswerAsync(Task<Errno> error) => new(await error);

    /// <summary>Lets something begin on the client in charge, as soon as there is one.</summary>
    private async Task<Attempt<T>> BeginAsync<T>(Func<ClientSession, Task<T>> begin)
    {
        while (await Clients.ReadyAsync() is { } client)
        {
            if (!client.IsEnded)
            {
                return await EndsAsync(client, begin(client));
            }
        }

        return default;
    }

    private async Task<Attempt<T>> EndsAsync<T>(ClientSession client, Task<T> answer)
    {
        try
        {
            await Task.WhenAny(answer, client.Ended).WaitAsync(Patience, Cluster.World.Clock);
        }
        catch (TimeoutException)
        {
            throw Violate(Promise.Convergence, $"an answer within {Patience.TotalSeconds} s", "none");
        }

        return client.IsEnded ? default : new Attempt<T>(true, await answer);
    }

    private void Judge(FileOperation asked, Answer expected, Answer actual)
    {
        if (!Oracle.Accept(actual, Mode.Allows) && !IsShorter(asked, actual))
        {
            throw Violate(PromiseBrokenBy(expected, actual), expected.DescribeAgainst(actual), actual.DescribeAgainst(expected));
        }

        if (asked.Commits && actual.Error == Errno.OK)
        {
            Oracle.Sync();
        }
    }

    private void JudgeSideBySide(ConcurrentHistory history, bool? isPossible)
    {
        if (isPossible is null)
        {
            throw Violate(Promise.Posix, "tasks whose answers can be judged", $"too many orders in which they may have been done: {history}");
        }

        if (isPossible == false)
        {
            throw Violate(Promise.Posix, "answers as of calls that were done one after another", $"no order of these gives them: {history}");
        }
    }

    /// <summary>A write that an error ended in the middle says how far it came, and did just that.</summary>
    private bool IsShorter(FileOperation asked, Answer actual)
    {
        if (Shorter(asked, actual) is not { } shorter)
        {
            return false;
        }

        Oracle.Ask(shorter, StepIndex);
        return Oracle.Accept(actual, Mode.Allows);
    }

    /// <returns>What was done, if it was less than what was asked, and that may be.</returns>
    private FileOperation? Shorter(FileOperation asked, Answer actual) =>
        Mode.ToleratesErrors && actual.Written is { } count ? asked.Shortened(count) : null;

    /// <summary>Whether a client that gave this answer is replaced: it is read-only, or could not commit.</summary>
    private bool EndsClient(FileOperation asked, Answer actual) =>
        Mode.IsTolerated(actual) && (actual.Error == Errno.EROFS || asked.Commits);

    /// <summary>An error that should not be is a loss; wrong bytes are worse; anything else is not POSIX.</summary>
    private static Promise PromiseBrokenBy(Answer expected, Answer actual) =>
        actual.Error is Errno.EIO or Errno.EROFS or Errno.EUCLEAN ? Promise.NoLoss
        : actual.Error == Errno.OK && expected.Error == Errno.OK && !actual.Bytes.Span.SequenceEqual(expected.Bytes.Span) ? Promise.NeverWrong
        : Promise.Posix;
}
