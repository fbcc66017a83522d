using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Verify.Running;

namespace Raid5Verify.Cluster;

/*
 * A member says of itself only what is durable: its disk comes first, and its answer after. So what its last life said of itself when
 * it ended, the next one must know, as long as the disk neither lied nor was damaged. But for what it sealed: a decision against that
 * may have become durable just before the end, and is not told from a loss. And nor does it take anything back while it lives.
 */

/// <summary>What a member said of itself, and has forgotten; or said, and must not.</summary>
/// <param name="Promise">The promise that rests on it.</param>
/// <param name="Before">What it said.</param>
/// <param name="Now">What it says.</param>
internal sealed record BrokenWord(Promise Promise, string Before, string Now)
{
    /// <summary>Compares what a member said at two times, of one life or of two.</summary>
    /// <param name="place">Its place in the array.</param>
    /// <param name="before">What it said first.</param>
    /// <param name="now">What it said later.</param>
    /// <returns>Null if nothing is forgotten.</returns>
    public static BrokenWord? Find(int place, MemberStanding before, MemberStanding now)
    {
        // Of one generation it may have gone over to the client that owns it.
        if (now.Promised.Generation < before.Promised.Generation)
        {
            return new BrokenWord(Promise.Fencing, $"it promised {before.Promised}", $"it promised {now.Promised}");
        }

        if (ViewOf(now) < ViewOf(before))
        {
            return new BrokenWord(Promise.Stability, $"it adopted {ViewOf(before)}", $"it adopted {ViewOf(now)}");
        }

        if (now.Self < before.Self)
        {
            return new BrokenWord(Promise.AtomicCommit, $"it is complete up to {new Epoch(before.Self)}", $"it is complete up to {new Epoch(now.Self)}");
        }

        if (now.SealedEpoch == before.SealedEpoch && now.SealedVersion < before.SealedVersion)
        {
            // Who was asked for the higher version may have acknowledged it.
            return new BrokenWord(Promise.Stability, $"it sealed {SealedBy(before)}", $"it sealed {SealedBy(now)}");
        }

        return IsUncounted(place, before, now)
            ? new BrokenWord(Promise.Fencing, $"it sealed {SealedBy(before)}, which does not count on it", $"it is complete up to {new Epoch(now.Self)}")
            : null;
    }

    /// <summary>It committed an epoch in the version in which that does not count on it, and calls itself complete up to there.</summary>
    private static bool IsUncounted(int place, MemberStanding before, MemberStanding now) =>
        now.Self > before.Self && now.Self == before.SealedEpoch
        && ViewOf(now) == SealedBy(before)
        && !new MemberSet(before.SealedMask).Contains(new MemberIndex(place));

    private static Stamp ViewOf(MemberStanding member) => new(new Epoch(member.View.Epoch), member.View.Version);

    private static Stamp SealedBy(MemberStanding member) => new(new Epoch(member.SealedEpoch), member.SealedVersion);
}
