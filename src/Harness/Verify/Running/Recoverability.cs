using Raid5Fs.Primitives;

namespace Raid5Verify.Running;

/*
 * Whether what faults have left of an array is enough to bring it back: at most one bad unit a row. The rule is the design's, written
 * here once more from the sentence and not from the code, as it judges that code:
 *
 *   V is the highest view, W the highest sealed epoch above it. W can be kept if all but one hold it whole; it can be undone if one
 *   that it counted on lacks it. All but one, at least, must then hold all that is decided.
 *
 * A member that is away, behind, blank or damaged in what it needs to start is bad in all rows; one with a damaged block in one.
 *
 * The array never counts on fewer than all but one. So if two lack what is decided, and no fault has robbed them, that is the
 * system's own doing: no fault is to blame, and the failure is as bad as it looks.
 */

/// <summary>What is left of a member.</summary>
/// <param name="View">The last decision that it adopted.</param>
/// <param name="Self">The epoch that it is complete up to.</param>
/// <param name="Sealed">The epoch that awaits its decision; null if there is none.</param>
internal sealed record MemberLeft(View View, Epoch Self, SealedEpoch? Sealed)
{
    /// <summary>The fault that keeps anybody from counting on it, in a few words; null if none does.</summary>
    public string? LostTo { get; init; }

    /// <summary>A fault took all that was on it, and it has not got that back.</summary>
    public bool IsBlank { get; init; }

    /// <summary>Where a block of it is damaged.</summary>
    public IReadOnlyList<int> DamagedRows { get; init; } = [];
}

/// <summary>What <see cref="Recoverability"/> comes to.</summary>
internal enum WhatIsLeft
{
    /// <summary>No row has a second bad unit: whoever demands its data demands what is there.</summary>
    Enough,

    /// <summary>Faults have left some row with two bad units: nobody could bring it back.</summary>
    TooLittle,

    /// <summary>What is there is too little, and no fault made it so.</summary>
    Squandered,
}

/// <summary>A judgement of what is left of an array, with its reason in one line.</summary>
internal readonly record struct Recoverability(WhatIsLeft Verdict, string Reason)
{
    /// <param name="members">By place.</param>
    public static Recoverability Of(IReadOnlyList<MemberLeft> members)
    {
        int quorum = members.Count - 1;
        List<int> there = [.. Places(members, static member => member.LostTo is null)];
        if (there.Count < quorum)
        {
            return TooLittle(Lost(members));
        }

        Stamp view = there.Max(place => members[place].View.Stamp);
        Epoch decided = members[there.Find(place => members[place].View.Stamp == view)].View.Decided;
        SealedEpoch inFlight = there.Select(place => members[place].Sealed ?? default).MaxBy(static one => one.Stamp);
        string fate = "nothing was in flight";
        if (inFlight.Stamp > view)
        {
            List<int> whole = there.FindAll(place => HasSealed(members[place], inFlight.Epoch, place));
            if (whole.Count >= quorum)
            {
                fate = $"{inFlight.Epoch} was in flight and is whole on {Spell(whole)}";
                decided = inFlight.Epoch;
            }
            else if (there.Except(whole).Cast<int?>().FirstOrDefault(place => !members[place!.Value].IsBlank && inFlight.Mask.Contains(new MemberIndex(place.Value))) is { } lacking)
            {
                fate = $"{inFlight.Epoch} was in flight and server {lacking} lacks it";
            }
            else
            {
                return TooLittle($"{inFlight.Epoch} was in flight, and nobody is left who can tell whether it was acknowledged; {Lost(members)}");
            }
        }

        List<int> holders = there.FindAll(place => Holds(members[place], decided, place));
        return holders.Count < quorum ? JudgeHolders(members, holders, decided) : JudgeRows(members, holders, $"{Spell(holders)} hold all up to {decided}, {fate}");
    }

    private static Recoverability JudgeHolders(IReadOnlyList<MemberLeft> members, List<int> holders, Epoch decided)
    {
        List<int> unrobbed = [.. Places(members, static member => member is { IsBlank: false, LostTo: null }).Except(holders)];
        string reason = $"of {decided}, the last that is decided, all is on {Spell(holders)} only";
        return unrobbed.Count <= 1
            ? TooLittle($"{reason}: {Lost(members)}")
            : new Recoverability(WhatIsLeft.Squandered, $"{reason}, and no fault has taken it from {Spell(unrobbed)}");
    }

    /// <param name="members">By place.</param>
    /// <param name="holders">All but one of them, at least: any other is bad in all rows.</param>
    /// <param name="proof">What is known of them.</param>
    private static Recoverability JudgeRows(IReadOnlyList<MemberLeft> members, List<int> holders, string proof)
    {
        var damaged = new SortedDictionary<int, int>();
        foreach (int place in holders)
        {
            foreach (int row in members[place].DamagedRows)
            {
                if (holders.Count < members.Count)
                {
                    return TooLittle($"row {row} is damaged on server {place}, and server {Enumerable.Range(0, members.Count).Except(holders).First()} is bad in all rows");
                }

                if (!damaged.TryAdd(row, place))
                {
                    return TooLittle($"row {row} is damaged on servers {damaged[row]} and {place}");
                }
            }
        }

        return new Recoverability(WhatIsLeft.Enough, $"{proof}, and no row has a second bad unit");
    }

    private static Recoverability TooLittle(string reason) => new(WhatIsLeft.TooLittle, reason);

    private static bool HasSealed(MemberLeft member, Epoch epoch, int place) =>
        member.Sealed is { } pending && pending.Epoch == epoch && pending.Mask.Contains(new MemberIndex(place));

    private static bool Holds(MemberLeft member, Epoch epoch, int place) =>
        !member.IsBlank && (member.Self >= epoch || HasSealed(member, epoch, place));

    private static string Lost(IReadOnlyList<MemberLeft> members) => string.Join(", ", members.Index().Select(static one =>
        one.Item.LostTo is { } fault ? $"server {one.Index} is lost to {fault}"
        : one.Item.IsBlank ? $"server {one.Index} is blank"
        : null).OfType<string>());

    private static IEnumerable<int> Places(IReadOnlyList<MemberLeft> members, Func<MemberLeft, bool> condition) =>
        members.Index().Where(one => condition(one.Item)).Select(static one => one.Index);

    private static string Spell(IReadOnlyList<int> places) => places.Count == 0 ? "no server" : $"servers {string.Join(", ", places)}";
}
