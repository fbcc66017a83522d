namespace Raid5Fs.Client.Commands;

/// <summary><c>lns</c>: a symbolic link.</summary>
internal sealed class LnS() : FileCommand("lns", "TARGET NAME", "Makes a symbolic link, NAME, to a path")
{
    public override Task<ExitCode> RunAsync(Workspace on, GivenWords given) => Ln.SymbolicLinkAsync(on, given[0], given[1]);
}
