namespace Raid5Fs.Client.Commands;

/// <summary><c>lnh</c>: a hard link.</summary>
internal sealed class LnH() : FileCommand("lnh", "TARGET NAME", "Gives a file another name: a hard link")
{
    public override Task<ExitCode> RunAsync(Workspace on, GivenWords given) => Ln.LinkAsync(on, given[0], given[1]);
}
