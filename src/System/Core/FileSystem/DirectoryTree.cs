/*
 * The entries of a directory: a tree of blocks, searched by the key of a name. OnDiskFormat.cs says how it is stored.
 *
 * A leaf holds the records of the names in its range of keys. One that is full is split where keys differ, so names of one key
 * are always together; the new leaf is entered in the index above, which may be split in turn. A root that is full hands its
 * entries to a new block, and the tree is one level higher. A leaf, or an index, that becomes empty is freed, and the root takes
 * back what fits it; leaves that are merely thin stay.
 *
 * Faults assumed: any block may be unreadable (EIO) or hold anything (EUCLEAN). Every loop is bounded by the height.
 */

using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// Finds, adds and removes entries of directories. Whoever calls has looked at the name's length; what contradicts the format is EUCLEAN.
/// </summary>
internal sealed class DirectoryTree(Volume volume)
{
    /// <summary>Leaves read ahead when all are listed.</summary>
    private const int LeavesAhead = 16;

    private readonly NameCache _names = new();

    /// <summary>Where a name leads, as far as that is all: ENOENT, EUCLEAN, EIO. Within no step.</summary>
    public async ValueTask<Result<NamedInode>> LookUpAsync(Inode directory, FileName name)
    {
        if (!_names.TryFind(directory.Number, name, out NamedInode found))
        {
            Result<EntryPlace> entry = await FindAsync(directory, name);
            if (!entry.IsOk && entry.Error != Errno.ENOENT)
                return entry.Error;
            found = entry.IsOk ? new NamedInode(entry.Value.Inode, entry.Value.Type) : default;
            if (!name.IsDot && !name.IsDotDot)
                _names.Remember(directory.Number, name, found);
        }

        return found.IsNothing ? Errno.ENOENT : found;
    }

    /// <summary>The entry called <paramref name="name"/>: ENOENT, EUCLEAN, EIO.</summary>
    public async ValueTask<Result<EntryPlace>> FindAsync(Inode directory, FileName name)
    {
        if (name.IsDot || name.IsDotDot)
            return EntryPlace.OfDots(name.IsDot ? directory.Number : directory.Parent);
        uint key = volume.Layout.PlaceOf(name.Bytes).Key;
        Result<CachedBlock> leaf = await DescendAsync(directory, key);
        return leaf.IsOk ? FindIn(leaf.Value, key, name) : leaf.Error;
    }

    /// <summary>Adds an entry; no other has the name: ENOSPC, EUCLEAN, EIO. On an error the step must be rolled back.</summary>
    public async ValueTask<Errno> AddAsync(Inode directory, FileName name, InodeNumber inode, FileType type)
    {
        _names.Forget(directory.Number, name);
        var record = new DirectoryRecord(volume.Layout.PlaceOf(name.Bytes), name, inode, type);
        var path = new List<PathStep>();
        var root = new DirectoryIndex(directory);
        if (root.Height == 0)
        {
            Result<CachedBlock> first = Take(directory);
            if (!first.IsOk)
                return first.Error;
            DirectoryRecord.WriteAll(first.Value.Change(), []);
            root.Reset(height: 1, first.Value.Address);
        }

        Result<CachedBlock> leaf = await DescendAsync(directory, record.Place.Key, path);
        if (!leaf.IsOk)
            return leaf.Error;
        Errno error = record.PutInto(leaf.Value, volume.Layout);
        if (error != Errno.ENOSPC)
            return error;

        Result<List<DirectoryRecord>> present = ReadAll(leaf.Value);
        if (!present.IsOk)
            return present.Error;
        List<DirectoryRecord> records = present.Value;
        records.Add(record);
        records.Sort(DirectoryRecord.Order);
        if (records.Sum(static each => each.Size) <= volume.Layout.BlockSize)
        {
            // There was room, but in pieces.
            DirectoryRecord.WriteAll(leaf.Value.Change(), records);
            return Errno.OK;
        }

        return SplitLeaf(directory, path, leaf.Value, records);
    }

