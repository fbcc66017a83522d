using System.Buffers.Binary;

namespace Raid5Fs.FileSystem;

/// <summary>The bytes of an inode, read.</summary>
internal readonly ref struct InodeView(ReadOnlySpan<byte> bytes)
{
    public const int TypeAt = 0;
    public const int LinkCountAt = 4;
    public const int GenerationAt = 8;
    public const int SizeAt = 16;
    public const int PointersAt = 64;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public FileType Type => (FileType)_bytes[TypeAt];

    public uint LinkCount => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[LinkCountAt..]);

    public uint Generation => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[GenerationAt..]);

    /// <summary>Bytes.</summary>
    public long Size => BinaryPrimitives.ReadInt64LittleEndian(_bytes[SizeAt..]);

    /// <summary>Whether it is a symbolic link that holds its target itself: it has no pointers.</summary>
    public bool HoldsTarget => Type == FileType.SymbolicLink && Size <= OnDiskFormat.InlineTargetLimit;

    /// <summary>The target of a link that <see cref="HoldsTarget"/>.</summary>
    public ReadOnlySpan<byte> Target => _bytes.Slice(PointersAt, (int)Size);

    /// <param name="slot">0 to 14: direct, then single, double and triple indirect.</param>
    public uint Pointer(int slot) =>
        BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(PointersAt + (slot * OnDiskFormat.PointerSize))..]);

    /// <summary>Writes the inode of a new, empty directory of one block into zeros.</summary>
    public static void WriteNewDirectory(Span<byte> bytes, int blockSize, uint block)
    {
        bytes[TypeAt] = (byte)FileType.Directory;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[LinkCountAt..], 2);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[GenerationAt..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[SizeAt..], blockSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[PointersAt..], block);
    }

    /// <summary>What contradicts the format in an inode that is in use, or null.</summary>
    public string? Contradiction(VolumeLayout layout)
    {
        if (!OnDiskFormat.IsType(Type))
            return $"its type is {(int)Type}";
        if (LinkCount < 1 || LinkCount > layout.LinkLimit)
            return $"its link count is {LinkCount}, the limit {layout.LinkLimit}";
        if (Size < 0 || Size > layout.MaxFileSize)
            return $"its size is {Size} bytes, the limit {layout.MaxFileSize}";
        if (Type == FileType.Directory && (Size == 0 || Size % layout.BlockSize != 0))
            return $"it is a directory of {Size} bytes, which is no whole number of blocks";
        if (Type == FileType.Directory && LinkCount < 2)
            return $"it is a directory with {LinkCount} link";
        if (Type == FileType.SymbolicLink && (Size == 0 || Size > layout.TargetLimit))
            return $"it is a symbolic link to a target of {Size} bytes, the limit {layout.TargetLimit}";
        if (Type == FileType.SymbolicLink && !HoldsTarget && Pointer(0) == 0)
            return "it is a symbolic link without the block of its target";
        if (HoldsTarget
            && _bytes.Slice(PointersAt, OnDiskFormat.InlineTargetLimit)[(int)Size..].ContainsAnyExcept((byte)0))
            return "it is a symbolic link with bytes behind its target";
        if (_bytes[1..LinkCountAt].ContainsAnyExcept((byte)0)
            || _bytes[(GenerationAt + 4)..SizeAt].ContainsAnyExcept((byte)0)
            || _bytes[(SizeAt + 8)..PointersAt].ContainsAnyExcept((byte)0)
            || _bytes[(PointersAt + (OnDiskFormat.InodePointers * OnDiskFormat.PointerSize))..].ContainsAnyExcept((byte)0))
            return "bytes that must be zero are not";
        return null;
    }
}

/// <summary>An inode in the cache. Setters belong to the open step.</summary>
internal sealed class Inode(InodeNumber number, CachedBlock block, int offset)
{
    public InodeNumber Number { get; } = number;

    public InodeView View => new(block.Bytes.Slice(offset, OnDiskFormat.InodeSize));

    public FileType Type => View.Type;

    public bool IsDirectory => Type == FileType.Directory;

    public InodeAttributes Attributes => new(Number, Type, LinkCount, Size);

    public int LinkCount
    {
        get => (int)View.LinkCount;
        set => BinaryPrimitives.WriteUInt32LittleEndian(Change(InodeView.LinkCountAt), (uint)value);
    }

    public long Size
    {
        get => View.Size;
        set => BinaryPrimitives.WriteInt64LittleEndian(Change(InodeView.SizeAt), value);
    }

    public bool HoldsTarget => View.HoldsTarget;

    public uint GetPointer(int slot) => View.Pointer(slot);

    public void SetPointer(int slot, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(
        Change(InodeView.PointersAt + (slot * OnDiskFormat.PointerSize)), value);

    /// <summary>Has a symbolic link hold its target itself, which is short enough.</summary>
    public void HoldTarget(ReadOnlySpan<byte> target)
    {
        Size = target.Length;
        target.CopyTo(Change(InodeView.PointersAt));
    }

    /// <summary>Makes it a new, empty inode without links, of the next generation.</summary>
    public void Reset(FileType type)
    {
        uint generation = unchecked(View.Generation + 1);
        Span<byte> bytes = Change(0)[..OnDiskFormat.InodeSize];
        bytes.Clear();
        bytes[InodeView.TypeAt] = (byte)type;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[InodeView.GenerationAt..], generation);
    }

    /// <summary>Clears all but the generation.</summary>
    public void Clear()
    {
        uint generation = View.Generation;
        Span<byte> bytes = Change(0)[..OnDiskFormat.InodeSize];
        bytes.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[InodeView.GenerationAt..], generation);
    }

    private Span<byte> Change(int at) => block.Change()[(offset + at)..];
}
