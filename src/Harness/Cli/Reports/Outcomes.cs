using Raid5Verify.Running;

namespace Raid5Verify.Cli.Reports;

internal static class Outcomes
{
    /// <summary>What one run alone makes of the process.</summary>
    public static ExitCode ToExitCode(this RunOutcome outcome) => outcome switch
    {
        RunOutcome.Held => ExitCode.Held,
        RunOutcome.Broken => ExitCode.PromiseBroken,
        _ => ExitCode.HarnessFailed,
    };

    /// <summary>What many runs make of it: what they found comes before what could not be written of it.</summary>
    /// <param name="broken">Runs in which a promise was broken.</param>
    /// <param name="harnessFailed">Runs in which the harness failed.</param>
    /// <param name="isRefused">Something could not be written to the end.</param>
    public static ExitCode ToExitCode(long broken, long harnessFailed, bool isRefused) =>
        harnessFailed > 0 ? ExitCode.HarnessFailed
        : broken > 0 ? ExitCode.PromiseBroken
        : isRefused ? ExitCode.BadInput
        : ExitCode.Held;
}
