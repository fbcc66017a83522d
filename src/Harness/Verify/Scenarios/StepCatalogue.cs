using Raid5Verify.Faults;
using Raid5Verify.Scenarios.Control;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Scenarios;

/// <summary>Every kind of step there is. A test proves the list complete.</summary>
public static class StepCatalogue
{
    /// <summary>How often faults of the client are drawn, beside those of servers, links and disks.</summary>
    private const int ClientFaultWeight = 5;

    /// <summary>File operations, with the weights of a mixed workload.</summary>
    public static IReadOnlyList<StepKind> Operations { get; } =
    [
        StepKind.Drawn(12, Create.Draw),
        StepKind.Drawn(6, Mkdir.Draw),
        StepKind.Drawn(30, Write.Draw),
        StepKind.Drawn(32, Read.Draw),
        StepKind.Drawn(6, Truncate.Draw),
        StepKind.Drawn(5, Unlink.Draw),
        StepKind.Drawn(3, Rmdir.Draw),
        StepKind.Drawn(6, Rename.Draw),
        StepKind.Drawn(5, Link.Draw),
        StepKind.Drawn(5, Symlink.Draw),
        StepKind.Drawn(2, Readlink.Draw),
        StepKind.Drawn(3, Mknod.Draw),
        StepKind.Drawn(3, Chmod.Draw),
        StepKind.Drawn(3, Chown.Draw),
        StepKind.Drawn(3, Utimens.Draw),
        StepKind.Drawn(6, Open.Draw),
        StepKind.Drawn(3, Close.Draw),
        StepKind.Drawn(3, Fallocate.Draw),
        StepKind.Drawn(4, PunchHole.Draw),
        StepKind.Drawn(3, Seek.Draw),
        StepKind.Drawn(5, Setxattr.Draw),
        StepKind.Drawn(2, Getxattr.Draw),
        StepKind.Drawn(2, Listxattr.Draw),
        StepKind.Drawn(2, Removexattr.Draw),
        StepKind.Drawn(4, Stat.Draw),
        StepKind.Drawn(2, Lstat.Draw),
        StepKind.Drawn(2, Samefile.Draw),
        StepKind.Drawn(3, Access.Draw),
        StepKind.Drawn(2, Statfs.Draw),
        StepKind.Drawn(4, Readdir.Draw),
        StepKind.Drawn(6, Fsync.Draw),
        StepKind.WrittenOnly<Populate>(),
        StepKind.WrittenOnly<Extents>(),
    ];

    public static IReadOnlyList<StepKind> Faults { get; } =
    [
        StepKind.Drawn(6, Crash.Draw),
        StepKind.Drawn(3, Pause.Draw),
        StepKind.Drawn(2, Slow.Draw),
        StepKind.Drawn(11, BitFlip.Draw),
        StepKind.Drawn(8, BadSector.Draw),
        StepKind.Drawn(3, LoseRequests.Draw),
        StepKind.Drawn(4, LoseReplies.Draw),
        StepKind.Drawn(2, Garble.Draw),
        StepKind.Drawn(2, Duplicate.Draw),
        StepKind.Drawn(2, Reorder.Draw),
        StepKind.Drawn(4, Stray.Draw),
        StepKind.Drawn(3, Partition.Draw),
        StepKind.Drawn(4, Clog.Draw),
        StepKind.Drawn(4, Disconnect.Draw),
        StepKind.Drawn(4, Replace.Draw),
        StepKind.Drawn(3, Flap.Draw),
        StepKind.Drawn(6, LoseWrites.Draw),
        StepKind.Drawn(6, MisdirectWrites.Draw),
        StepKind.Drawn(4, FailWrites.Draw),
        StepKind.Drawn(3, FailReads.Draw),
        StepKind.Drawn(3, FailFlushes.Draw),
        StepKind.Drawn(3, FullDisk.Draw),
        StepKind.Drawn(5, LieAtFlushes.Draw),
        StepKind.Drawn(2, SlowDisk.Draw),
        StepKind.Drawn(4, DamageStructure.Draw),
        StepKind.Drawn(4, CrashAt.Draw),
        StepKind.Drawn(2, SkewClock.Draw),
        StepKind.Drawn(2, Narrow.Draw),
        StepKind.Drawn(4, ClogInTurn.Draw),
        StepKind.Drawn(3, Impostor.Draw),
        StepKind.Drawn(2, Swap.Draw),
        StepKind.Drawn(4, CrashClientAt.Draw),
        StepKind.Drawn(2 * ClientFaultWeight, CrashClient.Draw),
        StepKind.Drawn(ClientFaultWeight, Takeover.Draw),
    ];

    /// <summary>Waits, checks, and what an operator does.</summary>
    public static IReadOnlyList<StepKind> Control { get; } =
    [
        StepKind.Drawn(6, Remount.Draw),
        StepKind.Drawn(2, Scrub.Draw),
        StepKind.Drawn(6, Concurrent.Draw),
        StepKind.WrittenOnly<StartScrub>(),
        StepKind.WrittenOnly<AwaitInSync>(),
        StepKind.WrittenOnly<Wait>(),
        StepKind.WrittenOnly<Heal>(),
        StepKind.WrittenOnly<Await>(),
        StepKind.WrittenOnly<Check>(),
        StepKind.WrittenOnly<CheckPath>(),
        StepKind.WrittenOnly<CountFromHere>(),
    ];

    public static IReadOnlyList<StepKind> All { get; } = [.. Operations, .. Faults, .. Control];

    internal static IEnumerable<string> Tags => All.Select(kind => kind.Tag);

    internal static StepKind? Find(string tag) => All.FirstOrDefault(kind => kind.Tag == tag);
}
