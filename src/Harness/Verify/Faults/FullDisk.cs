using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>A server's disk is full for a while: no file of it may grow.</summary>
public sealed record FullDisk : LastingServerFault
{
    /// <summary>What its files may still grow by.</summary>
    [Between(0, 1 << 30)]
    public ByteSize Room { get; init; }

    internal static FullDisk Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        For = draft.Time(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(300)),
        Room = new ByteSize(draft.Dice.Next(2) * SimFile.SectorSize),
    };

    internal override FaultPlan? Plan(FaultScene scene)
    {
        SimDisk disk = scene.Cluster.Servers[Server].Disk;
        return disk.Capacity is null
            ? new FaultPlan(new FaultCost.Member(Server, IsRestless: true), () => new Active(scene.Cluster.World, this, disk))
            : null;
    }

    /// <summary>Met once a call found no room.</summary>
    private sealed class Active : ActiveFault
    {
        private readonly SimDisk _disk;
        private readonly long _before;
        private bool _wasMet;

        public Active(World world, FullDisk fault, SimDisk disk)
            : base(world, fault)
        {
            _disk = disk;
            _before = disk.FullCalls;
            disk.Capacity = disk.Files.Values.Sum(file => file.Length) + fault.Room.Bytes;
        }

        public override bool IsMet => EndedAt is null ? _disk.FullCalls > _before : _wasMet;

        protected override void OnEnd()
        {
            _wasMet = _disk.FullCalls > _before;
            _disk.Capacity = null;
        }
    }
}
