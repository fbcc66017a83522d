using System.Globalization;
using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>ls</c>: a line an entry, <c>[links]:name</c>, with <c>/</c> behind a directory and <c>@ -> target</c> behind a symbolic link.</summary>
internal sealed class Ls() : FileCommand("ls", "[PATH…]", "Lists directories: [links]:name, / behind a directory, @ -> target behind a symbolic link")
{
    public override IReadOnlyList<CommandFlag> Flags { get; } =
    [
        new('a', "all", "Also . and .."),
        new('l', "long", "Also inode, permissions, owner, size and time"),
    ];

    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        ExitCode worst = ExitCode.Done;
        string[] paths = given.Count == 0 ? [on.Directory] : [.. given.Words];
        foreach (string path in paths)
        {
            Result<ListedEntry[]> listed = await ListAsync(on, on.Rooted(path), given.Has('a'));
            if (!listed.IsOk)
            {
                worst = on.End(listed.Error, path);
                continue;
            }

            if (paths.Length > 1 && !on.Terminal.IsJson)
            {
                on.Out.WriteLine($"{path}:");
            }

            on.Terminal.Say(listed.Value, to =>
            {
                foreach (ListedEntry entry in listed.Value)
                {
                    to.WriteLine(given.Has('l') ? entry.ToLongLine() : entry.ToLine());
                }
            });
        }

        return worst;
    }

    private static async Task<Result<ListedEntry[]>> ListAsync(Workspace on, string path, bool all)
    {
        Result<InodeAttributes> found = await on.OnPathsAsync(paths => paths.GetLinkAttributesAsync(path));
        if (!found.IsOk)
        {
            return found.Error;
        }

        if (found.Value.Type == FileType.SymbolicLink)
        {
            Result<InodeAttributes> behind = await on.OnPathsAsync(paths => paths.GetAttributesAsync(path));
            found = behind is { IsOk: true, Value.Type: FileType.Directory } ? behind : found;
        }

        if (found.Value.Type != FileType.Directory)
        {
            return new[] { await DescribeAsync(on, found.Value, Workspace.LastName(path)) };
        }

        Result<IReadOnlyList<DirectoryEntry>> entries = await on.OnPathsAsync(paths => paths.ReadDirectoryAsync(path));
        if (!entries.IsOk)
        {
            return entries.Error;
        }

        var listed = new List<ListedEntry>();
        foreach (DirectoryEntry entry in entries.Value.OrderBy(static entry => entry.Name))
        {
            if (!all && (entry.Name.IsDot || entry.Name.IsDotDot))
            {
                continue;
            }

            Result<InodeAttributes> inode = await on.OnFilesAsync(files => files.GetAttributesAsync(entry.Inode));
            if (!inode.IsOk)
            {
                return inode.Error;
            }

            listed.Add(await DescribeAsync(on, inode.Value, entry.Name.ToString()));
        }

        return listed.ToArray();
    }

    private static async Task<ListedEntry> DescribeAsync(Workspace on, InodeAttributes inode, string name)
    {
        Result<byte[]> target = inode.Type == FileType.SymbolicLink
            ? await on.OnFilesAsync(files => files.ReadSymbolicLinkAsync(inode.Inode))
            : Errno.EINVAL;
        return new ListedEntry(
            name,
            inode.Type.ToString(),
            inode.Inode.Value,
            inode.LinkCount,
            inode.Size,
            inode.Owner.Permissions.ToString(),
            inode.Owner.User,
            inode.Owner.Group,
            DateTimeOffset.UnixEpoch.AddTicks(inode.ModifyTime.Nanoseconds / TimeSpan.NanosecondsPerTick),
            target.IsOk ? Encoding.UTF8.GetString(target.Value) : null);
    }

    /// <summary>An entry for a person and as JSON; the target is of a symbolic link.</summary>
    private sealed record ListedEntry(
        string Name, string Type, uint Inode, int Links, long Size, string Permissions, uint User, uint Group, DateTimeOffset Modified, string? Target)
    {
        public string ToLine()
        {
            string behind = Type == nameof(FileType.Directory) ? "/" : Target is not null ? $"@ -> {Target}" : string.Empty;
            return string.Create(CultureInfo.InvariantCulture, $"[{Links}]:{Name}{behind}");
        }

        public string ToLongLine() => string.Create(
            CultureInfo.InvariantCulture, $"{Inode,8} {Permissions} {User,5} {Group,5} {Size,12} {Modified:yyyy-MM-dd HH:mm:ss} {ToLine()}");
    }
}
