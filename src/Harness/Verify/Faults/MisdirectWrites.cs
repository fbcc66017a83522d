using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>
/// The disk acknowledges writes and does them in another place of the same file: two blocks of one member are bad, in two
/// rows.
/// </summary>
public sealed record MisdirectWrites : WrongWrites
{
    internal static MisdirectWrites Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        Count = draft.Dice.Next(1, 4),
        File = draft.StoredFile(),
        For = DrawWait(draft),
    };

    private protected override WriteFault Arm(SimDisk disk, string fileName) => disk.MisdirectWrites(Count, fileName);
}
