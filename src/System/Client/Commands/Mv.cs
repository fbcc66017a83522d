namespace Raid5Fs.Client.Commands;

/// <summary><c>mv</c>: another name, or another place.</summary>
internal sealed class Mv() : FileCommand("mv", "FROM TO", "Moves or renames; into TO, if that is a directory")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        string to = await on.TargetAsync(given[1], Workspace.LastName(given[0]));
        return on.End(await on.OnPathsAsync(paths => paths.RenameAsync(on.Rooted(given[0]), to)), given[0]);
    }
}
