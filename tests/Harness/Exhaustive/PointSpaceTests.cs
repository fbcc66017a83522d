using Raid5Verify.Exhaustive;
using Raid5Verify.Running;
using Raid5Verify.Simulation;

namespace Raid5Verify.Tests.Exhaustive;

/// <summary>The space is all that it says it is.</summary>
public sealed class PointSpaceTests
{
    private static readonly PointSpace Space = Enumerate("Wa.C");
    private static readonly BlockDisks Disks = BlockDisks.Make(3, isLogFull: false);
    private static readonly BlockDisks FullDisks = BlockDisks.Make(3, isLogFull: true);

    [Fact]
    public void Every_act_of_every_host_has_its_points()
    {
        PointRun.Observe(Disks, StoryOf("Wa.C"), default, out var observed);
        var points = Points(Space).Where(one => one.Point is { IsLogFull: false, Fault.IsNone: true, Ordinal: not null }).ToList();

        // Two reads, two writes: five acts beside the client's sendings; then a commit is prepared, and one is told.
        Assert.Contains(observed, point => point is { Host: null, Kind: CrashPointKind.Send });
        Assert.All([0, 1, 2], member => Assert.Contains(observed, point => point.Host == member && point.Kind == CrashPointKind.Flush));
        foreach (var point in observed.Where(point => point.Host is not null || point.Operation == 2))
        {
            // What changes something outside of the program is a point of its own before it happens, ...
            var isEffect = point.Kind is not (CrashPointKind.Read or CrashPointKind.Query or CrashPointKind.Receive);
            if (isEffect && point.Moment == CrashMoment.Before)
            {
                Assert.Contains(points, one => one.Point.Host == point.Host && one.Point.Ordinal == point.Ordinal);
            }

            // ... and everything else is followed, with no such act between, by the point that stands for it.
            var next = points.Where(one => one.Point.Host == point.Host && one.Point.Ordinal >= point.Ordinal)
                .Min(one => one.Point.Ordinal);
            Assert.NotNull(next);
            Assert.DoesNotContain(observed, between =>
                between.Host == point.Host && between.Ordinal > point.Ordinal && between.Ordinal <= next
                && between.Moment == CrashMoment.After
                && between.Kind is not (CrashPointKind.Read or CrashPointKind.Query or CrashPointKind.Receive));
        }
    }

    [Fact]
    public void A_crash_at_any_point_leaves_what_the_point_says_that_stands_for_it()
    {
        // The reduction, tried out: of a small story every crash point of every host is run.
        PointRun.Observe(Disks, StoryOf("Wa.C"), default, out var observed);

        Assert.All(observed, point => Assert.Equal(
            RunOutcome.Held,
            PointRun.Run(Disks, new ExhaustivePoint
            {
                Members = 3,
                Story = StoryOf("Wa.C"),
                Fault = default,
                Host = point.Host,
                Ordinal = point.Ordinal,
            }).Outcome));
    }

    [Fact]
    public void Each_kind_of_fault_is_laid_on_each_member_before_each_operation_it_can_meet()
    {
        var faults = Points(Space).Select(one => one.Point.Fault).Distinct().ToList();

        Assert.All(Enum.GetValues<PlannedFaultKind>(), kind => Assert.Contains(faults, fault => fault.Kind == kind));
        Assert.Equal(
            from member in Enumerable.Range(0, 3) from before in Enumerable.Range(0, 3) select (member, before),
            from fault in faults where fault.Kind == PlannedFaultKind.FlippedBit orderby fault.Member, fault.Before select (fault.Member, fault.Before));
    }

    [Fact]
    public void A_message_is_late_only_where_another_Prepare_was_answered_before_it()
    {
        // A copy of the only Prepare of a story never comes, unless a member that is away makes a second one needed.
        var late = Points(Enumerate("Wa.C")).Select(one => one.Point).Where(point => point.Fault.IsLateMessage).ToList();

        Assert.All(
            late.Where(point => point.Fault.Kind == PlannedFaultKind.LatePrepare),
            point => Assert.True(point.Return == MemberReturn.AfterTheClient && point.Host != point.Fault.Member, $"{point}"));
        Assert.Contains(late, point => point.Fault is { Kind: PlannedFaultKind.LateWrite } && point.Ordinal is null);
        Assert.Contains(
            Points(Enumerate("Wa.C.M")).Select(one => one.Point), point => $"{point}" == "n3/Wa.C.M/late-prepare@2:server-0/nobody");
    }

