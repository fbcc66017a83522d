using Raid5Fs.Primitives;

namespace Raid5Fs.Protocol;

/// <summary>Between the values of the program and their form in messages.</summary>
internal static class Messages
{
    public static OwnershipClaim ToMessage(this Claim claim) =>
        new() { Generation = claim.Generation, Client = claim.Client };

    public static Decision ToMessage(this View view) => new()
    {
        Epoch = view.Stamp.Epoch.Value,
        Version = view.Stamp.Version,
        Decided = view.Decided.Value,
        Mask = view.Mask.Bits,
    };

    public static MemberStanding ToMessage(this MemberRecord member) => new()
    {
        BootId = member.BootId,
        Promised = member.Promised.ToMessage(),
        View = member.View.ToMessage(),
        Self = member.Self.Value,
        SealedEpoch = member.Sealed?.Epoch.Value ?? 0,
        SealedVersion = member.Sealed?.Stamp.Version ?? 0,
        SealedMask = member.Sealed?.Mask.Bits ?? 0,
        Witnessed = member.Witnessed,
    };

    public static Claim ToClaim(this OwnershipClaim? message) =>
        new(message?.Generation ?? 0, message?.Client ?? 0);

    public static View ToView(this Decision? message) => message is null ? default : new(
        new Stamp(new Epoch(message.Epoch), message.Version), new Epoch(message.Decided), new MemberSet(message.Mask));

    /// <summary>Null where a peer says what no member can: a boot id of 0.</summary>
    public static MemberRecord? ToRecord(this MemberStanding? message)
    {
        if (message is null || message.BootId == 0)
        {
            return null;
        }

        SealedEpoch? pending = message.SealedEpoch == 0 ? null : new SealedEpoch(
            new Stamp(new Epoch(message.SealedEpoch), message.SealedVersion), new MemberSet(message.SealedMask));
        return new MemberRecord(
            message.BootId,
            message.Promised.ToClaim(),
            message.View.ToView(),
            new Epoch(message.Self),
            pending,
            message.Witnessed);
    }
}
