namespace Raid5Fs.Client.Commands;

/// <summary><c>create</c>: a new, empty file.</summary>
internal sealed class CreateFile() : FileCommand("create", "PATH", "Makes an empty file, which must not exist")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given) =>
        on.End((await on.OnPathsAsync(paths => paths.CreateAsync(on.Rooted(given[0])))).Error, given[0]);
}
