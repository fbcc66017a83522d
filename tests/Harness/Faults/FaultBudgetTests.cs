using Raid5Verify.Running;
using Raid5Verify.Scenarios;
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
    [InlineData("- { lose-requests: 0, count: 3 }", "- { partition: 0, for: 100ms }", "partition", 0)]
    public void A_second_fault_is_withheld_only_where_it_would_be_the_second_in_a_row(
        string first, string second, string kind, long withheld)
    {
        RunResult result = Story.Run($"{FullFile}{first}\n{second}\n- {{ read: /f }}");
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(withheld, Counter.Named($"withheld {kind}").Read(result.Statistics));
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
