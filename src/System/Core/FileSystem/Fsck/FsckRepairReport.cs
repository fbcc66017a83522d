using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>What <see cref="Fsck.RepairAsync"/> did.</summary>
/// <param name="Repairs">In the order in which they were made: the same for the same content.</param>
/// <param name="Left">What is wrong still, each with the reason why.</param>
/// <param name="Error">
/// OK, or why not all repairs are on the device: EIO if it could not commit them, EINVAL if it takes fewer uncommitted blocks
/// than <see cref="UnixFileSystem.LargestOperation"/>. The volume is then what it was, or somewhere between, and no worse.
/// </param>
public sealed record FsckRepairReport(IReadOnlyList<FsckRepair> Repairs, IReadOnlyList<FsckRepair> Left, Errno Error)
{
    /// <summary>Whether a check finds nothing any more.</summary>
    public bool IsClean => Error == Errno.OK && Left.Count == 0;

    public override string ToString()
    {
        string end = Error != Errno.OK ? $"not all of it is on the device: {Error}" : IsClean ? "clean" : $"{Left.Count} findings are left";
        return string.Join('\n', [.. Repairs.Select(static each => $"{each}"), .. Left.Select(static each => $"left: {each}"), end]);
    }
}

/// <summary>One finding and what became of it.</summary>
/// <param name="Finding">What was found.</param>
/// <param name="Outcome">What was done about it, or why nothing was, in plain words.</param>
public sealed record FsckRepair(FsckFinding Finding, string Outcome)
{
    public override string ToString() => $"{Finding}: {Outcome}";
}
