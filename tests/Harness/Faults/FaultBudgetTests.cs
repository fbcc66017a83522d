using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Tests.Repository;
using Raid5Verify.Tests.Running;

namespace Raid5Verify.Tests.Faults;

/// <summary>No fault makes a second bad unit in a row, and no fault is withheld without need.</summary>
public sealed class FaultBudgetTests
{
    private const string FullFile = "- create: /f\n- { write: /f, length: 64KiB }\n- remount\n";

    [Theory]
    [InlineData("- { crash: 0, for: 300ms }", "- { crash: 1, for: 300ms }", "crash", 1)]
    [InlineData("- { crash: 0, for: 300ms }", "- bit-flip: server 1 row 3", "bit-flip", 1)]
    [InlineData("- { crash: 0, for: 300ms }", "- bit-flip: server 0 row 3", "bit-flip", 0)]
    [InlineData("- { crash: 0, for: 300ms }", "- { partition: 0, for: 900ms }", "partition", 0)]
    [InlineData("- { crash: 0, for: 300ms }", "- { partition: 1, for: 900ms }", "partition", 1)]
    [InlineData("- { crash: 0, for: 300ms }", "- { partition: 1, for: 50ms }", "partition", 0)]
    [InlineData("- { crash: 0, for: 300ms }", "- { lose-replies: 1, count: 2 }", "lose-replies", 0)]
    [InlineData("- { crash: 0, for: 300ms }", "- { lose-replies: 1, count: 9 }", "lose-replies", 1)]
    [InlineData("- { pause: 0, for: 900ms }", "- { crash: 1, for: 300ms }", "crash", 1)]
    [InlineData("- { pause: 0, for: 50ms }", "- { crash: 1, for: 300ms }", "crash", 0)]
    [InlineData("- bit-flip: server 0 row 3", "- bad-sector: server 1 row 3", "bad-sector", 1)]
    [InlineData("- bit-flip: server 0 row 3", "- bad-sector: server 1 row 4", "bad-sector", 0)]
    [InlineData("- bit-flip: server 0 row 3", "- bad-sector: server 0 row 3", "bad-sector", 0)]
    [InlineData("- bit-flip: server 0 row 3", "- { crash: 1, for: 300ms }", "crash", 1)]
    [InlineData("- bit-flip: server 0 row 3", "- { crash: 0, for: 300ms }", "crash", 0)]
    [InlineData("- { replace: 0, for: 300ms }", "- { crash: 1, for: 300ms }", "crash", 1)]
    [InlineData("- { impostor: 0, for: 300ms }", "- { crash: 1, for: 300ms }", "crash", 1)]
    [InlineData("- { crash: 0, for: 300ms }", "- { lose-writes: 1, for: 300ms }", "lose-writes", 1)]
    [InlineData("- { crash: 0, for: 300ms }", "- { lose-writes: 0, for: 300ms }", "lose-writes", 0)]
    [InlineData("- { lose-writes: 0, for: 300ms }", "- { crash: 0, for: 300ms }", "crash", 0)]
    [InlineData("- { lose-writes: 0, for: 300ms }", "- { crash: 1, for: 300ms }", "crash", 1)]
    [InlineData("- { lose-writes: 0, for: 300ms }", "- bit-flip: server 1 row 3", "bit-flip", 1)]
    [InlineData("- { lose-writes: 0, for: 300ms }", "- crash-client: 20ms", "crash-client", 1)]
    [InlineData("- { misdirect-writes: 0, for: 300ms }", "- { replace: 1, for: 300ms }", "replace", 1)]
    [InlineData("- bit-flip: server 0 row 3", "- { lose-writes: 1, for: 300ms }", "lose-writes", 1)]
    [InlineData("- { fail-reads: 0, for: 300ms }", "- bad-sector: server 1 row 3", "bad-sector", 1)]
    [InlineData("- { fail-writes: 0, for: 300ms }", "- { crash: 1, for: 300ms }", "crash", 1)]
    [InlineData("- { fail-writes: 0, for: 300ms }", "- crash-client: 20ms", "crash-client", 1)]
    [InlineData("- { full-disk: 0, for: 300ms }", "- { crash: 1, for: 300ms }", "crash", 1)]
    [InlineData("- { slow-disk: 0, by: 2, for: 300ms }", "- { crash: 1, for: 300ms }", "crash", 0)]
    [InlineData("- { slow-disk: 0, by: 500, for: 300ms }", "- { crash: 1, for: 300ms }", "crash", 1)]
    [InlineData("- { narrow: 0, rate: 64MiB, for: 300ms }", "- { crash: 1, for: 300ms }", "crash", 0)]
    [InlineData("- { narrow: 0, rate: 64KiB, for: 300ms }", "- { crash: 1, for: 300ms }", "crash", 1)]
    [InlineData("- { clog-in-turn: 5, every: 1ms, for: 20ms }", "- { crash: 1, for: 300ms }", "crash", 0)]
    [InlineData("- { wait: 1ms }", "- { clog-in-turn: 5, every: 1ms, for: 400ms }", "clog-in-turn", 1)]
    [InlineData("- { wait: 1ms }", "- { swap: 0, with: 1, for: 300ms }", "swap", 1)]
    [InlineData("- { skew-clock: server 0, behind: 1s, drift: -58000, for: 300ms }", "- { crash: 1, for: 300ms }", "crash", 0)]
    [InlineData("- { crash-at: 0, moment: before, act: rename, nth: 99, for: 20ms }", "- { crash: 1, for: 300ms }", "crash", 1)]
    [InlineData("- { crash-at: 0, moment: before, act: rename, nth: 99, for: 20ms }", "- crash-client: 20ms", "crash-client", 1)]
    [InlineData("- { crash-client-at: before, act: send, nth: 99999, for: 20ms }", "- bit-flip: server 1 row 3", "bit-flip", 1)]
    [InlineData("- { crash-client-at: before, act: send, nth: 99999, for: 20ms }", "- { crash: 1, for: 300ms }", "crash", 0)]
    [InlineData(
        "- { slow-disk: 0, by: 1000, for: 100ms }\n- { write: /f, length: 64KiB, fill: 2 }\n- wait: 110ms\n- { crash: 0, for: 10ms }\n- wait: 1s",
        "- { crash: 1, for: 300ms }",
        "crash",
        1)]
    [InlineData("- { lose-requests: 0, count: 3 }", "- { partition: 0, for: 100ms }", "partition", 0)]
    public void A_second_fault_is_withheld_only_where_it_would_be_the_second_in_a_row(
        string first, string second, string kind, long withheld)
    {
        RunResult result = Story.Run($"{FullFile}{first}\n{second}\n- {{ read: /f }}");
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(withheld, Counter.Named($"withheld {kind}").Read(result.Statistics));
    }

