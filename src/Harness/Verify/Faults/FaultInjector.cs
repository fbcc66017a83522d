using Raid5Verify.Cluster;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>Lets faults strike when they are due and the budget allows it, ends them, and counts what came of them.</summary>
internal sealed class FaultInjector(FaultScene scene, Mode mode, RunStatistics statistics)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly Label StruckNow = new("fault.struck");
    private static readonly Label Ended = new("fault.ended");
    private static readonly Label Withheld = new("fault.withheld");
    private static readonly Label Missed = new("fault.missed");

    private readonly FaultBudget _budget = new(scene.Cluster, mode);
    private readonly List<ActiveFault> _struck = [];
    private bool _isClosed;

    private SimulatedCluster Cluster => scene.Cluster;

    /// <summary>Every fault that has struck, in that order, whatever became of it.</summary>
    public IReadOnlyList<ActiveFault> Struck => _struck;

    private World World => scene.Cluster.World;

    /// <summary>Lets a fault strike, now or after its delay, while the scenario goes on.</summary>
    public void Arm(Fault fault)
    {
        if (fault.After == TimeSpan.Zero)
        {
            Strike(fault);
            return;
        }

        Cluster.Begin("fault", async () =>
        {
            await Task.Delay(fault.After, World.Clock);
            Strike(fault);
        });
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

    private void Strike(Fault fault)
    {
        if (_isClosed)
        {
            return;
        }

        FaultCount count = statistics.CountOf(fault.GetType());
        if (fault.Plan(scene) is not { } plan)
        {
            count.Missed++;
            World.Trace.Note(Missed, fault.ToString());
            return;
        }

        if (_budget.Refuse(plan.Cost) is { } reason)
        {
            count.Withheld++;
            World.Trace.Note(Withheld, $"{fault}: {reason}");
            return;
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
                await Task.Delay(time, World.Clock);
                End(active);
            });
        }
    }

    /// <summary>What is hidden is gone without an end that anybody hears of: so it is looked at now and then.</summary>
    private async Task WatchAsync(ActiveFault fault)
    {
        while (fault.GoneAt is null && !_isClosed)
        {
            await Task.Delay(Look, World.Clock);
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
