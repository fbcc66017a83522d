using Raid5Verify.Running;
using Raid5Verify.Simulation;

namespace Raid5Verify.Exhaustive;

/*
 * Which points there are. Each story is run with each fault and without a crash, and says which crash points it passes:
 * before and after every disk call, every sending and every arrival of every host. Each of them is a point of the space,
 * or stands in it under the name of another that leaves the same:
 *
 *   - Between two acts of a host that change something outside of its program (a write, a truncation, a flush, a change of
 *     a name, a sending) nothing changes that outlives the program: crashes after the one, at every read, query and arrival
 *     between, and before the other leave the same. The last of them is the point.
 *   - A client's crash before the last operation ends the story: it is a point of the story that ends there.
 *   - A fault that waits for a write or a flush, or for a Prepare to be answered, and has not met one yet, is no fault: the
 *     point is one without it.
 *   - Stories that only exchange places are one: BlockStory.All.
 *   - A block that cannot be read is to the system what one with a flipped bit is, but for how a disk says so: it is laid
 *     before the first operation only and, in stories of up to two operations, at the crash; a flipped bit before every
 *     operation. Likewise a sector of log, checkpoint or superblock that cannot be read, and a flipped bit there; and a full
 *     disk, a flush that fails, and a write of the log that fails, at all of which a member may halt: all but the last are in
 *     stories of up to two operations.
 *
 * A member that crashes in the last operation, where that is a commit, may also be back only when the client has died with the
 * answer: so that the next client has the word of one that was left out of it.
 *
 * What a crash makes of what was not flushed matters where that is not the bytes of a block: there both are points, all of
 * it lost and all of it kept.
 *
 * What is not in the space:
 *
 *   - Disk faults of another member than the one that crashes, or that the story refills: two bad units in a row, which RAID5
 *     cannot survive. To see that it says so and nothing wrong, one such fault is in it, an unreadable block that was there
 *     from the beginning, in stories in which no member is refilled.
 *   - Disks that are slow: time is what no story depends on. The seeds draw them.
 *   - In stories of three operations, a message that comes late to one member while another one crashes.
 *   - Messages that are late by more than a Prepare, but for a decision that comes when the next client has claimed its member.
 *   - Every crash in every recovery: one is drawn for each point, by its name.
 *   - Checkpoints in stories of three operations. A member writes one when its log is full; so shorter stories are also
 *     told with logs that are full at their beginning, with all faults of disks but those of blocks' bytes, which no
 *     checkpoint holds.
 *   - Faults in stories of three operations with the rebuild of a blank member. To the code that is the refill of one
 *     that missed everything, and the refill is in it with all faults.
 */

/// <summary>Which part of the space is enumerated.</summary>
public sealed record PointSpaceOptions
{
    /// <summary>Numbers of members.</summary>
    public IReadOnlyList<int> Members { get; init; } = [3, 4];

    /// <summary>The stories; null for all.</summary>
    public IReadOnlyList<BlockStory>? Stories { get; init; }

    /// <summary>Simulations at the same time.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>Notices steps that never end; null for none.</summary>
    public Watchdog? Watchdog { get; init; }
}

/// <summary>Every point, in a fixed order. Immutable; safe to share between threads.</summary>
public sealed class PointSpace
{
    private readonly Plan[] _plans;
    private readonly long[] _ends;
    private readonly IReadOnlyDictionary<(int Members, bool IsLogFull), BlockDisks> _disks;

    private PointSpace(Plan[] plans, IReadOnlyDictionary<(int, bool), BlockDisks> disks)
    {
        // A fault that never strikes has no points of its own.
        _plans = [.. plans.Where(static plan => plan.Points.Length > 0)];
        _ends = new long[_plans.Length];
        _disks = disks;
        Stories = plans.Length;
        CrashPoints = plans.Sum(static plan => plan.CrashPoints);
        for (int i = 0; i < _plans.Length; i++)
        {
            Count += _plans[i].Points.Length;
            _ends[i] = Count;
        }
    }

    /// <summary>Points.</summary>
    public long Count { get; }

    /// <summary>Pairs of a story and a fault.</summary>
    public long Stories { get; }

    /// <summary>Crash points that those stories pass: each of them is a point, or the same as one.</summary>
    public long CrashPoints { get; }

    /// <summary>One of them, from 0.</summary>
    public SpacePoint this[long index]
    {
        get
        {
            int plan = Array.BinarySearch(_ends, index + 1);
            plan = plan < 0 ? ~plan : plan;
            long first = _ends[plan] - _plans[plan].Points.Length;
            return _plans[plan].Unpack(_plans[plan].Points[index - first]);
        }
    }

