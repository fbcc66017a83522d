namespace Raid5Verify.Simulation;

/// <summary>What a host does at a crash point.</summary>
public enum CrashPointKind
{
    /// <summary>A disk call that changes nothing: a length, a list, the lock, the opening of a file that must exist.</summary>
    Query,

    Read,

    Write,

    Truncate,

    /// <summary>A flush of a file.</summary>
    Flush,

    /// <summary>A rename, a deletion, or an opening that may create the file.</summary>
    NameChange,

    /// <summary>A flush of the folder.</summary>
    FolderFlush,

    /// <summary>A packet leaves the host, whether or not the network then loses it. A copy is no second sending.</summary>
    Send,

    /// <summary>A packet arrives at the host. Each copy of it arrives for itself.</summary>
    Receive,
}

/// <summary>On which side of the act a crash point lies.</summary>
public enum CrashMoment
{
    /// <summary>The act has not taken effect: a crash here undoes the asking.</summary>
    Before,

    /// <summary>The act has taken effect, and the program does not know it yet.</summary>
    After,
}

/// <summary>
/// A moment of a host at which a crash may leave something else behind than at the moments next to it: just before
/// and just after each of its acts upon disk and network takes effect. Between two of them nothing changes that outlives the
/// host's program, so crashes at all of them leave all that crashes of that host can leave.
/// </summary>
/// <remarks>
/// <para>What a crash (<see cref="Simulation.Host.Crash"/>) at the point leaves, by kind:</para>
/// <list type="table">
/// <item><term>Before Write, Truncate</term><description>The disk never saw it. This point lies inside the program's
/// step that asks for it; the rest of that step still runs, and finds every door shut.</description></item>
/// <item><term>After Write, Truncate</term><description>It is pending: each sector of it is kept or lost by the crash's
/// dice. The completion never reaches the program.</description></item>
/// <item><term>Before Flush, FolderFlush</term><description>Nothing of what it covers is durable because of it: all
/// of that is pending still.</description></item>
/// <item><term>After Flush, FolderFlush</term><description>All that it covers is durable, unless it lied
/// (<see cref="SimDisk.LieAtFlushes"/>) or failed (<see cref="SimDisk.FailFlushes"/>), and the program never hears of it.</description></item>
/// <item><term>Before NameChange</term><description>The folder is as it was.</description></item>
/// <item><term>After NameChange</term><description>The change is pending: the crash keeps it or not, but never without
/// those before it. The program never hears of it.</description></item>
/// <item><term>Read, Query</term><description>Both sides leave the same: only what the program would have done next is
/// missing.</description></item>
/// <item><term>Before Send</term><description>The packet was never sent.</description></item>
/// <item><term>After Send</term><description>It is on its way, as far as the network's rules let it.</description></item>
/// <item><term>Before Receive</term><description>The packet reached a machine whose program had just died, and is lost.
/// After <see cref="CrashKind.Process"/> the machine still resets the call.</description></item>
/// <item><term>After Receive</term><description>The handler, or the continuation that waits for the reply, was
/// made ready, and never runs.</description></item>
/// </list>
/// <para>A call that ends in an error (a failed write, a full disk) passes both points like any other. A call that a
/// crash or a restart outlived has no further points; nor have the packets that a machine sends or gets for a program that
/// is down.</para>
/// </remarks>
/// <param name="Host">The host that acts.</param>
/// <param name="Ordinal">
/// The point's number among all of its host's, from 0, running on over its lives. Equal in every run of equal worlds up
/// to the first crash that differs.
/// </param>
/// <param name="Moment">Before or after the act.</param>
/// <param name="Kind">The act.</param>
/// <param name="What">The file's name, as it was created, or the packet's kind and method.</param>
/// <param name="Offset">The first byte that is read, written or cut off; 0 for other acts.</param>
/// <param name="Length">The bytes read, written or carried; 0 for other acts.</param>
public readonly record struct CrashPoint(
    Host Host, long Ordinal, CrashMoment Moment, CrashPointKind Kind, Label What, long Offset, long Length)
{
    public override string ToString() => $"{Host.Name} #{Ordinal} {Describe()}";

    internal string Describe() => $"{(Moment == CrashMoment.Before ? "before" : "after")} {Kind} {What}";
}

/// <summary>Is told of every crash point that any host of a world reaches: to count them, or to crash the host there.</summary>
/// <remarks>
/// Called on the simulation's thread. It may crash the host of the point or another, restart it, and read the world;
/// it must not await. Being told changes nothing: a run that is only observed has the hash of a run that is not.
/// </remarks>
public interface ICrashPoints
{
    /// <summary>The host is at the point now: if this returns with the host crashed, the act ends as the point says.</summary>
    void At(in CrashPoint point);
}
