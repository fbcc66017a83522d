using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>rm</c>: files, and with <c>-r</c> directories.</summary>
internal sealed class Rm() : FileCommand("rm", "PATH…", "Removes files")
{
    public override IReadOnlyList<CommandFlag> Flags { get; } = [new('r', "recursive", "Also directories and all that is below them")];

    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        foreach (string path in given.Words)
        {
            string rooted = on.Rooted(path);
            Errno error = given.Has('r')
                ? await TreeWalk.RemoveAsync(on, rooted)
                : await on.OnPathsAsync(paths => paths.UnlinkAsync(rooted));
            if (error != Errno.OK)
            {
                return on.End(error, path);
            }
        }

        return ExitCode.Done;
    }
}