    /// <summary>Removes an entry, and what of the tree is empty then: EUCLEAN, EIO. On an error the step must be rolled back.</summary>
    public async ValueTask<Errno> RemoveAsync(Inode directory, EntryPlace place)
    {
        _names.Forget(directory.Number, place.Name);
        DirectoryRecord.Remove(place.Leaf!.Change(), place.Offset, place.Previous, place.Length);
        Result<bool> left = HasEntries(place.Leaf);
        if (!left.IsOk || left.Value)
            return left.Error;

        var path = new List<PathStep>();
        Result<CachedBlock> leaf = await DescendAsync(directory, place.Key, path);
        if (!leaf.IsOk)
            return leaf.Error;
        Errno error = Free(directory, place.Leaf.Address);
        for (int step = path.Count - 1; error == Errno.OK; step--)
        {
            (DirectoryIndex index, int entry) = path[step];
            index.RemoveAt(entry);
            if (index.Count > 0)
                break;
            if (index.IsRoot)
            {
                index.Reset(height: 0);
                break;
            }

            (DirectoryIndex above, int leading) = path[step - 1];
            error = Free(directory, above.BlockAt(leading));
        }

        return error == Errno.OK ? await LowerAsync(directory) : error;
    }

    /// <summary>Whether a directory has no entries but <c>.</c> and <c>..</c>.</summary>
    public static bool IsEmpty(Inode directory) => new DirectoryIndex(directory).Height == 0;

    /// <summary>Lets an entry lead elsewhere.</summary>
    public void Retarget(Inode directory, EntryPlace place, InodeNumber inode, FileType type)
    {
        _names.Forget(directory.Number, place.Name);
        DirectoryRecord.SetTarget(place.Leaf!.Change()[place.Offset..], inode, type);
    }

    /// <summary>
    /// Entries in the order of their places, <c>.</c> and <c>..</c> first: EUCLEAN, EIO.
    /// </summary>
    /// <param name="directory">Of which.</param>
    /// <param name="after">Only those with a higher place.</param>
    /// <param name="atMost">Entries; and those that share the place of the last, which is next to never.</param>
    public async ValueTask<Result<IReadOnlyList<DirectoryEntry>>> ListAsync(Inode directory, EntryPosition after, int atMost)
    {
        DirectoryEntry[] dots =
        [
            new(new FileName(OnDiskFormat.Dot), directory.Number, FileType.Directory) { Position = EntryPosition.OfDot },
            new(new FileName(OnDiskFormat.DotDot), directory.Parent, FileType.Directory) { Position = EntryPosition.OfDotDot },
        ];
        List<DirectoryEntry> entries = [.. dots.Where(entry => entry.Position > after).Take(atMost)];
        var path = new List<PathStep>();
        for (uint? next = after.Key; next is { } key && entries.Count < atMost && new DirectoryIndex(directory).Height > 0;)
        {
            volume.Cache.ReleaseUnchanged();
            path.Clear();
            Result<CachedBlock> leaf = await DescendAsync(directory, key, path, isListing: true);
            if (!leaf.IsOk)
                return leaf.Error;
            Result<List<DirectoryRecord>> records = ReadAll(leaf.Value);
            if (!records.IsOk)
                return records.Error;
            records.Value.Sort(DirectoryRecord.Order);
            foreach (DirectoryRecord record in records.Value)
            {
                if (record.Place > after && (entries.Count < atMost || record.Place == entries[^1].Position))
                    entries.Add(new DirectoryEntry(record.Name, record.Inode, record.Type) { Position = record.Place });
            }

            next = KeyBehind(path);
        }

        return entries;
    }

    /// <summary>
    /// Whether <paramref name="ancestor"/> is <paramref name="directory"/> or above it: EUCLEAN, EIO.
    /// </summary>
    public async ValueTask<Result<bool>> IsAtOrAboveAsync(InodeNumber ancestor, Inode directory)
    {
        Inode current = directory;
        for (uint steps = 0; steps < volume.Layout.InodeCount; steps++)
        {
            if (current.Number == ancestor)
                return true;
            if (current.Number == OnDiskFormat.RootInode)
                return false;
            Result<Inode> parent = await volume.Inodes.FollowAsync(current.Parent, FileType.Directory);
            if (!parent.IsOk)
                return parent.Error;
            current = parent.Value;
        }

        return Errno.EUCLEAN;
    }