    /// <summary>What a stop drops is no damage: nobody will ask for it.</summary>
    [Fact]
    public void What_a_crash_tore_that_was_not_sealed_withholds_nothing()
    {
        RunResult result = Story.Run($$"""
            {{FullFile}}
            - { write: /f, length: 64KiB, fill: 2 }
            - { crash: 0, when: before server 0's 1st receive of prepare, for: 250ms }
            - fsync: /f
            - { crash-client: 10ms }
            - { read: /f }
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.True(result.Statistics.TornSectors > 0);
        Assert.Equal(1, Counter.Named("hit crash-client").Read(result.Statistics));
    }

    /// <summary>
    /// A recovery that was cut short has told one server of a commit that server 5 lacks: without that one it is undone, without another
    /// it is the only one to know, and one server too few has it.
    /// </summary>
    [Theory]
    [InlineData(0, 45, 0)]
    [InlineData(1, 45, 1)]
    [InlineData(0, 5, 1)]
    public void Who_may_go_after_a_recovery_that_was_cut_short_is_asked_of_the_servers(int server, int after, long withheld)
    {
        string story = SourceTree.Read("scenarios/recovery-that-is-cut-short.yaml")
            .Replace("- { crash: 0, when: after client's 1st send of record, after: 45ms", $"- {{ crash: {server}, when: after client's 1st send of record, after: {after}ms", StringComparison.Ordinal)
            .Split("expect:")[0];
        RunResult result = ScenarioRunner.Run(ScenarioYaml.Read(story, "story").Scenario!);
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(withheld, Counter.Named("withheld crash").Read(result.Statistics));
    }

    [Fact]
    public void Two_short_faults_in_a_row_on_one_way_count_as_a_long_one()
    {
        RunResult result = Story.Run(
            $"""
            {FullFile}- partition: 0
              for: 100ms
            - wait: 110ms
            - partition: 0
              for: 100ms
            - crash: 1
              for: 100ms
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(1, Counter.Named("withheld crash").Read(result.Statistics));
    }

    [Fact]
    public void What_was_mended_is_off_the_budget()
    {
        RunResult result = Story.Run(
            $"""
            {FullFile}- bit-flip: /f at 0B
            - read: /f
            - wait: 20ms
            - crash: 1
              for: 100ms
            - await-in-sync
            - wait: 400ms
            - crash: 2
              for: 100ms
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(2, Counter.Named("injected crash").Read(result.Statistics));
    }

    [Fact]
    public void What_a_server_forgot_is_off_the_budget_once_it_is_proven_in_sync()
    {
        RunResult result = Story.Run(
            $"""
            {FullFile}- damage-structure: 0
              what: log
              count: 2
            - crash: 1
              for: 20ms
            - wait: 500ms
            - crash: 1
              for: 20ms
            - crash: 0
              for: 20ms
            - wait: 500ms
            - await-in-sync
            - wait: 300ms
            - crash: 1
              for: 20ms
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(1, Counter.Named("replaced-members").Read(result.Statistics));
        Assert.Equal(2, Counter.Named("withheld crash").Read(result.Statistics));
        Assert.Equal(2, Counter.Named("injected crash").Read(result.Statistics));
    }

    [Fact]
    public void A_lie_is_off_the_budget_when_it_was_never_found_out()
    {
        RunResult result = Story.Run(
            $"""
            {FullFile}- lie-at-flushes: 0
              count: 1
              for: 20ms
            - write: /f
              length: 64KiB
              fill: 2
            - fsync: /f
            - crash: 1
              for: 20ms
            - wait: 300ms
            - write: /f
              length: 64KiB
              fill: 3
            - fsync: /f
            - wait: 300ms
            - crash: 1
              for: 20ms
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(1, Counter.Named("withheld crash").Read(result.Statistics));
        Assert.Equal(1, Counter.Named("injected crash").Read(result.Statistics));
        Assert.Equal(0, Counter.Named("hit lie-at-flushes").Read(result.Statistics));
    }

    [Fact]
    public void Two_members_always_know_of_the_array_even_beyond_the_budget()
    {
        RunResult result = Story.Run(
            $"""
            {FullFile}- replace: 0
              for: 20ms
            - replace: 1
              for: 20ms
            - replace: 2
              for: 20ms
            - replace: 3
              for: 20ms
            """,
            "beyond");
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(3, Counter.Named("injected replace").Read(result.Statistics));
    }

    [Fact]
    public void A_fault_that_nothing_ran_into_was_not_hit()
    {
        RunResult result = Story.Run($"{FullFile}- wait: 20ms\n- {{ partition: 0, for: 10ms }}\n- wait: 20ms\n- bit-flip: server 0 row 3");
        Assert.Equal(1, Counter.Named("injected partition").Read(result.Statistics));
        Assert.Equal(0, Counter.Named("hit partition").Read(result.Statistics));
        Assert.Equal(1, Counter.Named("hit bit-flip").Read(result.Statistics));
    }

    [Fact]
    public void A_block_that_is_nowhere_cannot_be_damaged()
    {
        RunResult result = Story.Run("- create: /f\n- { truncate: /f, size: 8KiB }\n- bit-flip: /f at 0B\n- bit-flip: /none at 0B");
        Assert.Equal(0, Counter.Named("injected bit-flip").Read(result.Statistics));
        Assert.Equal(2, result.Statistics.Faults.Single(count => count.Tag == "bit-flip").Missed);
    }
}
