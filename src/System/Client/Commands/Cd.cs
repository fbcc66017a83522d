using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>cd</c>: the working directory.</summary>
internal sealed class Cd() : FileCommand("cd", "[PATH]", "Goes to a directory; without one, to the root")
{
    public override bool IsOfShell => true;

    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        string path = on.Absolute(given.Count == 0 ? "/" : given[0]);
        Result<InodeAttributes> found = await on.OnPathsAsync(paths => paths.GetAttributesAsync(path));
        Errno error = found.IsOk && found.Value.Type != FileType.Directory ? Errno.ENOTDIR : found.Error;
        if (error == Errno.OK)
        {
            on.Directory = path;
        }

        return on.End(error, path);
    }
}
