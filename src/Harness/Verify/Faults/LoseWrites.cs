using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>The disk acknowledges writes and does not do them: reads find what was there before.</summary>
public sealed record LoseWrites : WrongWrites
{
    internal static LoseWrites Draw(Draft draft) => new()
    {
        Server = draft.Server(),
        Count = draft.Dice.Next(1, 4),
        File = draft.StoredFile(),
        For = DrawWait(draft),
    };

    private protected override WriteFault Arm(SimDisk disk, string fileName) => disk.LoseWrites(Count, fileName);
}
