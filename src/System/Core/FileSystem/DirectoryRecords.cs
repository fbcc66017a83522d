using System.Buffers.Binary;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// Walks the records of one directory block, free space too, and stops at the first that does not fit its block.
/// </summary>
internal ref struct RecordCursor(ReadOnlySpan<byte> block, VolumeLayout layout)
{
    private readonly ReadOnlySpan<byte> _block = block;
    private int _next = 0;
    private int _nameLength;

    /// <summary>Where the record begins in its block, in bytes.</summary>
    public int Offset { get; private set; } = -1;

    /// <summary>Where the record before it begins, or −1.</summary>
    public int Previous { get; private set; } = -1;

    /// <summary>Bytes from this record to the next.</summary>
    public int Length { get; private set; }

    /// <summary>What is wrong with the record at which the walk stopped; null if it went through.</summary>
    public string? Fault { get; private set; }

    public InodeNumber Inode { get; private set; }

    public readonly bool IsFree => Inode == InodeNumber.None;

    public readonly FileType Type => (FileType)_block[Offset + DirectoryRecord.TypeAt];

    public readonly ReadOnlySpan<byte> Name => _block.Slice(Offset + OnDiskFormat.RecordHeader, _nameLength);

    /// <summary>Bytes at the end of the record that another record could take.</summary>
    public readonly int Slack => IsFree ? Length : Length - OnDiskFormat.RecordSize(_nameLength);

    public bool MoveNext()
    {
        if (_next == _block.Length)
            return false;
        Previous = Offset;
        Offset = _next;
        int left = _block.Length - Offset;
        if (left < OnDiskFormat.RecordSize(0))
            return StopAt("has a bad length");
        ReadOnlySpan<byte> record = _block[Offset..];
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(record[DirectoryRecord.LengthAt..]);
        if (length < OnDiskFormat.RecordSize(0) || length > left || length % OnDiskFormat.RecordAlignment != 0)
            return StopAt("has a bad length");

        Inode = new InodeNumber(BinaryPrimitives.ReadUInt32LittleEndian(record));
        Length = (int)length;
        _next = Offset + Length;
        _nameLength = IsFree ? 0 : record[DirectoryRecord.NameLengthAt];
        return OnDiskFormat.RecordHeader + _nameLength <= Length || StopAt($"has a name of {_nameLength} bytes");
    }

    /// <summary>
    /// The record as an entry, if name, inode and type can be an entry's; otherwise the walk stops here, with
    /// <see cref="Fault"/>.
    /// </summary>
    public bool TryReadEntry(out DirectoryEntry entry)
    {
        bool isEntry = IsEntry();
        entry = isEntry ? new DirectoryEntry(new FileName(Name), Inode, Type) : default;
        return isEntry;
    }

    /// <summary>Whether name, inode and type can be an entry's; otherwise the walk stops here, with <see cref="Fault"/>.</summary>
    public bool IsEntry()
    {
        if (_nameLength == 0 || _nameLength > layout.NameLimit)
            return StopAt($"has a name of {_nameLength} bytes");
        if (Name.ContainsAny((byte)'/', (byte)0))
            return StopAt("has a name with '/' or NUL");
        if (!layout.Contains(Inode))
            return StopAt($"names {Inode}; there are {layout.InodeCount}");
        if (!OnDiskFormat.IsType(Type))
            return StopAt($"has the type {(int)Type}");
        return true;
    }

    private bool StopAt(string fault)
    {
        Fault = $"the record at byte {Offset} {fault}";
        _next = _block.Length;
        return false;
    }
}

/// <summary>One entry, out of its leaf: what is written into one.</summary>
internal readonly record struct DirectoryRecord(EntryPosition Place, FileName Name, InodeNumber Inode, FileType Type)
{
    public const int LengthAt = 4;
    public const int NameLengthAt = 8;
    public const int TypeAt = 9;

    /// <summary>By their places.</summary>
    public static Comparison<DirectoryRecord> Order { get; } = static (left, right) =>
        left.Place != right.Place ? left.Place.CompareTo(right.Place) : left.Name.CompareTo(right.Name);

    /// <summary>Bytes that it needs.</summary>
    public int Size => OnDiskFormat.RecordSize(Name.Length);

    /// <summary>Fills a leaf with records, which have room in it.</summary>
    public static void WriteAll(Span<byte> leaf, List<DirectoryRecord> records)
    {
        leaf.Clear();
        SetLength(leaf, leaf.Length);
        int at = 0;
        for (int i = 0; i < records.Count; i++)
        {
            int length = i == records.Count - 1 ? leaf.Length - at : records[i].Size;
            records[i].Write(leaf[at..], length);
            at += length;
        }
    }

    /// <summary>Takes a record out of a leaf.</summary>
    /// <param name="leaf">Its bytes.</param>
    /// <param name="offset">Where the record begins.</param>
    /// <param name="previous">Where the one before it begins, or −1.</param>
    /// <param name="length">Bytes of the record.</param>
    public static void Remove(Span<byte> leaf, int offset, int previous, int length)
    {
        if (previous < 0)
            SetTarget(leaf[offset..], InodeNumber.None, FileType.None);
        else
            SetLength(leaf[previous..], offset + length - previous);
    }

    public static void SetTarget(Span<byte> record, InodeNumber inode, FileType type)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record, inode.Value);
        record[TypeAt] = (byte)type;
    }

    /// <summary>Puts it into the first gap of a leaf that is long enough: ENOSPC if there is none, EUCLEAN.</summary>
    public Errno PutInto(CachedBlock leaf, VolumeLayout layout)
    {
        var records = new RecordCursor(leaf.Bytes, layout);
        while (records.MoveNext())
        {
            if (records.Slack < Size)
                continue;
            int at = records.Offset + records.Length - records.Slack;
            int length = records.Slack;
            Span<byte> bytes = leaf.Change();
            if (at > records.Offset)
                SetLength(bytes[records.Offset..], at - records.Offset);
            Write(bytes[at..], length);
            return Errno.OK;
        }

        return records.Fault is null ? Errno.ENOSPC : Errno.EUCLEAN;
    }

    private static void SetLength(Span<byte> record, int length) =>
        BinaryPrimitives.WriteUInt32LittleEndian(record[LengthAt..], (uint)length);

    private void Write(Span<byte> record, int length)
    {
        SetLength(record, length);
        record[NameLengthAt] = (byte)Name.Length;
        Name.Bytes.CopyTo(record[OnDiskFormat.RecordHeader..]);
        SetTarget(record, Inode, Type);
    }
}
