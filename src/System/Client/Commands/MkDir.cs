using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>mkdir</c>: new directories.</summary>
internal sealed class MkDir() : FileCommand("mkdir", "PATH…", "Makes directories")
{
    public override IReadOnlyList<CommandFlag> Flags { get; } = [new('p', "parents", "Also those on the way; one that is there is no error")];

    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        foreach (string path in given.Words)
        {
            string rooted = on.Rooted(path);
            Errno error = given.Has('p')
                ? await MakeAllAsync(on, rooted)
                : (await on.OnPathsAsync(paths => paths.MakeDirectoryAsync(rooted))).Error;
            if (error != Errno.OK)
            {
                return on.End(error, path);
            }
        }

        return ExitCode.Done;
    }

    private static async Task<Errno> MakeAllAsync(Workspace on, string path)
    {
        string made = string.Empty;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            made += "/" + name;
            Result<InodeAttributes> directory = await on.OnPathsAsync(paths => paths.MakeDirectoryAsync(made));
            if (directory.Error == Errno.EEXIST)
            {
                directory = await on.OnPathsAsync(paths => paths.GetAttributesAsync(made));
            }

            if (!directory.IsOk || directory.Value.Type != FileType.Directory)
            {
                return directory.IsOk ? Errno.ENOTDIR : directory.Error;
            }
        }

        return Errno.OK;
    }
}
