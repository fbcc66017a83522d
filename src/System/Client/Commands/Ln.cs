namespace Raid5Fs.Client.Commands;

/// <summary><c>ln</c>: links, as the command of that name makes them.</summary>
internal sealed class Ln() : FileCommand("ln", "TARGET NAME", "Makes a hard link")
{
    public override IReadOnlyList<CommandFlag> Flags { get; } = [new('s', "symbolic", "A symbolic link")];

    public static async Task<ExitCode> LinkAsync(Workspace on, string target, string name)
    {
        string path = await on.TargetAsync(name, Workspace.LastName(target));
        return on.End((await on.OnPathsAsync(paths => paths.LinkAsync(on.Rooted(target), path))).Error, name);
    }

    public static async Task<ExitCode> SymbolicLinkAsync(Workspace on, string target, string name)
    {
        string path = await on.TargetAsync(name, Workspace.LastName(target));
        return on.End((await on.OnPathsAsync(paths => paths.MakeSymbolicLinkAsync(target, path))).Error, name);
    }

    public override Task<ExitCode> RunAsync(Workspace on, GivenWords given) =>
        given.Has('s') ? SymbolicLinkAsync(on, given[0], given[1]) : LinkAsync(on, given[0], given[1]);
}
