using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Tests.Reference.Kernel;

/// <summary>
/// Where a real file system may answer something else than the reference, because POSIX leaves it open. Each with its
/// reason; whatever is not here is a fault of the reference.
/// </summary>
internal static class PermittedDifferences
{
    private static readonly PermittedDifference[] All =
    [
        new(
            "the links of a directory",
            "POSIX leaves open whether subdirectories count (stat(3p), st_nlink): btrfs and some overlays say 1 for every directory.",
            (operation, reference, kernel) =>
                operation is Stat && kernel.Text == "directory, 1 links" && reference.Text.StartsWith("directory, ", StringComparison.Ordinal)),
    ];

    /// <summary>Whether two different answers are both right.</summary>
    public static bool Permit(FileOperation operation, Answer reference, Answer kernel) =>
        Array.Exists(All, difference => difference.Is(operation, reference, kernel));

    /// <param name="What">Names it.</param>
    /// <param name="Reason">Why both are right.</param>
    /// <param name="Is">Whether an operation's two answers, the reference's first, differ in this way.</param>
    private sealed record PermittedDifference(string What, string Reason, Func<FileOperation, Answer, Answer, bool> Is);
}
