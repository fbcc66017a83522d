using System.Buffers.Binary;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// Reads what can be read of a directory's tree, whatever is wrong with it. A block is taken for what it is, not for what the index above
/// says; where an index contradicts the format, whatever in it can be a block is followed.
/// </summary>
/// <remarks>
/// The records of a leaf before the first that contradicts the format are entries. In the rest of such a leaf records are looked for, and
/// where a way down is lost, in the leaves that nothing leads to; those may be what was removed long ago, or another directory's: such an entry
/// is kept only if its inode lacks a link that it says it has, or is a directory that is nowhere and says that it is here.
/// </remarks>
/// <param name="round">The round.</param>
/// <param name="directory">Whose tree it is.</param>
/// <param name="unused">Blocks in use in the bitmap that nothing uses.</param>
/// <param name="given">Links given back to inodes in this round, which takes those that are given here.</param>
/// <param name="searches">Whether to look at those blocks though nothing is wrong with the tree.</param>
internal sealed class FsckSalvage(
    FsckRound round, Inode directory, IReadOnlyList<uint> unused, Dictionary<InodeNumber, uint> given, bool searches = false)
{
    private readonly List<DirectoryRecord> _misplaced = [];
    private readonly List<DirectoryEntry> _doubtful = [];
    private readonly List<DirectoryRecord> _entries = [];
    private readonly List<uint> _blocks = [];
    private readonly HashSet<uint> _seen = [];
    private bool _lostWay = searches;
    private Errno _error;

    private VolumeLayout Layout => round.Layout;

    /// <summary>Blocks that were read, and that the check says are this directory's.</summary>
    public IEnumerable<uint> OwnBlocks => _blocks.Where(block => round.Check.Blocks.OwnerOf(block) == directory.Number);

    /// <summary>Entries that were found where nothing leads to them.</summary>
    public int Found { get; private set; }

    /// <summary>The entries, each name once, in the order of their places: EIO if a block of the tree cannot be read.</summary>
    public async ValueTask<Result<List<DirectoryRecord>>> ReadAsync()
    {
        byte[] root = directory.View.DirectoryRoot.ToArray();
        await ReadIndexAsync(root, DirectoryIndex.RootFault(root, Layout.MaxDirectoryHeight) is null, KeyRange.All);
        if (_lostWay)
            await ReadUnusedAsync();
        if (_error != Errno.OK)
            return _error;

        // Who lacks a link is not known as long as entries may be hidden.
        if (!round.Check.Blocks.IsComplete && (_lostWay || _doubtful.Count > 0))
            return Errno.EIO;

        // Of two entries with one name that is kept which is where it is looked for.
        var names = new HashSet<FileName>();
        List<DirectoryRecord> kept = [.. _entries.Concat(_misplaced).Where(record => names.Add(record.Name))];
        foreach (DirectoryEntry entry in _doubtful)
        {
            FileType type = names.Contains(entry.Name) ? FileType.None : await TypeIfItLacksLinkAsync(entry);
            if (type == FileType.None)
                continue;
            Found++;
            names.Add(entry.Name);
            given[entry.Inode] = given.GetValueOrDefault(entry.Inode) + 1;
            kept.Add(RecordOf(entry with { Type = type }));
        }

        kept.Sort(DirectoryRecord.Order);
        return _error == Errno.OK ? kept : _error;
    }

    /// <param name="index">The bytes of an index, or of what should be one.</param>
    /// <param name="isSound">Whether it fits the format; else anything in it may be a block.</param>
    /// <param name="range">The keys below it.</param>
    private async ValueTask ReadIndexAsync(byte[] index, bool isSound, KeyRange range)
    {
        _lostWay |= !isSound;
        int count = isSound ? DirectoryIndex.CountIn(index) : DirectoryIndex.CapacityOf(index.Length);
        int? height = isSound ? DirectoryIndex.HeightIn(index) - 1 : null;
        for (int entry = 0; entry < count && _error == Errno.OK; entry++)
        {
            KeyRange below = isSound ? range.Below(index, entry, count) : KeyRange.All;
            await ReadBlockAsync(DirectoryIndex.BlockIn(index, entry), height, below);
        }
    }

    /// <param name="address">Anything.</param>
    /// <param name="height">Levels below it, as the sound index above says; null below one that is not sound.</param>
    /// <param name="range">The keys below it.</param>
    private async ValueTask ReadBlockAsync(uint address, int? height, KeyRange range)
    {
        if (!Layout.IsDataBlock(address) || !_seen.Add(address))
        {
            _lostWay = true;
            return;
        }

        InodeNumber owner = round.Check.Blocks.OwnerOf(address);
        bool isForeign = owner != InodeNumber.None && owner != directory.Number;
        _lostWay |= isForeign;
        if (isForeign && height is null)
            return;
        round.Volume.Cache.ReleaseUnchanged();
        Result<CachedBlock> block = await round.Volume.Cache.GetAsync(address);
        if (!block.IsOk)
        {
            _error = block.Error;
            return;
        }

        byte[] bytes = block.Value.Bytes.ToArray();
        bool isIndex = DirectoryIndex.RootFault(bytes, Layout.MaxDirectoryHeight) is null && DirectoryIndex.CountIn(bytes) > 0;
        bool isLeaf = !isIndex && IsLeaf(bytes);
        _lostWay |= !isIndex && !isLeaf;
        if (!isIndex && !isLeaf && isForeign)
            return;

        // A record has a length where an index has its first key, which is 0.
        bool shouldBeIndex = height is { } levels
            ? levels > 0
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(DirectoryRecord.LengthAt)) == 0;
        _blocks.Add(address);
        if (isIndex || (shouldBeIndex && !isLeaf))
            await ReadIndexAsync(bytes, isIndex, range);
        else
            ReadLeaf(bytes, range);
    }

    /// <summary>Whether a block is a leaf in which nothing contradicts the format.</summary>
    private bool IsLeaf(ReadOnlySpan<byte> block)
    {
        var records = new RecordCursor(block, Layout);
        bool isSound = true;
        while (records.MoveNext())
            isSound &= records.IsFree || records.IsEntry();
        return isSound && records.Fault is null;
    }

    private void ReadLeaf(byte[] leaf, KeyRange range)
    {
        var certain = new Dictionary<int, int>();
        var records = new RecordCursor(leaf, Layout);
        while (records.MoveNext())
        {
            if (records.IsFree || !records.TryReadEntry(out DirectoryEntry entry))
                continue;
            certain.Add(records.Offset, OnDiskFormat.RecordSize(entry.Name.Length));
            if (entry.Name.IsDot || entry.Name.IsDotDot)
                continue;
            DirectoryRecord record = RecordOf(entry);
            (range.Contains(record.Place.Key) ? _entries : _misplaced).Add(record);
        }

        if (records.Fault is null)
            return;
        for (int at = 0; at + OnDiskFormat.RecordSize(1) <= leaf.Length;)
        {
            if (certain.TryGetValue(at, out int length))
            {
                at += length;
            }
            else if (TryReadAnyRecord(leaf.AsSpan(at), at == records.Offset, out DirectoryEntry entry) && range.Contains(RecordOf(entry).Place.Key))
            {
                _doubtful.Add(entry);
                at += OnDiskFormat.RecordSize(entry.Name.Length);
            }
            else
            {
                at += OnDiskFormat.RecordAlignment;
            }
        }
    }

    /// <summary>Whether bytes begin with what a record has beside its length, and which entry that is.</summary>
    /// <param name="bytes">From there to the end of the leaf.</param>
    /// <param name="isDamaged">
    /// Whether a record surely begins there. Then its type may be none, and if its name cannot have the length that it says, the part before
    /// the first NUL is taken.
    /// </param>
    /// <param name="entry">The entry.</param>
    private bool TryReadAnyRecord(ReadOnlySpan<byte> bytes, bool isDamaged, out DirectoryEntry entry)
    {
        entry = default;
        ReadOnlySpan<byte> rest = bytes[OnDiskFormat.RecordHeader..];
        int nameLength = bytes[DirectoryRecord.NameLengthAt];
        int most = Math.Min(Layout.NameLimit, rest.Length);
        if (isDamaged && (nameLength > most || rest[..nameLength].Contains((byte)0)))
            nameLength = Math.Max(0, rest[..most].IndexOf((byte)0));
        if (nameLength == 0 || nameLength > most)
            return false;
        ReadOnlySpan<byte> name = rest[..nameLength];
        var inode = new InodeNumber(BinaryPrimitives.ReadUInt32LittleEndian(bytes));
        var type = (FileType)bytes[DirectoryRecord.TypeAt];
        if (name.ContainsAny((byte)'/', (byte)0) || !Layout.Contains(inode) || !(isDamaged || OnDiskFormat.IsType(type)))
            return false;
        entry = new DirectoryEntry(new FileName(name), inode, type);
        return !entry.Name.IsDot && !entry.Name.IsDotDot;
    }

    /// <summary>Looks for leaves of this directory among what nothing leads to.</summary>
    private async ValueTask ReadUnusedAsync()
    {
        foreach (uint address in unused)
        {
            if (_seen.Contains(address))
                continue;
            round.Volume.Cache.ReleaseUnchanged();
            Result<CachedBlock> block = await round.Volume.Cache.GetAsync(address);
            if (block.IsOk && IsLeaf(block.Value.Bytes))
                AddDoubtful(block.Value.Bytes);
        }
    }

    private void AddDoubtful(ReadOnlySpan<byte> leaf)
    {
        var records = new RecordCursor(leaf, Layout);
        while (records.MoveNext())
        {
            if (!records.IsFree && records.TryReadEntry(out DirectoryEntry entry) && !entry.Name.IsDot && !entry.Name.IsDotDot)
                _doubtful.Add(entry);
        }
    }

    /// <summary>What an inode is that says that more leads to it than was found, if an entry may say that; else nothing.</summary>
    private async ValueTask<FileType> TypeIfItLacksLinkAsync(DirectoryEntry entry)
    {
        if (!round.Volume.InodeBitmap.IsTaken(entry.Inode.Value - 1))
            return FileType.None;
        Result<Inode> read = await round.ReadInodeAsync(entry.Inode);
        if (!read.IsOk)
        {
            _error = read.Error;
            return FileType.None;
        }

        Inode inode = read.Value;
        uint found = given.GetValueOrDefault(entry.Inode);
        bool lacksLink = inode.IsDirectory
            ? inode.Parent == directory.Number && !round.Check.IsReached(entry.Inode) && found == 0
            : inode.LinkCount > round.Check.LinksTo(entry.Inode) + found;
        bool mayBe = entry.Type == inode.Type || !OnDiskFormat.IsType(entry.Type);
        return lacksLink && mayBe ? inode.Type : FileType.None;
    }

    private DirectoryRecord RecordOf(DirectoryEntry entry) => new(Layout.PlaceOf(entry.Name.Bytes), entry.Name, entry.Inode, entry.Type);

    /// <summary>The keys that are looked for below an entry of an index.</summary>
    private readonly record struct KeyRange(uint First, long End)
    {
        public static KeyRange All => new(0, 1L << 32);

        public bool Contains(uint key) => key >= First && key < End;

        public KeyRange Below(byte[] index, int entry, int count) => new(
            entry == 0 ? First : DirectoryIndex.KeyIn(index, entry), entry + 1 < count ? DirectoryIndex.KeyIn(index, entry + 1) : End);
    }
}
