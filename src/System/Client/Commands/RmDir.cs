using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>rmdir</c>: empty directories.</summary>
internal sealed class RmDir() : FileCommand("rmdir", "PATH…", "Removes empty directories")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        foreach (string path in given.Words)
        {
            Errno error = await on.OnPathsAsync(paths => paths.RemoveDirectoryAsync(on.Rooted(path)));
            if (error != Errno.OK)
            {
                return on.End(error, path);
            }
        }

        return ExitCode.Done;
    }
}
