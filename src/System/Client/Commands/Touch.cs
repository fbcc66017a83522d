using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>touch</c>: sets times to now; makes files that are not there.</summary>
internal sealed class Touch() : FileCommand("touch", "PATH…", "Sets the times of files to now; makes those that do not exist")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        foreach (string path in given.Words)
        {
            Errno error = await on.OnPathsAsync(paths => TouchAsync(paths, on.Rooted(path)));
            if (error != Errno.OK)
            {
                return on.End(error, path);
            }
        }

        return ExitCode.Done;
    }

    private static async Task<Errno> TouchAsync(PathOperations paths, string path)
    {
        var now = new AttributeChange { AccessTime = TimeSetting.Now, ModifyTime = TimeSetting.Now };
        Errno error = (await paths.SetAttributesAsync(path, now)).Error;
        return error == Errno.ENOENT ? (await paths.CreateAsync(path)).Error : error;
    }
}
