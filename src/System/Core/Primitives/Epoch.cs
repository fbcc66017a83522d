namespace Raid5Fs.Primitives;

/// <summary>
/// All block writes between two commits of the array: one atomic group. Named by the generation of the client that
/// wrote it and by its number in that generation; never reused, and ordered by both.
/// </summary>
/// <remarks>Packed into 64 bits: 24 of generation, 40 of number. <c>default</c> is before every epoch.</remarks>
public readonly record struct Epoch(ulong Value) : IComparable<Epoch>
{
    private const int NumberBits = 40;

    /// <summary>The highest generation: an array can be opened 16.7 million times.</summary>
    public const uint MaxGeneration = (1 << (64 - NumberBits)) - 1;

    /// <summary>Before every epoch: what was never written carries this one.</summary>
    public static Epoch None => default;

    public uint Generation => (uint)(Value >> NumberBits);

    public ulong Number => Value & ((1UL << NumberBits) - 1);

    /// <param name="generation">Up to <see cref="MaxGeneration"/>.</param>
    /// <param name="number">0 stands for what the generation found when it took over; its own epochs start at 1.</param>
    public static Epoch Of(uint generation, ulong number)
    {
        Invariant.Require(generation <= MaxGeneration && number >> NumberBits == 0, "an epoch that can be written down");
        return new Epoch(((ulong)generation << NumberBits) | number);
    }

    public Epoch Next() => Of(Generation, Number + 1);

    public static bool operator <(Epoch left, Epoch right) => left.Value < right.Value;

    public static bool operator >(Epoch left, Epoch right) => left.Value > right.Value;

    public static bool operator <=(Epoch left, Epoch right) => left.Value <= right.Value;

    public static bool operator >=(Epoch left, Epoch right) => left.Value >= right.Value;

    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);

    public override string ToString() => $"{Generation}.{Number}";
}

/// <summary>
/// A moment in the life of an array: an epoch, and how often its set of members was changed after it was sealed.
/// </summary>
public readonly record struct Stamp(Epoch Epoch, uint Version) : IComparable<Stamp>
{
    public static bool operator <(Stamp left, Stamp right) => left.CompareTo(right) < 0;

    public static bool operator >(Stamp left, Stamp right) => left.CompareTo(right) > 0;

    public static bool operator <=(Stamp left, Stamp right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Stamp left, Stamp right) => left.CompareTo(right) >= 0;

    public int CompareTo(Stamp other) =>
        Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch) : Version.CompareTo(other.Version);

    public override string ToString() => $"{Epoch}v{Version}";
}

/// <summary>
/// A client's right to an array: the generation that it claims, and its own name, drawn at random. Every call carries it.
/// </summary>
/// <remarks>
/// A member grants a generation once, to the client that asks first, and then none that is lower. To own it a client needs
/// all members but one, so a generation has one owner, and its epochs one writer.
/// </remarks>
public readonly record struct Claim(uint Generation, ulong Client)
{
    public override string ToString() => $"generation {Generation} of client {Client:x16}";
}

/// <summary>What a member believes of the array: the last decision that it adopted.</summary>
/// <param name="Stamp">When it was taken; only a higher one replaces it.</param>
/// <param name="Decided">The last epoch that is part of the array's history.</param>
/// <param name="Mask">The members that the decision counts on.</param>
public readonly record struct View(Stamp Stamp, Epoch Decided, MemberSet Mask)
{
    public override string ToString() => $"{Stamp}: {Decided} on {Mask}";
}

/// <summary>An epoch that a member has sealed: its blocks are durable there, and await the decision.</summary>
/// <param name="Stamp">The epoch, and the version of its mask.</param>
/// <param name="Mask">The members that this version counts on.</param>
public readonly record struct SealedEpoch(Stamp Stamp, MemberSet Mask)
{
    public Epoch Epoch => Stamp.Epoch;

    public override string ToString() => $"{Stamp} on {Mask}";
}

/// <summary>All that a member says of itself and the array, apart from its blocks. A snapshot.</summary>
/// <param name="BootId">Which life of the member says it; never 0.</param>
/// <param name="Promised">The last claim that it granted.</param>
/// <param name="View">What it believes.</param>
/// <param name="Self">The last epoch that it committed while in its mask: it is complete up to there.</param>
/// <param name="Sealed">The epoch that awaits its decision; null if there is none.</param>
/// <param name="Witnessed">
/// A generation of which it says: what I lack of it I have not sealed, or the owner knows that I have it no more. 0 for none.
/// Set in each life by what makes it take part: an owner's decision that it is told or joins with, a write, an epoch that it
/// seals. Cleared by a start alone; another generation takes its place, a claim by itself does not. In memory only, as a disk
/// that lied in a flush may lose a sealed epoch and keep a mark that was written after it: who was started anew may have
/// forgotten anything, until the owner, who looks at each new life and asks it again for what it counts on, has it take part.
/// </param>
public sealed record MemberRecord(
    ulong BootId, Claim Promised, View View, Epoch Self, SealedEpoch? Sealed, uint Witnessed)
{
    /// <summary>
    /// It has never adopted a decision, so it has never sealed an epoch either: it holds no block. One that was refilled in
    /// part is not blank, though it is complete up to no epoch.
    /// </summary>
    public bool IsBlank => View.Stamp == default;

    /// <summary>Whether it holds all that its part of an epoch's history needs: committed, or sealed and counted on.</summary>
    public bool IsCompleteUpTo(Epoch epoch, MemberIndex member) =>
        Self == epoch || (Sealed is { } pending && pending.Epoch == epoch && pending.Mask.Contains(member));
}
