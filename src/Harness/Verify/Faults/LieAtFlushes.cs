using Raid5Verify.Cluster;
using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>
/// The disk says of some of the next flushes that they are done, and keeps nothing: a crash then loses what the server has
/// acknowledged as durable, and when it starts again it does not know.
/// </summary>
public sealed record LieAtFlushes : DiskFault
{
    /// <summary>Only flushes of this file; of any if it is not given.</summary>
    public StoredFile? File { get; init; }

    internal static LieAtFlushes Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        Count = draft.Chance(3) ? draft.Dice.Next(1, 8) : 1000,
        File = draft.Chance(2) ? draft.Pick(Files) : null,
        For = draft.Time(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(200)),
    };

    private static StoredFile[] Files => [StoredFile.Slots, StoredFile.Log, StoredFile.Superblock];

    internal override Fault DrawSequel(Draft draft) =>
        Crash.Draw(draft) with { Server = Server, Kind = CrashKind.Power, After = draft.Time(For / 4, For) };

    internal override FaultPlan? Plan(FaultScene scene)
    {
        SimDisk disk = DiskIn(scene);
        string? name = File is { } file ? disk.NameOf(file) : null;
        return File is null || name is not null
            ? new FaultPlan(new FaultCost.Hidden(Server, Forgets: File != StoredFile.Slots), () => new Active(scene, this, disk.LieAtFlushes(Count, name)))
            : null;
    }

    /// <summary>Met when a crash lost what it had called durable.</summary>
    private sealed class Active(FaultScene scene, LieAtFlushes fault, FlushLie lie) : ActiveFault(scene.Cluster.World, fault)
    {
        private HashSet<(int Row, long Offset)>? _inDoubt;

        public override bool IsMet => lie.Met > 0;

        private SimulatedCluster Cluster => scene.Cluster;

        /// <summary>
        /// After a crash the disk shows no damage: what it holds is what it held before. Each block that the member then
        /// had is in doubt until it is seen to fit the others of its row, or is replaced.
        /// </summary>
        protected override TimeSpan? FindGone() => lie.IsHealed && (lie.Met == 0 || FitsByNow()) ? World.Now : null;

        protected override bool IsUsedUp => lie.IsHealed;

        protected override void OnEnd() => lie.Disarm();

        private bool FitsByNow()
        {
            if (!Cluster.IsServing(fault.Server))
            {
                return false;
            }

            _inDoubt ??= [.. Enumerable.Range(0, Cluster.Shape.Rows).SelectMany(Places)];
            _inDoubt.RemoveWhere(place =>
            {
                long[] offsets = [.. Cluster.OffsetsOf(fault.Server, place.Row)];
                return !offsets.Contains(place.Offset)
                    || (offsets is [var only] && only == place.Offset && Cluster.FirstOddByteOf(place.Row) < 0);
            });
            return _inDoubt.Count == 0;
        }

        private IEnumerable<(int Row, long Offset)> Places(int row) =>
            Cluster.OffsetsOf(fault.Server, row).Select(offset => (row, offset));
    }
}
