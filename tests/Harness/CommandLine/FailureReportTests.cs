using Raid5Verify.Cli.Reports;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Tests.CommandLine;

/// <summary>What a person sees of a failure.</summary>
public sealed class FailureReportTests
{
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
