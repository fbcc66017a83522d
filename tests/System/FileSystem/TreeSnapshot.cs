using System.IO.Hashing;
using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>All that a file system shows to whoever uses it, by paths: to be compared with what it showed before.</summary>
internal sealed class TreeSnapshot
{
    private const int LongestFile = 1 << 17;

    private readonly SortedDictionary<string, Item> _items = new(StringComparer.Ordinal);

    private TreeSnapshot()
    {
    }

    public IReadOnlyDictionary<string, Item> Items => _items;

    /// <summary>Mounts a copy of what a device has committed, and reads all of it.</summary>
    public static async Task<TreeSnapshot> OfAsync(MemoryDevice device)
    {
        Mounted mounted = await Mounted.OnAsync(device.CopyOfCommitted());
        var snapshot = new TreeSnapshot();
        await snapshot.AddAsync(mounted.Files, mounted.Files.Root, string.Empty);
        return snapshot;
    }

    /// <summary>What another snapshot does not show, or shows otherwise; null if nothing.</summary>
    /// <param name="after">The other one.</param>
    /// <param name="inodes">Inodes that show other things there, or are not there at all.</param>
    /// <param name="entries">Entries that are not there, but for what is below them.</param>
    public string? DifferenceTo(TreeSnapshot after, out int inodes, out int entries)
    {
        Dictionary<InodeNumber, string> told = after._items.Values.DistinctBy(item => item.Inode).ToDictionary(item => item.Inode, item => item.Told);
        List<Item> changed = [.. _items.Values.DistinctBy(item => item.Inode).Where(item => told.GetValueOrDefault(item.Inode) != item.Told)];
        List<string> moved = [.. _items.Where(item => after._items.GetValueOrDefault(item.Key)?.Inode != item.Value.Inode).Select(item => item.Key)];
        List<string> topmost = [.. moved.Where(path => !moved.Exists(above => path.StartsWith($"{above}/", StringComparison.Ordinal)))];
        List<string> added = [.. after._items.Keys.Except(_items.Keys)];
        (inodes, entries) = (changed.Count, topmost.Count);
        return changed.Count + moved.Count + added.Count == 0 ? null
            : $"changed: {string.Join(", ", changed)}; gone: {string.Join(", ", topmost)}; new: {string.Join(", ", added)}";
    }

    private async Task AddAsync(UnixFileSystem files, InodeNumber inode, string path)
    {
        InodeAttributes attributes = (await files.GetAttributesAsync(inode)).Value;
        var told = new StringBuilder($"{attributes.Type} {attributes.Owner} {attributes.Device}");
        foreach (byte[] name in (await files.ListExtendedAttributesAsync(inode)).Value)
            told.Append($" {Encoding.UTF8.GetString(name)}={Encoding.UTF8.GetString((await files.GetExtendedAttributeAsync(inode, name)).Value)}");
        byte[] content = [];
        if (attributes.Type == FileType.SymbolicLink)
            content = (await files.ReadSymbolicLinkAsync(inode)).Value;
        if (attributes.Type == FileType.Regular)
        {
            byte[] buffer = new byte[Math.Min(attributes.Size, LongestFile)];
            Result<int> read = await files.ReadAsync(inode, 0, buffer);
            content = read.IsOk ? buffer[..read.Value] : [];
            told.Append($" {attributes.Size} bytes {read.Error}");
        }

        told.Append($" {XxHash3.HashToUInt64(content):x}");
        _items[path.Length == 0 ? "/" : path] = new Item(inode, told.ToString());
        if (attributes.Type != FileType.Directory)
            return;
        Result<IReadOnlyList<DirectoryEntry>> entries = await files.ReadDirectoryAsync(inode);
        Assert.Equal(Errno.OK, entries.Error);
        foreach (DirectoryEntry entry in entries.Value)
        {
            if (!entry.Name.IsDot && !entry.Name.IsDotDot)
                await AddAsync(files, entry.Inode, $"{path}/{entry.Name}");
        }
    }

    /// <param name="Inode">Its number.</param>
    /// <param name="Told">What its attributes and content are.</param>
    public sealed record Item(InodeNumber Inode, string Told);
}
