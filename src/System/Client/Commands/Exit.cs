namespace Raid5Fs.Client.Commands;

/// <summary><c>exit</c>: leaves the shell.</summary>
internal sealed class Exit() : FileCommand("exit", "", "Commits and leaves the shell")
{
    public override bool IsOfShell => true;

    public override Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        on.IsLeft = true;
        return Task.FromResult(ExitCode.Done);
    }
}
