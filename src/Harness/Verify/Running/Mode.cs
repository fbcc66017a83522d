using Raid5Fs.Primitives;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Running;

/// <summary>What a run in one of the modes lets faults do, and what it demands for that: the one place that says so.</summary>
internal sealed record Mode
{
    private Mode()
    {
    }

    /// <summary>Whether only one server may be away, or behind, at a time.</summary>
    public required bool SparesSecondMember { get; init; }

    /// <summary>Whether no block is damaged while another unit of its row may be bad, and the other way round.</summary>
    public required bool SparesDamagedRows { get; init; }

    /// <summary>Whether an operation may answer EIO, or EROFS after a failed commit, without having done anything.</summary>
    public required bool ToleratesErrors { get; init; }

    /// <summary>Whether all is whole again once the faults have ended: members, rows, files.</summary>
    public required bool DemandsConvergence { get; init; }

    /// <summary>
    /// Whether faults may leave a row with two bad units for a while, so that a run which does not get what it demands must show that it
    /// could be had.
    /// </summary>
    public bool ProvesItsDemands => DemandsConvergence && !SparesSecondMember;

    private static Mode Safety { get; } = new()
    {
        SparesSecondMember = true,
        SparesDamagedRows = true,
        ToleratesErrors = false,
        DemandsConvergence = true,
    };

    private static Mode Beyond { get; } = new()
    {
        SparesSecondMember = false,
        SparesDamagedRows = false,
        ToleratesErrors = true,
        DemandsConvergence = false,
    };

    private static Mode Liveness { get; } = new()
    {
        SparesSecondMember = false,
        SparesDamagedRows = true,
        ToleratesErrors = true,
        DemandsConvergence = true,
    };

    public static Mode Of(RunMode mode) => mode switch
    {
        RunMode.Beyond => Beyond,
        RunMode.Liveness => Liveness,
        _ => Safety,
    };

    /// <summary>
    /// Whether an answer may be given to a question where another one is right. What cannot be read cannot be given back, so there may
    /// also be less space.
    /// </summary>
    public bool Allows(Answer right, Answer given) => given == right || IsTolerated(given)
        || (ToleratesErrors && (given.IsBeginningOf(right) || given.Error == Errno.ENOSPC || given.HasLessSpaceThan(right)));

    /// <summary>Whether it says only that nothing was done, and that is allowed here.</summary>
    public bool IsTolerated(Answer given) => IsTolerated(given.Error);

    public bool IsTolerated(Errno error) => ToleratesErrors && error is (Errno.EIO or Errno.EROFS);
}
