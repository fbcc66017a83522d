using System.Globalization;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Reference;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Tests.Reference.Kernel;

/// <summary>
/// Where a real file system may answer something else than the reference, because POSIX leaves it open. Each with its
/// reason; whatever is not here is a fault of the reference.
/// </summary>
internal static class PermittedDifferences
{
    // An error that the file system itself never answers.
    private const Errno IllegalSeek = (Errno)29;

    private static readonly PermittedDifference[] All =
    [
        new(
            "the links of a directory",
            "POSIX leaves open whether subdirectories count (stat(3p), st_nlink): btrfs and some overlays say 1 for every directory.",
            (operation, reference, kernel) =>
                operation is Stat or Lstat
                && reference.Text.StartsWith("directory ", StringComparison.Ordinal)
                && kernel.Text.EndsWith(", 1 links", StringComparison.Ordinal)
                && kernel.Text.Split(',')[0] == reference.Text.Split(',')[0]),
        new(
            "the access time of a symbolic link",
            "Linux sets it whenever the link is followed, unless the file system is mounted with noatime; here nothing is written for a read.",
            (operation, reference, kernel) =>
                operation is Lstat
                && reference.Text == kernel.Text
                && reference.Text.StartsWith("symbolic link ", StringComparison.Ordinal)
                && kernel.Times is { } told
                && (told with { Access = TimeRange.Any }).FirstDifference(reference.Times!.Value) is null),
        new(
            "what a fifo, a socket or a device answers",
            "Its driver does, or the other end of it, and no file system: ENXIO if there is none, ESPIPE if it has no offsets.",
            (operation, reference, kernel) =>
                operation is Read or Write or Fsync
                && (reference.Error == Errno.EINVAL || operation is Fsync)
                && kernel.Error is Errno.ENXIO or IllegalSeek or Errno.EACCES or Errno.EINVAL),
        new(
            "what was allocated and never written",
            "POSIX leaves open what is told to be a hole (lseek(2)): the kernel says that such blocks are, the reference that they are data. So the kernel may find data later, and a hole earlier.",
            (operation, reference, kernel) => operation is Seek seek && (seek.For == SeekTarget.Data
                ? reference.Error == Errno.OK && (kernel.Error == Errno.ENXIO || OffsetOf(kernel) > OffsetOf(reference))
                : reference.Error == Errno.OK && kernel.Error == Errno.OK && OffsetOf(kernel) < OffsetOf(reference))),
        new(
            "what is a hole in a directory",
            "A directory has no holes to tell of: each file system of Linux answers something of its own.",
            (operation, reference, kernel) => operation is Seek && reference.Error == Errno.EINVAL),
        new(
            "what is in a directory that was removed",
            "The kernel answers ENOENT, as the reference does; the C library makes that an end without entries, as POSIX wants it.",
            (operation, reference, kernel) =>
                operation is Readdir && reference.Error == Errno.ENOENT && kernel is { Error: Errno.OK, Text: "" }),
    ];

    /// <summary>Whether two different answers are both right.</summary>
    public static bool Permit(FileOperation operation, Answer reference, Answer kernel) =>
        Array.Exists(All, difference => difference.Is(operation, reference, kernel));

    /// <summary>
    /// Whether an operation would leave the two different for good. A truncation to the same size: POSIX has it set the times
    /// only where the size changes; ext4 sets them always, tmpfs does as POSIX says, and so does the reference. An extended attribute
    /// that is set to what it is: ext4 leaves the time of change, tmpfs and the reference set it.
    /// </summary>
    /// <param name="operation">What would be done.</param>
    /// <param name="before">The reference before it.</param>
    public static bool IsLeftOut(FileOperation operation, ReferencePaths before) =>
        operation is Setxattr set && before.GetExtendedAttribute(set.Path, set.Name) is { IsOk: true } value
            ? value.Value.AsSpan().SequenceEqual(set.Bytes)
        : operation is Truncate truncate && !OpenName.Is(truncate.Path) && before.Stat(truncate.Path) is { IsOk: true } file && file.Value.Size == truncate.Size.Bytes;

    /// <summary>Of an answer to <see cref="Seek"/>.</summary>
    private static long OffsetOf(Answer found) => long.Parse(found.Text.Split(' ')[1], CultureInfo.InvariantCulture);

    /// <param name="What">Names it.</param>
    /// <param name="Reason">Why both are right.</param>
    /// <param name="Is">Whether an operation's two answers, the reference's first, differ in this way.</param>
    private sealed record PermittedDifference(string What, string Reason, Func<FileOperation, Answer, Answer, bool> Is);
}
