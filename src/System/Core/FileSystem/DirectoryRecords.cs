using System.Buffers.Binary;

namespace Raid5Fs.FileSystem;

/// <summary>Walks the records of one directory block and stops at the first that contradicts the format.</summary>
internal ref struct RecordCursor(ReadOnlySpan<byte> block, VolumeLayout layout)
{
    private readonly ReadOnlySpan<byte> _block = block;
    private int _next = 0;

    /// <summary>Where the record begins in its block, in bytes.</summary>
    public int Offset { get; private set; } = -1;

    /// <summary>Where the record before it begins, or −1.</summary>
    public int Previous { get; private set; } = -1;

    /// <summary>What is wrong with the record at which the walk stopped; null if it went through.</summary>
    public string? Fault { get; private set; }

    /// <summary>Bytes from this record to the next.</summary>
    public readonly int Length => (int)RecordLength;

    public readonly InodeNumber Inode => new(BinaryPrimitives.ReadUInt32LittleEndian(Record));

    public readonly bool IsFree => Inode == InodeNumber.None;

    public readonly FileType Type => (FileType)Record[DirectoryRecord.TypeAt];

    public readonly ReadOnlySpan<byte> Name =>
        Record.Slice(OnDiskFormat.RecordHeader, Record[DirectoryRecord.NameLengthAt]);

    /// <summary>Bytes at the end of the record that another record could take.</summary>
    public readonly int Slack => IsFree ? Length : Length - OnDiskFormat.RecordSize(Name.Length);

    private readonly ReadOnlySpan<byte> Record => _block[Offset..];

    private readonly uint RecordLength => BinaryPrimitives.ReadUInt32LittleEndian(Record[DirectoryRecord.LengthAt..]);

    public bool MoveNext()
    {
        if (_next == _block.Length)
            return false;
        Previous = Offset;
        Offset = _next;
        Fault = FindFault();
        _next += Fault is null ? Length : 0;
        return Fault is null;
    }

    private readonly string? FindFault()
    {
        int left = _block.Length - Offset;
        if (left < OnDiskFormat.RecordSize(0) || RecordLength < OnDiskFormat.RecordSize(0) || RecordLength > left
            || RecordLength % OnDiskFormat.RecordAlignment != 0)
            return $"the record at byte {Offset} of {_block.Length} has a bad length";
        if (IsFree)
            return null;
        int nameLength = Record[DirectoryRecord.NameLengthAt];
        if (nameLength == 0 || nameLength > layout.NameLimit || OnDiskFormat.RecordHeader + nameLength > Length)
            return $"the record at byte {Offset} has a name of {nameLength} bytes";
        if (Name.ContainsAny((byte)'/', (byte)0))
            return $"the record at byte {Offset} has a name with '/' or NUL";
        if (!layout.Contains(Inode))
            return $"the record at byte {Offset} names {Inode} of {layout.InodeCount}";
        if (Type is not (FileType.Regular or FileType.Directory))
            return $"the record at byte {Offset} has the type {(int)Type}";
        return null;
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
