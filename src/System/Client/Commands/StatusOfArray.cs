using Raid5Fs.Client.Reports;

namespace Raid5Fs.Client.Commands;

/// <summary><c>status</c>, in a shell: of the array that it owns.</summary>
internal sealed class StatusOfArray() : FileCommand("status", "", "Shows how the array and each server is")
{
    public override bool IsOfShell => true;

    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        ArrayReport report = await on.Array.Care.GetReportAsync();
        on.Terminal.Say(report, report.Write);
        return ExitCode.Done;
    }
}
