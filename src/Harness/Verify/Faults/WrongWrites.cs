using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>The disk acknowledges some of the next writes, and does something else.</summary>
/// <remarks>
/// In the slots that damages blocks, which ones shows when they are read. In another file it shows when the server starts
/// anew, and until then nobody knows what the member will have forgotten.
/// </remarks>
public abstract record WrongWrites : DiskFault
{
    /// <summary>Only writes to this file.</summary>
    public StoredFile File { get; init; } = StoredFile.Slots;

    internal sealed override Fault? DrawSequel(Draft draft) => File == StoredFile.Slots
        ? null
        : Crash.Draw(draft) with { Server = Server, After = draft.Time(For / 4, For) };

    internal sealed override FaultPlan? Plan(FaultScene scene) => DiskIn(scene).NameOf(File) is { } name
        ? new FaultPlan(new FaultCost.Hidden(Server, Forgets: File != StoredFile.Slots), () => Strike(scene, name))
        : null;

    private protected abstract WriteFault Arm(SimDisk disk, string fileName);

    private Active Strike(FaultScene scene, string fileName) =>
        new(scene.Cluster.World, this, DiskIn(scene), Arm(DiskIn(scene), fileName));

    /// <summary>Met once a read ran into what it did.</summary>
    private sealed class Active(World world, WrongWrites fault, SimDisk disk, WriteFault writes) : ActiveFault(world, fault)
    {
        public override bool IsMet => writes.Met > 0;

        protected override bool IsUsedUp => writes.Remaining == 0;

        /// <summary>What is damaged among the blocks, the disk itself shows: then the waiting is all that must end.</summary>
        protected override TimeSpan? FindGone() =>
            fault.File == StoredFile.Slots ? base.FindGone()
            : writes.Remaining == 0 && !writes.Damages.Any(disk.Holds) ? World.Now
            : null;

        protected override void OnEnd() => writes.Disarm();
    }
}
