using Raid5Verify.Simulation;

namespace Raid5Verify.Exhaustive;

/*
 * Which points there are. Each story is run once with each fault and without a crash, and says which crash points it
 * passes; of these every one is a point, but for those that are the same as another by construction:
 *
 *   - A client's crash before the last operation ends the story: it is a point of the story that ends there.
 *   - Before and after a read, a query or the arrival of a packet a crash leaves the same: they are one point.
 *   - A fault that waits for a write or a flush, and has not met one yet, is no fault: the point is one without it.
 *   - Stories that only exchange places are one: BlockStory.All.
 *
 * A fault and a crash of different members make two bad units in a row. That is beyond what RAID5 can survive, so of
 * these only one is taken for each crash point: an unreadable block that was there before. The same holds for a fault on
 * a member other than the one that a story refills.
 *
 * What a crash makes of what was not flushed matters where it is not the bytes of a block: there both are points, all of
 * it lost and all of it kept.
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
}

/// <summary>Every point, in a fixed order. Immutable; safe to share between threads.</summary>
public sealed class PointSpace
{
    private readonly Plan[] _plans;
    private readonly long[] _ends;

    private PointSpace(Plan[] plans, IReadOnlyDictionary<int, IReadOnlyList<DiskImage>> blank)
    {
        _plans = plans;
        _ends = new long[plans.Length];
        Blank = blank;
        for (int i = 0; i < plans.Length; i++)
        {
            Count += plans[i].Points.Length;
            CrashPoints += plans[i].CrashPoints;
            _ends[i] = Count;
        }
    }

    /// <summary>Points.</summary>
    public long Count { get; }

    /// <summary>Pairs of a story and a fault: so many runs without a crash enumerated them.</summary>
    public long Stories => _plans.Length;

    /// <summary>Crash points that those runs passed: each of them is a point, or the same as one.</summary>
    public long CrashPoints { get; }

    /// <summary>Disks of new members, by their number.</summary>
    internal IReadOnlyDictionary<int, IReadOnlyList<DiskImage>> Blank { get; }

    /// <summary>One of them, from 0.</summary>
    public SpacePoint this[long index]
    {
        get
        {
            int plan = Array.BinarySearch(_ends, index + 1);
            plan = plan < 0 ? ~plan : plan;
            while (_plans[plan].Points.Length == 0)
            {
                plan++;
            }

            long first = _ends[plan] - _plans[plan].Points.Length;
            return _plans[plan].Unpack(_plans[plan].Points[index - first]);
        }
    }

    /// <summary>Runs every story with every fault once, without a crash.</summary>
    /// <param name="options">Which.</param>
    /// <param name="progress">Told how many of how many stories are done; from any thread.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static PointSpace Enumerate(
        PointSpaceOptions options, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        var blank = options.Members.ToDictionary(static members => members, BlockCluster.Format);
        BlockStory[] stories = [.. options.Stories ?? [.. BlockStory.All()]];
        Plan[] plans =
        [
            .. from members in options.Members
               from story in stories
               from fault in PlannedFault.All(members, story.Operations.Count)
               where IsTaken(story, fault)
               select new Plan(members, story, fault),
        ];
        int next = -1;
        long done = 0;
        void Work()
        {
            int mine;
            while ((mine = Interlocked.Increment(ref next)) < plans.Length && !cancellation.IsCancellationRequested)
            {
                plans[mine].Observe(blank[plans[mine].Members]);
                progress?.Invoke(Interlocked.Increment(ref done), plans.Length);
            }
        }

        Thread[] threads =
            [.. Enumerable.Range(0, options.Jobs).Select(job => new Thread(Work) { Name = $"enumeration {job}", IsBackground = true })];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        cancellation.ThrowIfCancellationRequested();
        return new PointSpace(plans, blank);
    }

    private static bool IsTaken(BlockStory story, PlannedFault fault) =>
        fault.IsNone || fault.Member == 0 || IsSecondUnit(fault)
        || story.Operations.All(static operation => !operation.Refills);

    /// <summary>The one fault that is also laid on another member than the one that crashes or is refilled.</summary>
    private static bool IsSecondUnit(PlannedFault fault) => fault is { Kind: DiskFaultKind.UnreadableBlock, Before: 1 };

    /// <summary>The points of one story with one fault.</summary>
    private sealed class Plan(int members, BlockStory story, PlannedFault fault)
    {
        private const int OrdinalBits = 16;
        private const uint Kept = 1 << OrdinalBits;
        private const uint Missed = Kept << 1;
        private const uint After = Missed << 1;
        private const int KindShift = OrdinalBits + 3;
        private const int HostShift = KindShift + 4;
        private const uint ClientHost = 62;
        private const uint Nobody = 63;

        public int Members => members;

        public uint[] Points { get; private set; } = [];

        public long CrashPoints { get; private set; }

        public void Observe(IReadOnlyList<DiskImage> blank)
        {
            PointRun.Observe(blank, story, fault, out IReadOnlyList<ObservedPoint> observed);
            var points = new List<uint>();
            if (fault.IsNone || fault.Before > 0)
            {
                points.Add(Nobody << HostShift);
            }

            foreach (ObservedPoint point in observed)
            {
                CrashPoints++;
                if (IsTaken(in point))
                {
                    uint packed = (uint)point.Ordinal
                        | (point.Moment == CrashMoment.After ? After : 0)
                        | ((uint)point.Kind << KindShift)
                        | ((point.Host is { } host ? (uint)host : ClientHost) << HostShift);
                    points.Add(packed);
                    if (point.Host is not null)
                    {
                        points.Add(packed | Missed);
                        if (point.HasUnflushed && fault.Kind != DiskFaultKind.TornSectors)
                        {
                            points.Add(packed | Kept);
                            points.Add(packed | Missed | Kept);
                        }
                    }
                }
            }

            Points = [.. points];
        }

        public SpacePoint Unpack(uint packed)
        {
            uint host = packed >> HostShift;
            var point = new ExhaustivePoint
            {
                Members = members,
                Story = story,
                Fault = fault,
                Host = host < ClientHost ? (int)host : null,
                Ordinal = host == Nobody ? null : (int)(packed & (Kept - 1)),
                Return = (packed & Missed) != 0 ? MemberReturn.WhenMissed : MemberReturn.Soon,
                KeepsUnflushed = (packed & Kept) != 0,
            };
            return new SpacePoint(
                point,
                host == Nobody ? null : (CrashPointKind)((packed >> KindShift) & 15),
                (packed & After) != 0 ? CrashMoment.After : CrashMoment.Before);
        }

        private bool IsTaken(in ObservedPoint point)
        {
            bool isSameOnBothSides = point.Kind is CrashPointKind.Read or CrashPointKind.Query or CrashPointKind.Receive;
            bool isLaid = fault.Before <= point.Operation && (!fault.Strikes || point.HasStruck);
            bool isOurs = point.Host is null
                ? point.Operation == story.Operations.Count
                : fault.IsNone || fault.Member == point.Host || IsSecondUnit(fault);
            return isLaid && isOurs && !(isSameOnBothSides && point.Moment == CrashMoment.After);
        }
    }
}

/// <summary>A point, and the act at which its host crashes.</summary>
/// <param name="Point">The point.</param>
/// <param name="Kind">The act; null if nobody crashes.</param>
/// <param name="Moment">Before or after it.</param>
public readonly record struct SpacePoint(ExhaustivePoint Point, CrashPointKind? Kind, CrashMoment Moment);