    /// <summary>The leaf whose keys include this one: ENOENT if there is no leaf at all, EUCLEAN, EIO.</summary>
    /// <param name="directory">Whose tree it is.</param>
    /// <param name="key">The key.</param>
    /// <param name="path">Takes the way down; null if nobody wants it.</param>
    /// <param name="isListing">The leaves behind it will be wanted too.</param>
    private async ValueTask<Result<CachedBlock>> DescendAsync(
        Inode directory, uint key, List<PathStep>? path = null, bool isListing = false)
    {
        // The root was looked at with its inode.
        var index = new DirectoryIndex(directory);
        if (index.Height == 0)
            return Errno.ENOENT;
        for (int height = index.Height - 1; ; height--)
        {
            int entry = index.Find(key);
            path?.Add(new PathStep(index, entry));
            if (height == 0 && isListing)
                await LoadLeavesAsync(index, entry);
            Result<CachedBlock> below = await volume.Map.GetSingleAsync(index.BlockAt(entry));
            if (!below.IsOk || height == 0)
                return below;
            index = new DirectoryIndex(below.Value);
            if (index.Fault(height) is not null)
                return Errno.EUCLEAN;
        }
    }

    /// <summary>Brings leaves into the cache, all at the same time. One that cannot be read is left out: getting it then says so.</summary>
    private async ValueTask LoadLeavesAsync(DirectoryIndex index, int from)
    {
        if (volume.Cache.Find(index.BlockAt(from)) is not null)
            return;
        List<uint> leaves = [];
        for (int entry = from; entry < Math.Min(index.Count, from + LeavesAhead); entry++)
        {
            if (volume.Layout.IsDataBlock(index.BlockAt(entry)))
                leaves.Add(index.BlockAt(entry));
        }

        await volume.Cache.LoadAsync(leaves);
    }

    /// <summary>The first key of the next leaf; null behind the last.</summary>
    private static uint? KeyBehind(List<PathStep> path)
    {
        for (int step = path.Count - 1; step >= 0; step--)
        {
            (DirectoryIndex index, int entry) = path[step];
            if (entry + 1 < index.Count)
                return index.KeyAt(entry + 1);
        }

        return null;
    }

    /// <summary>Divides sorted records, too many for one leaf, between it and a new one: ENOSPC, also where all have one key.</summary>
    private Errno SplitLeaf(Inode directory, List<PathStep> path, CachedBlock leaf, List<DirectoryRecord> records)
    {
        int boundary = FindBoundary(records);
        if (boundary == 0)
            return Errno.ENOSPC;
        Result<CachedBlock> upper = Take(directory);
        if (!upper.IsOk)
            return upper.Error;
        DirectoryRecord.WriteAll(leaf.Change(), records[..boundary]);
        DirectoryRecord.WriteAll(upper.Value.Change(), records[boundary..]);
        return Enter(directory, path, records[boundary].Place.Key, upper.Value.Address);
    }

    /// <summary>Where both parts fit a leaf, keys differ, and the parts are most nearly equal; 0 if nowhere.</summary>
    private int FindBoundary(List<DirectoryRecord> records)
    {
        int all = records.Sum(static record => record.Size);
        (int best, int bestLarger) = (0, volume.Layout.BlockSize + 1);
        int lower = 0;
        for (int i = 1; i < records.Count; i++)
        {
            lower += records[i - 1].Size;
            int larger = Math.Max(lower, all - lower);
            if (records[i].Place.Key != records[i - 1].Place.Key && larger < bestLarger)
                (best, bestLarger) = (i, larger);
        }

        return best;
    }

    /// <summary>Enters a new block behind the one that a path leads to: ENOSPC.</summary>
    private Errno Enter(Inode directory, List<PathStep> path, uint key, uint block)
    {
        for (int step = path.Count - 1; ; step--)
        {
            (DirectoryIndex index, int entry) = path[step];
            if (index.Count < index.Capacity)
            {
                index.Insert(entry + 1, key, block);
                return Errno.OK;
            }

            if (index.IsRoot && index.Height == volume.Layout.MaxDirectoryHeight)
                return Errno.ENOSPC;
            Result<CachedBlock> taken = Take(directory);
            if (!taken.IsOk)
                return taken.Error;
            var added = new DirectoryIndex(taken.Value);
            if (index.IsRoot)
            {
                added.Take(index.Height, index);
                index.Reset(index.Height + 1, taken.Value.Address);
                added.Insert(entry + 1, key, block);
                return Errno.OK;
            }

            int half = index.Count / 2;
            uint middle = index.KeyAt(half);
            added.Take(index.Height, index, half);
            index.CutFrom(half);
            if (entry < half)
                index.Insert(entry + 1, key, block);
            else
                added.Insert(entry + 1 - half, key, block);
            (key, block) = (middle, taken.Value.Address);
        }
    }

