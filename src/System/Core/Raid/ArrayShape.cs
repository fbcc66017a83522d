using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <summary>
/// Finds out which array the members make up, from what each says of itself: it is what at least N − 1 of them agree
/// on, each in its own place.
/// </summary>
internal static class ArrayShape
{
    /// <param name="claims">What answered at each place; null where nothing did.</param>
    /// <returns>
    /// The array as its first member sees it. <see cref="Errno.ESTALE"/> if too many members are of another array,
    /// in another's place, or of another shape; <see cref="Errno.EIO"/> if too few answered.
    /// </returns>
    public static Result<MemberGeometry> Agree(IReadOnlyList<MemberGeometry?> claims)
    {
        int answers = 0;
        foreach (MemberGeometry? claim in claims)
        {
            if (claim is null)
            {
                continue;
            }

            answers++;
            if (claim.Members == claims.Count && Support(claims, claim) >= claims.Count - 1)
            {
                return claim.At(new MemberIndex(0));
            }
        }

        return answers >= claims.Count - 1 ? Errno.ESTALE : Errno.EIO;
    }

    private static int Support(IReadOnlyList<MemberGeometry?> claims, MemberGeometry shape)
    {
        int support = 0;
        for (int place = 0; place < claims.Count; place++)
        {
            support += claims[place] == shape.At(new MemberIndex(place)) ? 1 : 0;
        }

        return support;
    }
}
