namespace Raid5Fs.Client.Commands;

/// <summary><c>pwd</c>: where the user is.</summary>
internal sealed class Pwd() : FileCommand("pwd", "", "Says the working directory")
{
    public override bool IsOfShell => true;

    public override Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        on.Terminal.Say(new { on.Directory }, to => to.WriteLine(on.Directory));
        return Task.FromResult(ExitCode.Done);
    }
}
