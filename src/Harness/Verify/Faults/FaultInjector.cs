using Raid5Verify.Cluster;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>Lets faults strike when they are due and the budget allows it, ends them, and counts what came of them.</summary>
/// <param name="scene">What they can reach.</param>
/// <param name="mode">How far they may go.</param>
/// <param name="statistics">Where they are counted.</param>
/// <param name="holds">Whether a condition is so now.</param>
internal sealed class FaultInjector(FaultScene scene, Mode mode, RunStatistics statistics, Func<Condition, bool> holds)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(2);
    private static readonly Label StruckNow = new("fault.struck");
    private static readonly Label Ended = new("fault.ended");
    private static readonly Label Withheld = new("fault.withheld");
    private static readonly Label Missed = new("fault.missed");

    private readonly FaultBudget _budget = new(scene.Cluster, mode);
    private readonly List<ActiveFault> _struck = [];

    /// <summary>Those whose moment has not come.</summary>
    private readonly List<Fault> _awaited = [];

    private TimeSpan _storyBegan;
    private bool _isClosed;

    private SimulatedCluster Cluster => scene.Cluster;

    /// <summary>Every fault that has struck, in that order, whatever became of it.</summary>
    public IReadOnlyList<ActiveFault> Struck => _struck;

    private World World => scene.Cluster.World;

    /// <summary>The times of faults are counted from now on.</summary>
    public void BeginStory() => _storyBegan = World.Now;

    /// <summary>Lets a fault strike, now or when its moment comes, while the scenario goes on.</summary>
    public void Arm(Fault fault)
    {
        _awaited.Add(fault);
        if (fault.At is { } time)
        {
            StrikeIn(time - (World.Now - _storyBegan), fault);
        }
        else if (fault.When is { } point)
        {
            PointTriggers.Of(World).Arm(PointTrigger.AtNth(point, () => scene.HostOf(point.Host), () => StrikeIn(fault.After, fault)));
        }
        else if (fault.While is { } condition)
        {
            AsSoonAs(() => holds(condition), () => StrikeWhile(condition, fault));
        }
        else
        {
            StrikeIn(fault.After, fault);
        }
    }

    /// <summary>Ends every fault that lasts. Faults that are armed strike nevertheless.</summary>
    public void EndAll()
    {
        foreach (ActiveFault fault in _struck)
        {
            End(fault);
        }
    }

    /// <summary>Ends every fault that lasts, and lets none strike from now on.</summary>
    public void Close()
    {
        foreach (Fault fault in _awaited)
        {
            Miss(fault);
        }

        _awaited.Clear();
        _isClosed = true;
        EndAll();
    }

    /// <summary>Brings the numbers of faults met up to date.</summary>
    public void CountHits()
    {
        foreach (FaultCount count in statistics.Faults)
        {
            count.Hit = _struck.Count(fault => fault.IsMet && StepKind.TagOf(fault.Fault.GetType()) == count.Tag);
        }
    }

    /// <summary>The fault that keeps a server, or the way to it, from doing its work now; null if there is none.</summary>
    public ActiveFault? HolderOf(int server) => _budget.HolderOf(server);

    /// <summary>Whether no fault has kept a server, or the way to it, from doing its work since a time, nor could its echo have.</summary>
    public bool WasQuietSince(TimeSpan time, int server) => _budget.WasQuietSince(time, server);

    /// <summary>Does something now, if it is time already, or else at the next act of any host when it is; if no host acts, soon after.</summary>
    private void AsSoonAs(Func<bool> isTime, Action act)
    {
        if (isTime())
        {
            act();
            return;
        }

        bool isDone = false;
        var trigger = new PointTrigger(_ => isTime(), Act);
        PointTriggers.Of(World).Arm(trigger);
        Cluster.Begin("fault-watch", async () =>
        {
            while (!isDone && !_isClosed)
            {
                await World.Clock.WaitAsync(Glance);
                if (!isDone && isTime())
                {
                    PointTriggers.Of(World).Disarm(trigger);
                    Act();
                }
            }
        });

        void Act()
        {
            isDone = true;
            act();
        }
    }

    private void StrikeIn(TimeSpan time, Fault fault)
    {
        if (time < TimeSpan.Zero)
        {
            _awaited.Remove(fault);
            Miss(fault);
        }
        else if (time == TimeSpan.Zero)
        {
            Strike(fault);
        }
        else
        {
            Cluster.Begin("fault", async () =>
            {
                await World.Clock.WaitAsync(time);
                Strike(fault);
            });
        }
    }

    private void StrikeWhile(Condition condition, Fault fault)
    {
        if (Strike(fault) is { } active)
        {
            AsSoonAs(() => !holds(condition), () => End(active));
        }
    }

    /// <returns>Null if it could not, or may not.</returns>
    private ActiveFault? Strike(Fault fault)
    {
        if (_isClosed)
        {
            return null;
        }

        _awaited.Remove(fault);
        FaultCount count = statistics.CountOf(fault.GetType());
        if (fault.Plan(scene) is not { } plan)
        {
            Miss(fault);
            return null;
        }

        if (_budget.Refuse(plan.Cost) is { } reason)
        {
            count.Withheld++;
            World.Trace.Note(Withheld, $"{fault}: {reason}");
            return null;
        }

        count.Injected++;
        World.Trace.Note(StruckNow, fault.ToString());
        ActiveFault active = plan.Strike();
        _struck.Add(active);
        _budget.Book(active, plan.Cost);
        if (plan.Cost is FaultCost.Hidden)
        {
            Cluster.Begin("fault-watch", () => WatchAsync(active));
        }

        if (fault.Lasts is { } time)
        {
            Cluster.Begin("fault-end", async () =>
            {
                await World.Clock.WaitAsync(time);
                End(active);
            });
        }

        return active;
    }

    private void Miss(Fault fault)
    {
        statistics.CountOf(fault.GetType()).Missed++;
        World.Trace.Note(Missed, fault.ToString());
    }

    /// <summary>What is hidden is gone without an end that anybody hears of: so it is looked at now and then.</summary>
    private async Task WatchAsync(ActiveFault fault)
    {
        while (fault.GoneAt is null && !_isClosed)
        {
            await World.Clock.WaitAsync(Look);
        }
    }

    private void End(ActiveFault fault)
    {
        if (!fault.IsOver)
        {
            World.Trace.Note(Ended, fault.Fault.ToString());
        }

        fault.End();
    }
}
