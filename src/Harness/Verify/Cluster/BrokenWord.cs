using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Verify.Running;

namespace Raid5Verify.Cluster;

/*
 * A member says of itself only what is durable: its disk comes first, and its answer after. So what its last life said of itself when
 * it ended, the next one must know, as long as the disk neither lied nor was damaged. But for what it sealed: a decision against that
 * may have become durable just before the end, and is not told from a loss.
 */

/// <summary>What a member said of itself, and has forgotten.</summary>
/// <param name="Promise">The promise that rests on it.</param>
/// <param name="Before">What its last life said when it ended.</param>
/// <param name="Now">What it says after its start.</param>
internal sealed record BrokenWord(Promise Promise, string Before, string Now)
{
    /// <summary>Compares two lives of one member.</summary>
    /// <returns>Null if nothing is forgotten.</returns>
    public static BrokenWord? Find(MemberStanding before, MemberStanding now)
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

        return now.Self >= before.Self ? null
            : new BrokenWord(Promise.AtomicCommit, $"it is complete up to {new Epoch(before.Self)}", $"it is complete up to {new Epoch(now.Self)}");
    }

    private static Stamp ViewOf(MemberStanding member) => new(new Epoch(member.View.Epoch), member.View.Version);
}
