using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>cp</c>: a copy inside the file system.</summary>
internal sealed class Cp() : FileCommand("cp", "FROM TO", "Copies a file inside the file system; into TO, if that is a directory")
{
    public override IReadOnlyList<CommandFlag> Flags { get; } = [new('r', "recursive", "Also a directory and all that is below it")];

    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        string from = on.Rooted(given[0]);
        string to = await on.TargetAsync(given[1], Workspace.LastName(from));
        Result<InodeAttributes> found = await on.OnPathsAsync(paths => paths.GetAttributesAsync(from));
        bool isDirectory = found is { IsOk: true, Value.Type: FileType.Directory };
        bool isBelow = on.Absolute(to).StartsWith(on.Absolute(from).TrimEnd('/') + "/", StringComparison.Ordinal);
        Errno error =
            !found.IsOk ? found.Error
            : isDirectory && !given.Has('r') ? Errno.EISDIR
            : isDirectory && isBelow ? Errno.EINVAL
            : isDirectory ? await TreeWalk.CopyAsync(on, from, to)
            : await TreeWalk.CopyFileAsync(on, from, to);
        return on.End(error, given[0]);
    }
}