    internal BlockDisks DisksOf(ExhaustivePoint point) => _disks[(point.Members, point.IsLogFull)];

    /// <summary>Runs every story with every fault once, without a crash.</summary>
    /// <param name="options">Which.</param>
    /// <param name="progress">Told how many of how many stories are done; from any thread.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static PointSpace Enumerate(
        PointSpaceOptions options, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        var disks = (
            from members in options.Members
            from isLogFull in (bool[])[false, true]
            select (members, isLogFull)).ToDictionary(static shape => shape, static shape => BlockDisks.Make(shape.members, shape.isLogFull));
        BlockStory[] stories = [.. options.Stories ?? [.. BlockStory.All()]];
        Plan[][] plans =
        [
            .. from members in options.Members
               from story in stories
               from isLogFull in (bool[])[false, true]
               where !isLogFull || story.Operations.Count < BlockStory.MaxLength
               select (Plan[])
               [
                   .. from fault in PlannedFault.All(members, story.Operations.Count)
                      where IsTaken(story, fault) && !(isLogFull && (fault.IsOfBlocks || fault.IsLateMessage))
                      select new Plan(members, isLogFull, story, fault),
               ],
        ];
        int next = -1;
        long done = 0;
        Workers.Run(options.Jobs, TryObserveNext, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return new PointSpace([.. plans.SelectMany(static ofStory => ofStory)], disks);

        bool TryObserveNext()
        {
            int mine = Interlocked.Increment(ref next);
            bool isThere = mine < plans.Length;
            if (isThere)
            {
                Observe(plans[mine], disks[plans[mine][0].Shape], options.Watchdog);
                progress?.Invoke(Interlocked.Increment(ref done), plans.Length);
            }

            return isThere;
        }
    }

    /// <summary>Enumerates the points of one story, with each fault.</summary>
    /// <param name="plans">The one without a fault first.</param>
    /// <param name="disks">As they ask for.</param>
    /// <param name="watchdog">Notices a step that never ends.</param>
    private static void Observe(Plan[] plans, BlockDisks disks, Watchdog? watchdog)
    {
        IReadOnlyList<ObservedPoint> undisturbed = plans[0].Observe(disks, watchdog);
        foreach (Plan plan in plans)
        {
            plan.Take(plan.CanTellApart(undisturbed) ? plan.Observe(disks, watchdog) : undisturbed);
        }
    }

    private static bool IsTaken(BlockStory story, PlannedFault fault)
    {
        bool refills = story.Operations.Any(static operation => operation.Refills);
        bool rebuilds = story.Operations.Any(static operation => operation.Kind == BlockOperationKind.Rebuild);
        return fault.IsNone
            || ((fault.Member == 0 || !refills || fault.IsLateMessage)
                && !((rebuilds || fault.IsLikeAnother) && story.Operations.Count == BlockStory.MaxLength));
    }

    /// <summary>The one fault that is also laid on another member than the one that crashes or is refilled.</summary>
    private static bool IsSecondUnit(PlannedFault fault) => fault is { Kind: PlannedFaultKind.UnreadableBlock, Before: 1 };

    /// <summary>The points of one story with one fault.</summary>
    private sealed class Plan(int members, bool isLogFull, BlockStory story, PlannedFault fault)
    {
        private const int OrdinalBits = 16;
        private const uint Kept = 1 << OrdinalBits;
        private const uint Missed = Kept << 1;
        private const uint Last = Missed << 1;
        private const uint After = Last << 1;
        private const int KindShift = OrdinalBits + 4;
        private const int HostShift = KindShift + 4;
        private const uint ClientHost = 62;
        private const uint Nobody = 63;

        public (int Members, bool IsLogFull) Shape => (members, isLogFull);

        public uint[] Points { get; private set; } = [];

        public long CrashPoints { get; private set; }

        /// <summary>Runs the story without a crash.</summary>
        public IReadOnlyList<ObservedPoint> Observe(BlockDisks disks, Watchdog? watchdog)
        {
            PointRun.Observe(disks, story, fault, out IReadOnlyList<ObservedPoint> points, watchdog);
            return points;
        }

        /// <summary>
        /// Whether the story may pass other points than without the fault: its member reads something after it was laid, or a
        /// message comes to it.
        /// </summary>
        public bool CanTellApart(IReadOnlyList<ObservedPoint> undisturbed) =>
            fault.IsMet || (!fault.IsSilent && undisturbed.Any(point =>
                point.Kind == CrashPointKind.Read && point.Host == fault.Member && point.Operation >= fault.Before));

