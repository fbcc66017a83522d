using Raid5Fs.Primitives;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Tests.Running;

public sealed class ScenarioRunnerTests
{
    [Fact]
    public void A_run_counts_what_happened_in_it()
    {
        RunResult result = Story.Run(
            """
            - create: /f
            - { write: /f, length: 10KiB }
            - { read: /missing, expect: ENOENT }
            """);
        Assert.Equal(RunOutcome.Held, result.Outcome);
        Assert.Equal([(Errno.OK, 2L), (Errno.ENOENT, 1L)], result.Statistics.Answers);
        Assert.Equal(3, result.Statistics.Operations);
        Assert.True(result.Statistics.Rpcs > 0);
        Assert.True(result.VirtualTime > TimeSpan.Zero);
    }

    [Fact]
    public void What_the_author_expects_in_vain_is_a_violation_that_names_the_step()
    {
        Violation violation = Story.Run(
            """
            - create: /f
            - { unlink: /f, expect: EBUSY }
            """).Violation!;
        Assert.Equal(
            new Violation(Promise.Expectation, "{unlink: /f, expect: EBUSY}", "EBUSY", "OK", StepIndex: 1), violation);
    }

    [Fact]
    public void What_is_expected_in_vain_of_one_of_many_side_by_side_names_it()
    {
        Violation violation = Story.Run(
            """
            - create: /f
            - concurrent:
                - { stat: /f, expect: OK, task: one }
                - { stat: /missing, expect: OK, task: two }
            """).Violation!;
        Assert.Equal(
            new Violation(Promise.Expectation, "{stat: /missing, task: two, expect: OK}", "OK", "ENOENT", StepIndex: 1), violation);
    }

    [Fact]
    public void What_cannot_be_asked_side_by_side_is_asked_one_after_another_and_not_counted()
    {
        RunResult result = Story.Run(
            """
            - mkdir: /d
            - concurrent:
                - { create: /d/f, expect: OK, task: one }
                - { create: /g, expect: OK, task: two }
            - check: concurrent-sections exactly 0
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
    }

    [Fact]
    public void A_counter_that_is_not_what_was_expected_says_what_it_is()
    {
        Violation violation = Story.Run("- check: heals at least 1").Violation!;
        Assert.Equal("heals at least 1", violation.Expected);
        Assert.Equal("heals is 0", violation.Actual);
    }

    [Fact]
    public void Think_time_is_virtual_time()
    {
        RunResult result = Story.Run("- { stat: /, think: 30m }");
        Assert.Equal(RunOutcome.Held, result.Outcome);
        Assert.True(result.VirtualTime > TimeSpan.FromMinutes(30));
    }

    [Fact]
    public void A_remount_forgets_the_cache_and_nothing_else()
    {
        RunResult result = Story.Run(
            """
            - create: /f
            - { write: /f, length: 64KiB, fill: 3 }
            - { read: /f }
            - check: block-reads at most 20
            - remount
            - { read: /f }
            - check: block-reads at least 16
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
    }

    [Fact]
    public void Every_promise_has_a_sentence_and_shows_its_number()
    {
        Assert.StartsWith("promise 12: Every operation", Promise.Posix.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("What the scenario", Promise.Expectation.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_of_several_runs_add_up()
    {
        RunResult one = Story.Run("- { crash: 0, for: 10ms }\n- stat: /");
        RunResult other = Story.Run("- stat: /\n- stat: /none");

        var sum = new RunStatistics();
        sum.Add(one.Statistics);
        sum.Add(other.Statistics);

        Assert.Equal(3, sum.Operations);
        Assert.Equal(1, Counter.Named("injected crash").Read(sum));
        Assert.Equal(one.Statistics.Rpcs + other.Statistics.Rpcs, sum.Rpcs);
        Assert.Equal(
            one.Statistics.Array.BlocksWritten + other.Statistics.Array.BlocksWritten, sum.Array.BlocksWritten);
    }
}
