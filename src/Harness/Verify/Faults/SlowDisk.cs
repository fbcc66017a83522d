using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>Everything that a server's disk does takes several times as long.</summary>
public sealed record SlowDisk : LastingServerFault
{
    /// <summary>A call of the server that is slowed down less is answered before its client asks again.</summary>
    private const int Harmless = 6;

    /// <summary>How many times as long.</summary>
    [Between(2, 1000)]
    public int By { get; init; } = 10;

    internal static SlowDisk Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(300)),
        By = draft.Chance(2) ? draft.Dice.Next(2, Harmless + 1) : draft.Dice.Next(10, 100),
    };

    internal override FaultPlan? Plan(FaultScene scene)
    {
        SimDisk disk = scene.Cluster.Servers[Server].Disk;
        TimeSpan slowest = By * scene.Cluster.World.Options.DiskLatency.TailMax;
        FaultCost cost = By <= Harmless ? FaultCost.None : CostOfSilence(scene, For + slowest);
        return disk.SlowBy == 1 ? new FaultPlan(cost, () => new Active(scene, this, disk, slowest)) : null;
    }

    /// <summary>Met when the server was asked something meanwhile.</summary>
    private sealed class Active : ActiveSilence
    {
        public Active(FaultScene scene, SlowDisk fault, SimDisk disk, TimeSpan slowest)
            : base(scene, fault, () => disk.SlowBy = 1)
        {
            disk.SlowBy = fault.By;
            Echo = slowest;
        }

        /// <summary>A call that began before the end takes its time.</summary>
        public override TimeSpan Echo { get; }
    }
}
