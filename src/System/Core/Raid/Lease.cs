using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>
/// The right to answer reads: a client that was superseded must stop before another's writes are acknowledged, also
/// where it still reaches a member that the other one did not.
/// </summary>
/// <remarks>
/// <para>Every answer to a call under the claim is a grant by its member, counted from when the call was sent, by the
/// client's own clock. The lease holds while two members' grants do: a new owner is granted its claim by all members but
/// one at most, so one of the two is among them, and has answered nothing to the old owner since. A new owner that could
/// not claim every member waits for one lease, and the bound on how much clocks may differ, before it serves.</para>
/// <para>Two suffice, and more would cost reads that two absent members need not cost.</para>
/// </remarks>
internal sealed class Lease(TimeProvider clock, TimeSpan length, int members)
{
    private readonly long?[] _grants = new long?[members];

    /// <summary>The moment at which a call is sent.</summary>
    public long Now => clock.GetTimestamp();

    public bool Holds
    {
        get
        {
            int valid = 0;
            foreach (long? grant in _grants)
            {
                valid += grant is { } sent && clock.GetElapsedTime(sent) < length ? 1 : 0;
            }

            return valid >= 2;
        }
    }

    /// <summary>A member answered, under the claim, a call sent at this moment.</summary>
    public void Grant(MemberIndex member, long sent) =>
        _grants[member.Value] = Math.Max(_grants[member.Value] ?? long.MinValue, sent);
}
