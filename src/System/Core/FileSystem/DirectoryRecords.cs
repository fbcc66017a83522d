using System.Buffers.Binary;

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
        entry = default;
        if (_nameLength == 0 || _nameLength > layout.NameLimit)
            return StopAt($"has a name of {_nameLength} bytes");
        if (Name.ContainsAny((byte)'/', (byte)0))
            return StopAt("has a name with '/' or NUL");
        if (!layout.Contains(Inode))
            return StopAt($"names {Inode}; there are {layout.InodeCount}");
        if (!OnDiskFormat.IsType(Type))
            return StopAt($"has the type {(int)Type}");
        entry = new DirectoryEntry(new FileName(Name), Inode, Type);
        return true;
    }

    private bool StopAt(string fault)
    {
        Fault = $"the record at byte {Offset} {fault}";
        _next = _block.Length;
        return false;
    }
}

/// <summary>Changes records of a directory block.</summary>
internal static class DirectoryRecord
{
    public const int LengthAt = 4;
    public const int NameLengthAt = 8;
    public const int TypeAt = 9;

    /// <summary>Writes a record of <paramref name="length"/> bytes at the start of <paramref name="record"/>.</summary>
    public static void Write(Span<byte> record, int length, ReadOnlySpan<byte> name, InodeNumber inode, FileType type)
    {
        SetLength(record, length);
        record[NameLengthAt] = (byte)name.Length;
        name.CopyTo(record[OnDiskFormat.RecordHeader..]);
        SetTarget(record, inode, type);
    }

    public static void SetTarget(Span<byte> record, InodeNumber inode, FileType type)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record, inode.Value);
        record[TypeAt] = (byte)type;
    }

    public static void SetLength(Span<byte> record, int length) =>
        BinaryPrimitives.WriteUInt32LittleEndian(record[LengthAt..], (uint)length);

    /// <summary>Writes the two records of a new directory's first block.</summary>
    public static void WriteDots(Span<byte> block, InodeNumber self, InodeNumber parent)
    {
        int first = OnDiskFormat.RecordSize(OnDiskFormat.Dot.Length);
        Write(block, first, OnDiskFormat.Dot, self, FileType.Directory);
        Write(block[first..], block.Length - first, OnDiskFormat.DotDot, parent, FileType.Directory);
    }

    /// <summary>Whether the block begins with <c>.</c>, leading to <paramref name="self"/>, and <c>..</c>.</summary>
    public static bool HasDots(ReadOnlySpan<byte> block, InodeNumber self, VolumeLayout layout)
    {
        var records = new RecordCursor(block, layout);
        return records.MoveNext() && records.Name.SequenceEqual(OnDiskFormat.Dot) && records.Inode == self
            && records.MoveNext() && records.Name.SequenceEqual(OnDiskFormat.DotDot) && !records.IsFree;
    }
}
