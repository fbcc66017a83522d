using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary>Directories and all that is below them.</summary>
internal static class TreeWalk
{
    /// <summary>The entries of a directory but <c>.</c> and <c>..</c>, in the order of their names' bytes.</summary>
    public static async Task<Result<DirectoryEntry[]>> EntriesAsync(Workspace on, string path)
    {
        Result<IReadOnlyList<DirectoryEntry>> entries = await on.OnPathsAsync(paths => paths.ReadDirectoryAsync(path));
        return entries.IsOk
            ? entries.Value.Where(static entry => !entry.Name.IsDot && !entry.Name.IsDotDot).OrderBy(static entry => entry.Name).ToArray()
            : entries.Error;
    }

    /// <summary>Removes a directory and all that is below it.</summary>
    public static async Task<Errno> RemoveAsync(Workspace on, string path)
    {
        Result<InodeAttributes> found = await on.OnPathsAsync(paths => paths.GetLinkAttributesAsync(path));
        if (!found.IsOk)
        {
            return found.Error;
        }

        if (found.Value.Type != FileType.Directory)
        {
            return await on.OnPathsAsync(paths => paths.UnlinkAsync(path));
        }

        Result<DirectoryEntry[]> entries = await EntriesAsync(on, path);
        if (!entries.IsOk)
        {
            return entries.Error;
        }

        foreach (DirectoryEntry entry in entries.Value)
        {
            Errno error = await RemoveAsync(on, Below(path, entry));
            if (error != Errno.OK)
            {
                return error;
            }
        }

        return await on.OnPathsAsync(paths => paths.RemoveDirectoryAsync(path));
    }

    /// <summary>Copies what is at a path, all that is below it included; symbolic links are copied as such.</summary>
    public static async Task<Errno> CopyAsync(Workspace on, string from, string to)
    {
        Result<InodeAttributes> found = await on.OnPathsAsync(paths => paths.GetLinkAttributesAsync(from));
        if (!found.IsOk)
        {
            return found.Error;
        }

        switch (found.Value.Type)
        {
            case FileType.Regular:
                return await CopyFileAsync(on, from, to);
            case FileType.SymbolicLink:
                Result<byte[]> target = await on.OnPathsAsync(paths => paths.ReadSymbolicLinkAsync(from));
                return target.IsOk
                    ? (await on.OnPathsAsync(paths => paths.MakeSymbolicLinkAsync(System.Text.Encoding.UTF8.GetString(target.Value), to))).Error
                    : target.Error;
            case FileType.Directory:
                Result<DirectoryEntry[]> entries = await EntriesAsync(on, from);
                Errno error = entries.IsOk
                    ? (await on.OnPathsAsync(paths => paths.MakeDirectoryAsync(to, found.Value.Owner))).Error
                    : entries.Error;
                for (int i = 0; error == Errno.OK && i < entries.Value.Length; i++)
                {
                    error = await CopyAsync(on, Below(from, entries.Value[i]), Below(to, entries.Value[i]));
                }

                return error;
            default:
                return (await on.OnPathsAsync(paths => paths.MakeNodeAsync(to, found.Value.Type, found.Value.Device, found.Value.Owner))).Error;
        }
    }

    /// <summary>Copies the bytes of a file: what is there is replaced.</summary>
    public static async Task<Errno> CopyFileAsync(Workspace on, string from, string to)
    {
        Result<InodeAttributes> source = await on.OnPathsAsync(paths => paths.GetAttributesAsync(from));
        if (!source.IsOk)
        {
            return source.Error;
        }

        Result<OpenFile> opened = await on.OnPathsAsync(
            paths => paths.OpenAsync(to, OpenFlags.Write | OpenFlags.Create, source.Value.Owner));
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        bool isItself = opened.Value.Inode == source.Value.Inode;
        await on.OnPathsAsync(async _ =>
        {
            await opened.Value.CloseAsync();
            return true;
        });
        if (isItself)
        {
            return Errno.EINVAL;
        }

        await using var content = new InodeStream(on, source.Value.Inode);
        return await FileCopying.PutAsync(on, content, to, static _ => { });
    }

    public static string Below(string directory, DirectoryEntry entry) => $"{directory.TrimEnd('/')}/{entry.Name}";
}
