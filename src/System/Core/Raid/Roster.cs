using Raid5Fs.Primitives;

namespace Raid5Fs.Raid;

/// <summary>
/// The members of an open array, and what this client knows of their history: the last decision, the open epoch, and
/// whether it still owns the array at all.
/// </summary>
/// <remarks>Who may leave the mask, and when, is decided here and by <see cref="EpochCommit"/> while an epoch is sealed.</remarks>
internal sealed class Roster
{
    public Roster(Member[] members, Claim claim, View view)
    {
        Members = members;
        Claim = claim;
        View = view;
        Open = new OpenEpoch(Epoch.Of(claim.Generation, 1), members.Length);
        foreach (Member member in members)
        {
            member.Client.WhenLost = () => Lose(member);
            member.Client.WhenFenced = () => IsFenced = true;
            member.Client.IsIntact = record => IsIntact(member, record);
        }
    }

    public Member[] Members { get; }

    public Claim Claim { get; }

    /// <summary>The last decision of this client: its recovery's, or its last commit's.</summary>
    public View View { get; private set; }

    /// <summary>What was written since.</summary>
    public OpenEpoch Open { get; private set; }

    /// <summary>
    /// The open epoch was offered to the members to be sealed and is not decided yet: nothing more may be written in it.
    /// </summary>
    public bool IsSealed { get; set; }

    /// <summary>Another client owns the array.</summary>
    public bool IsFenced { get; private set; }

    /// <summary>The members that the array counts on.</summary>
    public MemberSet Counted => SetOf(static member => member.IsCounted);

    /// <summary>Counted on, or refilled and ready to be: the members that the next decision may count on.</summary>
    public MemberSet Eligible => SetOf(static member => member.IsCounted || member.IsReady);

    /// <summary>Counted on, and not to be reached.</summary>
    public MemberSet Missing => SetOf(static member => member.IsMissing);

    public MemberSet Reachable => SetOf(static member => member.IsReachable);

    /// <summary>The fewest members that hold every row.</summary>
    public int Quorum => Members.Length - 1;

    public MemberSet SetOf(Func<Member, bool> condition)
    {
        MemberSet set = MemberSet.None;
        foreach (Member member in Members)
        {
            set = condition(member) ? set.With(member.Index) : set;
        }

        return set;
    }

    /// <summary>The members whose unit of a row can be had: from themselves, or from the open epoch.</summary>
    public MemberSet UsableIn(Row row)
    {
        MemberSet set = MemberSet.None;
        foreach (Member member in Members)
        {
            bool isUsable = member.IsUsable(row) || Open.Find(member.Index, row) is not null;
            set = isUsable ? set.With(member.Index) : set;
        }

        return set;
    }

    /// <summary>The open epoch is part of history: the next one begins.</summary>
    /// <param name="mask">The members that sealed it and are counted on from here on.</param>
    /// <param name="version">Of the mask.</param>
    public void Decide(MemberSet mask, uint version)
    {
        Epoch decided = Open.Epoch;
        View = new View(new Stamp(decided, version), decided, mask);
        Open = new OpenEpoch(decided.Next(), Members.Length);
        IsSealed = false;
        foreach (Member member in Members)
        {
            if (mask.Contains(member.Index) && !member.IsCounted)
            {
                member.Count();
            }
            else if (!mask.Contains(member.Index) && member.IsCounted)
            {
                // It may be there all the same; what it missed it is told when it joins again.
                member.Leave();
                member.Discount();
            }
        }

        foreach (Member member in Members)
        {
            DiscountIfSpare(member);
        }
    }

    /// <summary>A member cannot be had. If it can be spared, it is not counted on any more.</summary>
    public void Lose(Member member)
    {
        member.Leave();
        if (!member.IsCounted)
        {
            Open.Drop(member.Index);
        }
        else if (!IsSealed)
        {
            DiscountIfSpare(member);
        }
    }

    /// <summary>
    /// A row is being written without a member that is not counted on. What the member was sent of that row in the open epoch is
    /// outdone then, and neither to be read nor sealed: the member joins anew, which makes it forget the epoch.
    /// </summary>
    public void LeaveBehind(Member member, Row row)
    {
        if (Open.Find(member.Index, row) is null)
        {
            member.LeaveBehind(row);
        }
        else
        {
            Lose(member);
        }
    }

    private void DiscountIfSpare(Member member)
    {
        if (member.IsMissing && Counted.Count > Quorum)
        {
            member.Discount();
            Open.Drop(member.Index);
        }
    }

    /// <summary>Whether a member that was started anew still holds all that it is counted on for.</summary>
    /// <remarks>
    /// Of one that is not counted on that is not known: which of its rows are current is this client's memory of an
    /// earlier life, so it joins again. It costs a scan: rows that it has are not refilled twice.
    /// </remarks>
    private bool IsIntact(Member member, MemberRecord record) =>
        member.IsCounted
        && record.Promised == Claim
        && record.View.Stamp.Epoch.Generation == Claim.Generation
        && record.IsCompleteUpTo(View.Decided, member.Index);
}
