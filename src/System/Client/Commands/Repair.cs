using Raid5Fs.Client.Reports;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>repair</c>: waits until a server holds all that it should.</summary>
internal sealed class Repair() : FileCommand("repair", "SERVER", "Rebuilds what a server that is blank or missed writes should hold")
{
    public override bool IsOfShell => true;

    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        if (!on.TryNumber(given[0], "server", on.Array.Session.Channels.Members.Count - 1, out long server))
        {
            return ExitCode.Usage;
        }

        using var progress = new ProgressLine(on.Terminal);
        using Interruption.Watch stop = on.Terminal.Interruption.Begin();
        Result<RepairSummary> repaired = await on.Array.Care.RepairAsync(new MemberIndex((int)server), progress.Show, stop.Token);
        progress.Dispose();
        if (!repaired.IsOk)
        {
            return on.Terminal.Refuse(repaired.Error, RepairText.Why((int)server, repaired.Error));
        }

        on.Terminal.Say(repaired.Value, repaired.Value.Write);
        return ExitCode.Done;
    }
}
