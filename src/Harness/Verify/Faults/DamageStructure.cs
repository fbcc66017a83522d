using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>
/// A server's superblock, checkpoint or log is damaged, which shows when it starts anew: it is survived where there is a
/// second copy; else the server names it and refuses to serve, and is replaced by a blank one.
/// </summary>
public sealed record DamageStructure : ServerFault
{
    /// <summary>Bytes between the two copies of the superblock.</summary>
    private const int CopyDistance = 4096;

    /// <summary>What is damaged.</summary>
    public required Structure What { get; init; }

    /// <summary>How many sectors; of the superblock, which has two, how many copies.</summary>
    [Between(1, 2)]
    public int Count { get; init; } = 1;

    /// <summary>How each of them is damaged.</summary>
    public DamageForm Form { get; init; } = DamageForm.FlippedBit;

    internal static DamageStructure Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        What = draft.Pick(Enum.GetValues<Structure>()),
        Count = draft.Dice.Next(1, 3),
        Form = draft.Pick(Enum.GetValues<DamageForm>()),
    };

    internal override Fault DrawSequel(Draft draft) =>
        Crash.Draw(draft) with { Server = Server, After = draft.Time(TimeSpan.Zero, TimeSpan.FromMilliseconds(10)) };

    internal override FaultPlan? Plan(FaultScene scene)
    {
        SimDisk disk = scene.Cluster.Servers[Server].Disk;
        SimFile? file = disk.Find(What switch
        {
            Structure.Superblock => StoredFile.Superblock,
            Structure.Checkpoint => StoredFile.Checkpoint,
            _ => StoredFile.Log,
        });
        return file is { Length: > 0 }
            ? new FaultPlan(new FaultCost.Hidden(Server, Forgets: MayLookTorn), () => new Active(scene.Cluster.World, this, disk, Damage(file, scene.Dice)))
            : null;
    }

    /// <summary>The end of a log that cannot be read looks like one that a crash tore.</summary>
    private bool MayLookTorn => What == Structure.Log && Form == DamageForm.Unreadable;

    private DiskDamage[] Damage(SimFile file, Dice dice) =>
        [.. DrawSectors(file, dice).Select(sector => Form == DamageForm.FlippedBit
            ? file.FlipBit(sector + DrawByte(file, sector, dice), dice.Next(8))
            : file.MakeUnreadable(sector, SimFile.SectorSize))];

    /// <summary>Any of a sector, or one that is not zero: most of a sector says nothing.</summary>
    private static int DrawByte(SimFile file, long sector, Dice dice)
    {
        byte[] bytes = new byte[SimFile.SectorSize];
        file.Peek(sector, bytes);
        int[] telling = [.. Enumerable.Range(0, bytes.Length).Where(at => bytes[at] != 0)];
        return telling.Length > 0 && dice.Next(2) == 0 ? telling[dice.Next(telling.Length)] : dice.Next(bytes.Length);
    }

    private List<long> DrawSectors(SimFile file, Dice dice)
    {
        List<long> sectors = What == Structure.Superblock
            ? [0, CopyDistance]
            : [.. Enumerable.Range(0, (int)(file.Length / SimFile.SectorSize)).Select(sector => (long)sector * SimFile.SectorSize)];
        while (sectors.Count > Count)
        {
            sectors.RemoveAt(dice.Next(sectors.Count));
        }

        return sectors;
    }

    /// <summary>Met once a start has read it.</summary>
    private sealed class Active(World world, Fault fault, SimDisk disk, DiskDamage[] damages) : ActiveFault(world, fault)
    {
        public override bool IsMet => Array.Exists(damages, static damage => damage.Met > 0);

        protected override bool IsUsedUp => GoneAt is not null;

        protected override TimeSpan? FindGone() => Array.Exists(damages, disk.Holds) ? null : World.Now;

        protected override void OnEnd()
        {
        }
    }
}

/// <summary>What a member needs to start.</summary>
public enum Structure
{
    /// <summary>Who it is, and whom it promised; kept twice.</summary>
    Superblock,

    /// <summary>The block table, as it was once.</summary>
    Checkpoint,

    /// <summary>What happened since.</summary>
    Log,
}

/// <summary>How a sector is damaged.</summary>
public enum DamageForm
{
    /// <summary>One bit flips.</summary>
    FlippedBit,

    /// <summary>Reading it gives EIO.</summary>
    Unreadable,
}
