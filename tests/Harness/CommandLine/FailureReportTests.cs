using Raid5Verify.Cli.Reports;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Tests.CommandLine;

/// <summary>What a person sees of a failure.</summary>
public sealed class FailureReportTests
{
    [Theory]
    [InlineData(5, 5, "")]
    [InlineData(7, 7, "also failed: seeds 6, 7\n")]
    [InlineData(7, 1234, "also failed: seeds 6, 7, and 1,227 more\n")]
    public void What_is_not_told_in_full_is_named_or_at_least_counted(int named, long failed, string expected)
    {
        var output = new StringWriter { NewLine = "\n" };
        FailureReport.WriteRest(output, "seeds", [.. Enumerable.Range(1, named).Select(seed => $"{seed}")], failed);
        Assert.Equal(expected, output.ToString());
    }

    [Theory]
    [InlineData(0, 0, false, 0)]
    [InlineData(0, 0, true, 2)]
    [InlineData(1, 0, true, 1)]
    [InlineData(1, 1, true, 3)]
    public void What_was_found_comes_before_what_could_not_be_written(long broken, long harnessFailed, bool isRefused, int code) =>
        Assert.Equal(code, (int)Outcomes.ToExitCode(broken, harnessFailed, isRefused));

    private static readonly RunResult Held = new()
    {
        Scenario = new Scenario { Name = "made up", Seed = 17 },
        Hash = 0x0123456789abcdef,
        Events = 20_000,
        Steps = 12_345,
        VirtualTime = TimeSpan.FromMilliseconds(1_234),
        Statistics = new RunStatistics(),
    };

    [Fact]
    public Task A_broken_promise_names_promise_operation_expected_actual_seed_and_replay() => Verifier.Verify(Report(Held with
    {
        Violation = new Violation(
            Promise.NoLoss, "{ read: /diary, at: 4KiB, length: 512B }", "512 bytes from the write of step 12", "EIO", StepIndex: 41),
    }));

    [Fact]
    public Task A_failure_of_the_harness_shows_what_it_says_line_by_line() => Verifier.Verify(Report(Held with
    {
        Failure = new HarnessFailure("Deadlock", "nothing is left to do\n  client/main waits: Read → Call\n  a call has no answer"),
    }));

    private static string Report(RunResult result)
    {
        var output = new StringWriter { NewLine = "\n" };
        FailureReport.Write(
            output, "seed 17", result, "dotnet run -c Release --project src/Harness/Cli -- replay 17", "artifacts/failures/seed-17");
        return output.ToString();
    }
}