        /// <summary>Takes those of the observed points that no other stands for.</summary>
        public void Take(IReadOnlyList<ObservedPoint> observed)
        {
            CrashPoints = observed.Count;
            var points = new List<uint>();
            if (fault.IsNone || (fault.Before > 0 && (!fault.IsMet || observed.Any(static point => point.HasMet))))
            {
                points.Add(Nobody << HostShift);
            }

            bool hasStruck = !fault.Strikes && !fault.IsMet;
            var last = new SortedDictionary<int, (ObservedPoint Point, bool HasStruck)>();
            foreach (ObservedPoint point in observed)
            {
                hasStruck |= fault.IsMet ? point.HasMet : IsStrike(in point);
                int host = point.Host ?? -1;
                if (point.Moment == CrashMoment.After && IsEffect(point.Kind) && last.Remove(host, out var before))
                {
                    Add(points, before.Point, before.HasStruck);
                }

                last[host] = (point, hasStruck);
            }

            foreach ((ObservedPoint point, bool struck) in last.Values)
            {
                Add(points, point, struck);
            }

            Points = [.. points];
        }

        public SpacePoint Unpack(uint packed)
        {
            uint host = packed >> HostShift;
            var point = new ExhaustivePoint
            {
                Members = members,
                IsLogFull = isLogFull,
                Story = story,
                Fault = fault,
                Host = host < ClientHost ? (int)host : null,
                Ordinal = host == Nobody ? null : (int)(packed & (Kept - 1)),
                Return = (packed & Last) != 0 ? MemberReturn.AfterTheClient
                    : (packed & Missed) != 0 ? MemberReturn.WhenMissed
                    : MemberReturn.Soon,
                KeepsUnflushed = (packed & Kept) != 0,
            };
            return new SpacePoint(
                point,
                host == Nobody ? null : (CrashPointKind)((packed >> KindShift) & 15),
                (packed & After) != 0 ? CrashMoment.After : CrashMoment.Before);
        }

        /// <summary>The act that the fault waits for is done.</summary>
        private bool IsStrike(in ObservedPoint point) =>
            point.Host == fault.Member
            && point.Moment == CrashMoment.After
            && point.Operation >= fault.Before
            && (fault.StrikesWrites
                ? point.Kind == CrashPointKind.Write
                : point.Kind == CrashPointKind.Flush && point.IsOfSlots == (fault.Kind == PlannedFaultKind.BlockFlushLie));

        /// <summary>It changes something outside of the host's program.</summary>
        private static bool IsEffect(CrashPointKind kind) =>
            kind is not (CrashPointKind.Query or CrashPointKind.Read or CrashPointKind.Receive);

        /// <summary>
        /// Whether the point is also one at which the member stays away until the client dies too: in the last operation, if it
        /// is a commit. A late Prepare need not have come before: the second one is sent because the member is away.
        /// </summary>
        private bool CanEndWithTheClient(in ObservedPoint point) =>
            point.Operation == story.Operations.Count
            && !point.IsAnswered
            && story.Operations[^1].Kind == BlockOperationKind.Commit
            && (fault.IsNone
                || (fault.Kind == PlannedFaultKind.LatePrepare && fault.Before == point.Operation && fault.Member != point.Host));

        /// <summary>Whether a crash there is a point of the space with this fault.</summary>
        private bool IsOurs(in ObservedPoint point) =>
            point.Host is null ? point.Operation == story.Operations.Count
            : fault.IsNone || fault.Member == point.Host || IsSecondUnit(fault)
                || (fault.IsLateMessage && story.Operations.Count < BlockStory.MaxLength);

        private void Add(List<uint> points, in ObservedPoint point, bool hasStruck)
        {
            if (fault.Before > point.Operation)
            {
                return;
            }

            uint packed = (uint)point.Ordinal
                | (point.Moment == CrashMoment.After ? After : 0)
                | ((uint)point.Kind << KindShift)
                | ((point.Host is { } host ? (uint)host : ClientHost) << HostShift);
            if (point.Host is not null && CanEndWithTheClient(in point))
            {
                points.Add(packed | Last);
                if (point.HasUnflushed)
                {
                    points.Add(packed | Last | Kept);
                }
            }

            if (!hasStruck || !IsOurs(in point))
            {
                return;
            }

            points.Add(packed);
            if (point.Host is not null)
            {
                points.Add(packed | Missed);
                if (point.HasUnflushed && fault.Kind != PlannedFaultKind.TornSectors)
                {
                    points.Add(packed | Kept);
                    points.Add(packed | Missed | Kept);
                }
            }
        }
    }
}

/// <summary>A point, and the act at which its host crashes.</summary>
/// <param name="Point">The point.</param>
/// <param name="Kind">The act; null if nobody crashes.</param>
/// <param name="Moment">Before or after it.</param>
public readonly record struct SpacePoint(ExhaustivePoint Point, CrashPointKind? Kind, CrashMoment Moment);
