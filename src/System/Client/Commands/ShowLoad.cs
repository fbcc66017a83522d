using System.Globalization;
using Raid5Fs.Client.Reports;

namespace Raid5Fs.Client.Commands;

/// <summary><c>showload</c>: what each server was asked.</summary>
internal sealed class ShowLoad() : FileCommand("showload", "", "Shows what each server was asked since the array was opened")
{
    public override bool IsOfShell => true;

    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        ArrayReport report = await on.Array.Care.GetReportAsync();
        on.Terminal.Say(report.Servers.Select(static server => new { server.Member, server.Address, server.Traffic }), to =>
        {
            to.WriteLine($"{"SERVER",6} {"REQUESTS",10} {"BLOCKS READ",12} {"BLOCKS WRITTEN",14} {"ERRORS",7}");
            foreach (ServerReport server in report.Servers)
            {
                to.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{server.Member,6} {server.Traffic!.Requests,10} {server.Traffic.BlocksRead,12} {server.Traffic.BlocksWritten,14} {server.Traffic.Errors,7}"));
            }
        });
        return ExitCode.Done;
    }
}
