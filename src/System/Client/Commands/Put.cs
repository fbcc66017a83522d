using Raid5Fs.Client.Owner;
using Raid5Fs.Client.Reports;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>put</c>: files of this machine into the file system.</summary>
internal sealed class Put() : FileCommand("put", "FILE PATH", "Copies a file of this machine into the file system; - is the standard input")
{
    public override IReadOnlyList<CommandFlag> Flags { get; } = [new('r', "recursive", "A folder and all that is below it")];

    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        string from = given[0];
        bool isFolder = Directory.Exists(from);
        if (isFolder != given.Has('r'))
        {
            return on.Terminal.Refuse(isFolder ? Errno.EISDIR : Errno.ENOTDIR, $"{from}: {(isFolder ? "it is a folder: say -r" : "it is no folder")}");
        }

        string to = await on.TargetAsync(given[1], Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(from))));
        using var progress = new ProgressLine(on.Terminal);
        if (isFolder)
        {
            return await PutFolderAsync(on, from, to, progress);
        }

        await using Stream source = from == "-" ? Console.OpenStandardInput() : File.OpenRead(from);
        return await PutFileAsync(on, source, from, to, progress);
    }

    private static async Task<ExitCode> PutFolderAsync(Workspace on, string from, string to, ProgressLine progress)
    {
        Errno error = (await on.OnPathsAsync(paths => paths.MakeDirectoryAsync(to))).Error;
        if (error != Errno.OK && error != Errno.EEXIST)
        {
            return on.End(error, to);
        }

        foreach (FileSystemInfo below in new DirectoryInfo(from).EnumerateFileSystemInfos().OrderBy(static file => file.Name, StringComparer.Ordinal))
        {
            string target = $"{to.TrimEnd('/')}/{below.Name}";
            ExitCode ended;
            if (below.LinkTarget is { } link)
            {
                ended = on.End((await on.OnPathsAsync(paths => paths.MakeSymbolicLinkAsync(link, target))).Error, target);
            }
            else if (below is DirectoryInfo)
            {
                ended = await PutFolderAsync(on, below.FullName, target, progress);
            }
            else
            {
                await using Stream source = File.OpenRead(below.FullName);
                ended = await PutFileAsync(on, source, below.FullName, target, progress);
            }

            if (ended != ExitCode.Done)
            {
                return ended;
            }
        }

        return ExitCode.Done;
    }

    private static async Task<ExitCode> PutFileAsync(Workspace on, Stream source, string from, string to, ProgressLine progress)
    {
        long length = source.CanSeek ? source.Length : 0;
        return on.End(
            await FileCopying.PutAsync(on, source, to, done => progress.Show(new WorkProgress(Path.GetFileName(from), done, length))), to);
    }
}