    /// <summary>Has the root take back the entries of the only block below it, as long as they fit: EUCLEAN, EIO.</summary>
    private async ValueTask<Errno> LowerAsync(Inode directory)
    {
        var root = new DirectoryIndex(directory);
        while (root.Count == 1 && root.Height > 1)
        {
            uint block = root.BlockAt(0);
            Result<CachedBlock> below = await volume.Map.GetSingleAsync(block);
            if (!below.IsOk)
                return below.Error;
            var index = new DirectoryIndex(below.Value);
            if (index.Fault(root.Height - 1) is not null)
                return Errno.EUCLEAN;
            if (index.Count > root.Capacity)
                return Errno.OK;
            root.Take(index.Height, index);
            Errno error = Free(directory, block);
            if (error != Errno.OK)
                return error;
        }

        return Errno.OK;
    }

    private Result<EntryPlace> FindIn(CachedBlock leaf, uint key, FileName name)
    {
        var records = new RecordCursor(leaf.Bytes, volume.Layout);
        while (records.MoveNext())
        {
            if (records.IsFree || !records.Name.SequenceEqual(name.Bytes))
                continue;
            return records.TryReadEntry(out DirectoryEntry entry)
                ? new EntryPlace(name, leaf, key, records.Offset, records.Previous, records.Length, entry.Inode, entry.Type)
                : Errno.EUCLEAN;
        }

        return records.Fault is null ? Errno.ENOENT : Errno.EUCLEAN;
    }

    private Result<bool> HasEntries(CachedBlock leaf)
    {
        bool hasEntries = false;
        var records = new RecordCursor(leaf.Bytes, volume.Layout);
        while (records.MoveNext())
            hasEntries |= !records.IsFree && records.IsEntry();
        return records.Fault is null ? hasEntries : Errno.EUCLEAN;
    }

    private Result<List<DirectoryRecord>> ReadAll(CachedBlock leaf)
    {
        var all = new List<DirectoryRecord>();
        var records = new RecordCursor(leaf.Bytes, volume.Layout);
        while (records.MoveNext())
        {
            if (!records.IsFree && records.TryReadEntry(out DirectoryEntry entry))
                all.Add(new DirectoryRecord(volume.Layout.PlaceOf(entry.Name.Bytes), entry.Name, entry.Inode, entry.Type));
        }

        return records.Fault is null ? all : Errno.EUCLEAN;
    }

    private Result<CachedBlock> Take(Inode directory)
    {
        Result<CachedBlock> taken = volume.Map.TakeSingle(directory);
        directory.Size += taken.IsOk ? volume.Layout.BlockSize : 0;
        return taken;
    }

    private Errno Free(Inode directory, uint block)
    {
        directory.Size -= volume.Layout.BlockSize;
        return volume.Map.FreeSingle(directory, block);
    }

    /// <summary>An index on the way down, and the entry that was followed.</summary>
    private readonly record struct PathStep(DirectoryIndex Index, int Entry);
}

/// <summary>Where an entry is, and where it leads. Good until the directory is next changed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Leaf">Its block in the cache; null for <c>.</c> and <c>..</c>, which are none.</param>
/// <param name="Key">Of its name.</param>
/// <param name="Offset">Bytes from the start of the block.</param>
/// <param name="Previous">The offset of the record before it in the block, or −1.</param>
/// <param name="Length">Bytes of the record.</param>
/// <param name="Inode">Where it leads.</param>
/// <param name="Type">What is there.</param>
internal readonly record struct EntryPlace(
    FileName Name, CachedBlock? Leaf, uint Key, int Offset, int Previous, int Length, InodeNumber Inode, FileType Type)
{
    /// <summary>What <c>.</c> or <c>..</c> leads to.</summary>
    public static EntryPlace OfDots(InodeNumber inode) => new(default, null, 0, 0, 0, 0, inode, FileType.Directory);
}
