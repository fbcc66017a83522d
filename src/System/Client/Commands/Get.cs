using Raid5Fs.Client.Owner;
using Raid5Fs.Client.Reports;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>get</c>: files of the file system onto this machine.</summary>
internal sealed class Get() : FileCommand("get", "PATH FILE", "Copies a file onto this machine; - is the standard output")
{
    public override IReadOnlyList<CommandFlag> Flags { get; } = [new('r', "recursive", "A directory and all that is below it")];

    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        string from = on.Rooted(given[0]);
        Result<InodeAttributes> found = await on.OnPathsAsync(paths => paths.GetAttributesAsync(from));
        bool isDirectory = found is { IsOk: true, Value.Type: FileType.Directory };
        Errno objection = !found.IsOk ? found.Error : isDirectory && !given.Has('r') ? Errno.EISDIR : Errno.OK;
        if (objection != Errno.OK)
        {
            return on.End(objection, given[0]);
        }

        using var progress = new ProgressLine(on.Terminal);
        if (given[1] == "-" && !isDirectory)
        {
            await using Stream output = Console.OpenStandardOutput();
            return on.End(await FileCopying.GetAsync(on, from, output, static _ => { }), given[0]);
        }

        string to = Directory.Exists(given[1]) ? Path.Combine(given[1], Workspace.LastName(from)) : given[1];
        return await GetAsync(on, from, to, found.Value, progress);
    }

    private static async Task<ExitCode> GetAsync(Workspace on, string from, string to, InodeAttributes inode, ProgressLine progress)
    {
        switch (inode.Type)
        {
            case FileType.Regular:
                await using (Stream file = File.Create(to))
                {
                    return on.End(
                        await FileCopying.GetAsync(
                            on, from, file, done => progress.Show(new WorkProgress(Workspace.LastName(from), done, inode.Size))),
                        from);
                }

            case FileType.SymbolicLink:
                Result<byte[]> target = await on.OnPathsAsync(paths => paths.ReadSymbolicLinkAsync(from));
                if (target.IsOk)
                {
                    File.CreateSymbolicLink(to, System.Text.Encoding.UTF8.GetString(target.Value));
                }

                return on.End(target.Error, from);
            case FileType.Directory:
                return await GetBelowAsync(on, from, to, progress);
            default:
                return on.End(Errno.ENXIO, from);
        }
    }

    private static async Task<ExitCode> GetBelowAsync(Workspace on, string from, string to, ProgressLine progress)
    {
        Result<DirectoryEntry[]> entries = await TreeWalk.EntriesAsync(on, from);
        if (!entries.IsOk)
        {
            return on.End(entries.Error, from);
        }

        Directory.CreateDirectory(to);
        foreach (DirectoryEntry entry in entries.Value)
        {
            string path = TreeWalk.Below(from, entry);
            Result<InodeAttributes> inode = await on.OnPathsAsync(paths => paths.GetLinkAttributesAsync(path));
            ExitCode ended = inode.IsOk
                ? await GetAsync(on, path, Path.Combine(to, entry.Name.ToString()), inode.Value, progress)
                : on.End(inode.Error, path);
            if (ended != ExitCode.Done)
            {
                return ended;
            }
        }

        return ExitCode.Done;
    }
}
