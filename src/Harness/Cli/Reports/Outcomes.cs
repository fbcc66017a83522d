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
}
