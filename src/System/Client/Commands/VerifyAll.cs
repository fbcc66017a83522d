using Raid5Fs.Client.Reports;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>verifyall</c>: a scrub of all rows.</summary>
internal sealed class VerifyAll() : FileCommand("verifyall", "", "Reads all rows, parity included, checks them, and mends what is bad: a scrub")
{
    public override bool IsOfShell => true;

    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        using var progress = new ProgressLine(on.Terminal);
        using Interruption.Watch stop = on.Terminal.Interruption.Begin();
        var summary = ScrubSummary.Of(await on.Array.Care.ScrubAsync(progress.Show, stop.Token));
        progress.Dispose();
        on.Terminal.Say(summary, summary.Write);
        return summary.IsSound ? ExitCode.Done : on.Terminal.Refuse(Errno.EIO, "rows are left that cannot be mended");
    }
}
