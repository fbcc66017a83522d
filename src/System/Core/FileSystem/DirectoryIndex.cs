using System.Buffers.Binary;

namespace Raid5Fs.FileSystem;

/// <summary>
/// One level of a directory's tree above its leaves: the root, which is in the inode, or a block of its own. Its entries lead to the
/// level below, each to the names with keys from its own on, up to the next one's. The first one's key is 0: it leads to all before
/// the second.
/// </summary>
/// <remarks>Good for as long as the block, or the inode. Changes belong to the open step.</remarks>
internal readonly struct DirectoryIndex
{
    private const int CountAt = 0;
    private const int HeightAt = 2;
    private const int EntriesAt = 4;
    private const int EntrySize = 8;

    private readonly Inode? _inode;
    private readonly CachedBlock? _block;

    /// <summary>The root of a directory's tree.</summary>
    public DirectoryIndex(Inode directory) => _inode = directory;

    public DirectoryIndex(CachedBlock block) => _block = block;

    public bool IsRoot => _inode is not null;

    /// <summary>Levels of blocks below; 0 only in the root of a directory without entries.</summary>
    public int Height => HeightIn(Bytes);

    public int Count => CountIn(Bytes);

    public int Capacity => CapacityOf(Bytes.Length);

    private ReadOnlySpan<byte> Bytes => _block is null ? _inode!.View.DirectoryRoot : _block.Bytes;

    /// <summary>Entries of an index of so many bytes.</summary>
    public static int CapacityOf(int bytes) => (bytes - EntriesAt) / EntrySize;

    /// <summary>The first key below an entry.</summary>
    public uint KeyAt(int entry) => KeyIn(Bytes, entry);

    /// <summary>The block that an entry leads to.</summary>
    public uint BlockAt(int entry) => BlockIn(Bytes, entry);

    /// <summary>The entry below which a key is.</summary>
    public int Find(uint key)
    {
        (int first, int end) = (0, Count);
        while (end - first > 1)
        {
            int middle = (first + end) / 2;
            (first, end) = KeyAt(middle) <= key ? (middle, end) : (first, middle);
        }

        return first;
    }

    /// <summary>What contradicts the format in a root; null if nothing does.</summary>
    public static string? RootFault(ReadOnlySpan<byte> bytes, int maxHeight)
    {
        int height = HeightIn(bytes);
        return height > maxHeight ? $"has {height} levels below it, the limit {maxHeight}" : Fault(bytes, height);
    }

    /// <summary>What contradicts the format in an index of this height; null if nothing does.</summary>
    public string? Fault(int height) => Fault(Bytes, height);

    private static string? Fault(ReadOnlySpan<byte> bytes, int height)
    {
        int count = CountIn(bytes);
        if (HeightIn(bytes) != height)
            return $"has {HeightIn(bytes)} levels below it, not {height}";
        if (count > CapacityOf(bytes.Length) || (count == 0) != (height == 0))
            return $"has {count} entries and {height} levels below it";
        if (count > 0 && KeyIn(bytes, 0) != 0)
            return $"begins with key {KeyIn(bytes, 0):x8}, not 0";
        for (int entry = 1; entry < count; entry++)
        {
            if (KeyIn(bytes, entry) <= KeyIn(bytes, entry - 1))
                return $"has keys that do not ascend, at entry {entry}";
        }

        return bytes[(EntriesAt + (count * EntrySize))..].ContainsAnyExcept((byte)0) ? "has bytes behind its last entry" : null;
    }

    /// <summary>Puts an entry in, which there is room for.</summary>
    public void Insert(int at, uint key, uint block)
    {
        Span<byte> bytes = Change();
        int count = Count;
        Span<byte> later = bytes[(EntriesAt + (at * EntrySize))..(EntriesAt + ((count + 1) * EntrySize))];
        later[..^EntrySize].CopyTo(later[EntrySize..]);
        BinaryPrimitives.WriteUInt32LittleEndian(later, key);
        BinaryPrimitives.WriteUInt32LittleEndian(later[sizeof(uint)..], block);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[CountAt..], (ushort)(count + 1));
    }

    /// <summary>Takes an entry out. What it led to, the one before it leads to, or if it is the first, the next.</summary>
    public void RemoveAt(int at)
    {
        Span<byte> bytes = Change();
        int count = Count;
        Span<byte> rest = bytes[(EntriesAt + (at * EntrySize))..(EntriesAt + (count * EntrySize))];
        rest[EntrySize..].CopyTo(rest);
        rest[^EntrySize..].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[CountAt..], (ushort)(count - 1));
        bytes.Slice(EntriesAt, sizeof(uint)).Clear();
    }

    /// <summary>Makes it one of this height with the entries of another, from one on.</summary>
    public void Take(int height, DirectoryIndex source, int from = 0)
    {
        int count = source.Count - from;
        Span<byte> bytes = Change();
        bytes.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[CountAt..], (ushort)count);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[HeightAt..], (ushort)height);
        source.Bytes.Slice(EntriesAt + (from * EntrySize), count * EntrySize).CopyTo(bytes[EntriesAt..]);
        bytes.Slice(EntriesAt, sizeof(uint)).Clear();
    }

    /// <summary>Makes it one of this height with one entry, for all keys; of none, without entries.</summary>
    public void Reset(int height, uint block = 0)
    {
        Span<byte> bytes = Change();
        bytes.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[HeightAt..], (ushort)height);
        if (height > 0)
            Insert(0, key: 0, block);
    }

    /// <summary>Drops its entries from one on.</summary>
    public void CutFrom(int from)
    {
        Span<byte> bytes = Change();
        bytes[(EntriesAt + (from * EntrySize))..].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[CountAt..], (ushort)from);
    }

    /// <summary><see cref="Height"/>, from the bytes of an index.</summary>
    public static int HeightIn(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[HeightAt..]);

    /// <summary>How many entries the bytes of an index say that it has.</summary>
    public static int CountIn(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[CountAt..]);

    /// <summary><see cref="KeyAt"/>, from the bytes of an index.</summary>
    public static uint KeyIn(ReadOnlySpan<byte> bytes, int entry) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[(EntriesAt + (entry * EntrySize))..]);

    /// <summary><see cref="BlockAt"/>, from the bytes of an index.</summary>
    public static uint BlockIn(ReadOnlySpan<byte> bytes, int entry) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[(EntriesAt + (entry * EntrySize) + sizeof(uint))..]);

    private Span<byte> Change() => _block is null ? _inode!.ChangeDirectoryRoot() : _block.Change();
}
