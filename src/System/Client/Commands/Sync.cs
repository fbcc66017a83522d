namespace Raid5Fs.Client.Commands;

/// <summary><c>sync</c>: what was done so far survives.</summary>
internal sealed class Sync() : FileCommand("sync", "", "Makes all changes so far durable")
{
    public override bool IsOfShell => true;

    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given) =>
        on.End(await on.SyncAsync(), "the changes");
}