    [Fact]
    public void A_late_message_comes_right_after_the_next_Prepare_is_answered()
    {
        var (result, trace) = Run("n3/Wa.Wa.C/late-write@1:server-0/nobody");

        // Block a is on server 0: it is written twice, and its first content comes again when the second is sealed.
        Assert.Equal(RunOutcome.Held, result.Outcome);
        var seen = trace.Seen.Where(one => one.Host?.Name == "server-0")
            .Select(one => $"{one.Kind.Name} {one.Detail?.Text}")
            .Where(one => one is "net.deliver request /raid5fs.BlockServer/Write" or "net.send reply /raid5fs.BlockServer/Prepare");
        Assert.Equal(
            [
                "net.deliver request /raid5fs.BlockServer/Write",
                "net.deliver request /raid5fs.BlockServer/Write",
                "net.send reply /raid5fs.BlockServer/Prepare",
                "net.deliver request /raid5fs.BlockServer/Write",
            ],
            seen.Take(4));
    }

    [Theory]
    [InlineData("n3/Wa.C/failed-write@2:server-0/nobody")]
    [InlineData("n3/Wa.C/full@2:server-0/nobody")]
    public void A_member_that_cannot_write_its_log_is_started_anew_and_missed_meanwhile(string name)
    {
        var (result, trace) = Run(name);

        Assert.Equal(RunOutcome.Held, result.Outcome);
        Assert.Single(trace.Seen, one => one.Kind == TraceKind.HostCrashed && one.Host?.Name == "server-0");
    }

    [Fact]
    public void A_member_that_cannot_write_a_block_writes_it_elsewhere()
    {
        var (result, trace) = Run("n3/Wa.C/failed-write@1:server-0/nobody");

        Assert.Equal(RunOutcome.Held, result.Outcome);
        Assert.Single(trace.Seen, one => one.Kind == TraceKind.DiskFailed);
        Assert.DoesNotContain(trace.Seen, one => one.Kind == TraceKind.HostCrashed && one.Host?.Name == "server-0");
    }

    [Fact]
    public void Clients_that_open_the_array_at_once_stand_still_at_every_stage_of_it()
    {
        // One in three clients that die is followed by such two.
        var space = Enumerate("Wa.C", "F0.C", "C.C", "Wa.Wb.C", "Wa.Wc.C", "Wa.F1.C", "F0.F1.C", "F0.Wa.C", "Wa.C.C", "F0.C.C", "Wa.C.Wb");
        var stages = new HashSet<string>();
        foreach (var one in Points(space).Where(one => one.Point is { Host: null, Fault.IsNone: true, Ordinal: not null }))
        {
            var trace = new Events();
            PointRun.Run(DisksOf(one.Point), one.Point, trace);
            for (int i = 0; i < trace.Seen.Count; i++)
            {
                if (trace.Seen[i].Kind == TraceKind.HostPaused)
                {
                    stages.Add($"{trace.Seen[i].Host} {trace.Seen.Take(i).Last(before => before.Kind == TraceKind.PacketSent).Detail}");
                }
            }
        }

        Assert.All(["client", "rival"], host => Assert.All(
            ["Inspect", "Open", "Record"],
            call => Assert.Contains($"{host} request /raid5fs.BlockServer/{call}", stages)));
    }

    [Fact]
    public void No_point_is_in_it_twice() =>
        Assert.Equal(Space.Count, Points(Space).Select(one => one.Point.ToString()).Distinct().LongCount());

    [Fact]
    public void It_is_the_same_however_many_enumerate_it() =>
        Assert.Equal(
            Points(Enumerate("Wa", "C.Ra", "M")).Select(one => one.Point.ToString()),
            Points(Enumerate(jobs: 1, "Wa", "C.Ra", "M")).Select(one => one.Point.ToString()));

    internal static PointSpace Enumerate(params string[] stories) => Enumerate(2, stories);

    internal static BlockStory StoryOf(string text) =>
        BlockStory.TryParse(text, out var story) ? story! : throw new ArgumentException(text);

    private static PointSpace Enumerate(int jobs, params string[] stories) => PointSpace.Enumerate(
        new PointSpaceOptions { Members = [3], Stories = [.. stories.Select(StoryOf)], Jobs = jobs });

    private static (PointResult Result, Events Trace) Run(string name)
    {
        Assert.True(ExhaustivePoint.TryParse(name, out var point));
        var trace = new Events();
        return (PointRun.Run(DisksOf(point!), point!, trace), trace);
    }

    private static BlockDisks DisksOf(ExhaustivePoint point) => point.IsLogFull ? FullDisks : Disks;

    private static IEnumerable<SpacePoint> Points(PointSpace space)
    {
        for (long i = 0; i < space.Count; i++)
        {
            yield return space[i];
        }
    }

    private sealed class Events : ITraceSink
    {
        public List<TraceEvent> Seen { get; } = [];

        public void Record(in TraceEvent happened, ulong hash) => Seen.Add(happened);
    }
}
