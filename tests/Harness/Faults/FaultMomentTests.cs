using Raid5Verify.Faults;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Simulation;
using Raid5Verify.Tests.Running;

namespace Raid5Verify.Tests.Faults;

/// <summary>At which moment a fault strikes.</summary>
public sealed class FaultMomentTests
{
    public static TheoryData<string, string> FaultsAndPoints
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (StepKind kind in StepCatalogue.Faults)
            {
                all.Add(kind.Tag, "before client's 5th send");
                all.Add(kind.Tag, "after server 1's 3rd receive");
                all.Add(kind.Tag, "before server 2's 2nd write");
            }

            return all;
        }
    }

    [Fact]
    public void A_time_of_the_story_is_counted_from_behind_the_setup() => AssertHeld(Story.Tell("""
        setup: [{ wait: 500ms }]
        steps:
          - { crash: 1, at: 20ms, for: 10ms }
          - { wait: 15ms }
          - check: injected crash exactly 0
          - { wait: 10ms }
          - check: injected crash exactly 1
        """));

    [Fact]
    public void What_is_past_is_missed() => AssertHeld(Story.Tell("""
        steps:
          - { wait: 50ms }
          - { crash: 1, at: 20ms, for: 10ms }
          - check: missed crash exactly 1
        expect:
          - injected crash exactly 0
          - missed crash exactly 1
        """));

    /// <summary>The one side of an act differs from the other: what is asked before a disk fails is still answered.</summary>
    [Theory]
    [InlineData("before", 1)]
    [InlineData("after", 0)]
    public void It_strikes_on_that_side_of_the_act(string side, int isMet) => AssertHeld(Story.Tell($$"""
        setup: [create: /f, fsync: /f]
        steps:
          - { fail-writes: 2, when: {{side}} server 2's 1st write of log, for: 1ms }
          - { write: /f, length: 4KiB }
          - { fsync: /f }
        expect:
          - injected fail-writes exactly 1
          - hit fail-writes exactly {{isMet}}
        """));

    [Fact]
    public void It_counts_from_its_step_on_and_then_waits_as_long_as_it_says() => AssertHeld(Story.Tell("""
        setup: [create: /f, { write: /f, length: 64KiB }, fsync: /f]
        steps:
          - { pause: 2, when: after server 2's 1st receive of prepare, after: 100ms, for: 1s }
          - { wait: 200ms }
          - check: injected pause exactly 0
          - { write: /f, length: 4KiB, fill: 2 }
          - { fsync: /f }
          - check: injected pause exactly 0
          - { wait: 110ms }
          - check: injected pause exactly 1
        """));

    [Theory]
    [InlineData("when: before server 2's 1000th flush")]
    [InlineData("while: server 4 is refilling")]
    [InlineData("at: 30m")]
    [InlineData("after: 30m")]
    public void A_moment_that_never_came_is_counted_as_missed(string moment) => AssertHeld(Story.Tell($$"""
        steps:
          - { disconnect: 1, {{moment}} }
          - { create: /f }
          - { fsync: /f }
        expect:
          - injected disconnect exactly 0
          - missed disconnect exactly 1
        """));

    /// <summary>If it did not end, the server would be cut off for an hour.</summary>
    [Fact]
    public void What_strikes_while_something_is_so_ends_with_it() => AssertHeld(Story.Tell("""
        options: { mode: liveness }
        setup: [create: /f, { write: /f, length: 64KiB }, fsync: /f]
        steps:
          - { partition: 3, while: client is down, for: 60m }
          - { crash-client: 200ms, after: 20ms }
          - { wait: 10ms }
          - check: injected partition exactly 0
          - { wait: 20ms }
          - check: injected partition exactly 1
          - await: client is ready
          - await-in-sync: 1s
        """));

    [Fact]
    public void It_strikes_at_once_where_that_is_so_already() => AssertHeld(Story.Tell("""
        steps:
          - { crash: 1, for: 50ms }
          - { slow: 2, while: server 1 is down, by: 1ms, for: 1s }
          - check: injected slow exactly 1
        """));

    [Fact]
    public void The_budget_is_kept_at_every_moment() => AssertHeld(Story.Tell("""
        setup: [create: /f, { write: /f, length: 64KiB }, fsync: /f]
        steps:
          - { crash: 1, for: 100ms }
          - { crash: 2, while: server 1 is down, for: 100ms }
          - { crash: 3, when: before server 3's 1st flush, for: 100ms }
          - { bit-flip: server 2 row 0, at: 10ms }
          - { write: /f, length: 64KiB, fill: 2 }
          - { fsync: /f }
        expect:
          - injected crash exactly 1
          - withheld crash exactly 2
          - injected bit-flip exactly 0
          - withheld bit-flip exactly 1
        """));

    /// <summary>In the middle of a message or a disk call too.</summary>
    [Theory]
    [MemberData(nameof(FaultsAndPoints))]
    public void Every_fault_can_strike_at_any_point_of_a_hosts_work(string tag, string point)
    {
        StepKind kind = StepCatalogue.Find(tag)!;
        var cluster = new ClusterShape();
        var draft = new Draft(new Dice(1, "moments"), cluster, Workload.Ordinary, RunMode.Beyond);
        Fault fault = (Fault)kind.Draw!(draft) with { When = HostPoint.Parse(point, out _) };
        Assert.NotNull(fault.When);
        var scenario = new Scenario
        {
            Name = $"{tag} {point}",
            Options = new ScenarioOptions { Mode = RunMode.Beyond },
            Setup = [new Create { Path = "/f" }, new Write { Path = "/f", Length = ByteSize.OfKiB(64) }, new Fsync { Path = "/f" }],
            Steps = [fault, .. Enumerable.Range(2, 3).SelectMany(Rewrite), new Read { Path = "/f" }],
        };
        RunResult result = ScenarioRunner.Run(scenario);
        AssertHeld(result);
        FaultCount count = result.Statistics.Faults.Single(one => one.Tag == tag);
        Assert.Equal(1, count.Injected + count.Missed + count.Withheld);
        Assert.Equal(result.Hash, ScenarioRunner.Run(scenario).Hash);

        static IEnumerable<Step> Rewrite(int fill) =>
            [new Write { Path = "/f", Length = ByteSize.OfKiB(64), Fill = (ulong)fill }, new Fsync { Path = "/f" }];
    }

    [Theory]
    [InlineData("before server 2's 3rd flush")]
    [InlineData("after client's 11th send")]
    [InlineData("after server 0's 22nd write of superblock")]
    [InlineData("before client's 101st receive of join")]
    public void A_moment_is_written_as_it_is_read(string text) => Assert.Equal(text, HostPoint.Parse(text, out _)!.ToString());

    private static void AssertHeld(RunResult result) =>
        Assert.True(result.Outcome == RunOutcome.Held, $"{(object?)result.Violation ?? result.Failure}");
}
