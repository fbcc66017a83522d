namespace Raid5Fs.Raid;

/// <summary>How the client of an array behaves. Immutable; safe to share.</summary>
public sealed record ArrayOptions
{
    /// <summary>
    /// How long one attempt of a call may take before it counts as lost. 10 ms to 1 hour; default 500 ms.
    /// Shorter than a server's worst answer, it makes that server look dead.
    /// </summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long a call is tried again, counted from its first attempt to the start of its last. Zero to 1 day;
    /// zero means one attempt; default 3 s.
    /// </summary>
    /// <remarks>
    /// A fault that ends within the budget costs nothing but time: the last attempt starts after the budget is
    /// used up, on a network that is whole again. A member that answers nothing for so long is away from then on.
    /// A call takes at most this + <see cref="MaxRetryDelay"/> + <see cref="AttemptTimeout"/>: so late after its
    /// end a longer fault may still make its member away.
    /// </remarks>
    public TimeSpan RetryBudget { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The middle of the first pause between two attempts; each further one is about twice as long, with jitter.
    /// 1 ms to <see cref="MaxRetryDelay"/>; default 20 ms.
    /// </summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest pause between two attempts. Up to 1 hour; default 500 ms.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The first pause before a member that is away is asked again whether it is back, and before a refill that
    /// got stuck goes on; it doubles up to <see cref="MaxProbeDelay"/>. 1 ms up; default 250 ms.
    /// </summary>
    public TimeSpan ProbeDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest such pause: bounds how late a member's return is noticed. Default 2 s.</summary>
    public TimeSpan MaxProbeDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Rows that a refill or a scrub locks and works on at a time. 1 to 1,024; default 16. More means fewer calls,
    /// and longer waits for operations on those rows. On an array of more than 1,152 rows no more are taken than an eighth of
    /// what one epoch may write: 144 rows at least.
    /// </summary>
    public int BackgroundRows { get; init; } = 16;

    /// <summary>
    /// The most distinct blocks that the user may write in one epoch, those of writes under way included: what
    /// <see cref="BlockDevice.IBlockDevice.MaxUncommittedBlocks"/> tells the file system, unless members take fewer.
    /// At least 1; default 1,000 blocks. All of them are in this client's memory until they are committed, with the
    /// parity of their rows.
    /// </summary>
    public int MaxUncommittedBlocks { get; init; } = 1000;

    /// <summary>
    /// How long an answer of a member lets this client answer reads, by its own clock. 10 ms to 1 day; default 10 s. All
    /// clients of an array must use the same. A client that takes over while a member is away waits as long, and
    /// <see cref="ClockSkewBound"/> more, before it serves; one that was idle for longer asks again before it answers.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The most by which the clocks of two clients may differ in speed for the lease to hold: an eighth.
    /// </summary>
    public const double ClockSkewBound = 0.125;

    /// <summary>
    /// The pause before members are told of a decision that they do not need yet, and before heals and refilled rows are
    /// committed where no user commits. Zero to 1 hour; default 20 ms.
    /// </summary>
    public TimeSpan CommitDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Reads a slow member's block from the others as well, once it takes longer than 99 of 100 reads of a typical
    /// member. Default true. It costs N − 1 reads where it happens.
    /// </summary>
    public bool HedgeReads { get; init; } = true;

    /// <summary>A read is given this long at least before it is hedged. 1 ms up; default 2 ms.</summary>
    public TimeSpan MinHedgeDelay { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// Rows a second that a refill does at most, so that users are not crowded out, 0.001 up; null for no limit, the default.
    /// </summary>
    public double? RefillRate { get; init; }

    /// <summary>Rows a second that a scrub looks at, at most, 0.001 up; null for no limit, the default.</summary>
    public double? ScrubRate { get; init; }

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal void Validate()
    {
        TimeSpan hour = TimeSpan.FromHours(1);
        Check(AttemptTimeout >= TimeSpan.FromMilliseconds(10) && AttemptTimeout <= hour, nameof(AttemptTimeout));
        Check(RetryBudget >= TimeSpan.Zero && RetryBudget <= TimeSpan.FromDays(1), nameof(RetryBudget));
        Check(MaxRetryDelay <= hour, nameof(MaxRetryDelay));
        Check(RetryDelay >= TimeSpan.FromMilliseconds(1) && RetryDelay <= MaxRetryDelay, nameof(RetryDelay));
        Check(ProbeDelay >= TimeSpan.FromMilliseconds(1) && ProbeDelay <= MaxProbeDelay, nameof(ProbeDelay));
        Check(MaxProbeDelay <= hour, nameof(MaxProbeDelay));
        Check(Lease >= TimeSpan.FromMilliseconds(10) && Lease <= TimeSpan.FromDays(1), nameof(Lease));
        Check(CommitDelay >= TimeSpan.Zero && CommitDelay <= hour, nameof(CommitDelay));
        Check(MinHedgeDelay >= TimeSpan.FromMilliseconds(1) && MinHedgeDelay <= hour, nameof(MinHedgeDelay));
        Check(RefillRate is null or (>= 0.001 and <= 1e9), nameof(RefillRate));
        Check(ScrubRate is null or (>= 0.001 and <= 1e9), nameof(ScrubRate));
        Check(BackgroundRows is >= 1 and <= 1024, nameof(BackgroundRows));
        Check(MaxUncommittedBlocks >= 1, nameof(MaxUncommittedBlocks));
    }

    private static void Check(bool inRange, string option)
    {
        if (!inRange)
        {
            throw new ArgumentException($"{option} is out of its range", option);
        }
    }
}
