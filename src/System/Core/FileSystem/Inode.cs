using System.Buffers.Binary;
using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>The bytes of an inode, read.</summary>
internal readonly ref struct InodeView(ReadOnlySpan<byte> bytes)
{
    public const int TypeAt = 0;
    public const int PermissionsAt = 2;
    public const int LinkCountAt = 4;
    public const int GenerationAt = 8;
    public const int UserAt = 12;
    public const int SizeAt = 16;
    public const int GroupAt = 24;
    public const int BlocksAt = 28;
    public const int AccessTimeAt = 32;
    public const int ModifyTimeAt = 40;
    public const int ChangeTimeAt = 48;
    public const int NextOrphanAt = 56;
    public const int PreviousOrphanAt = 60;
    public const int PointersAt = 64;
    public const int ParentAt = PointersAt;
    public const int DirectoryRootAt = ParentAt + sizeof(uint);
    public const int DirectoryRootEnd = DirectoryRootAt + OnDiskFormat.DirectoryRootSize;
    public const int AttributeBlockAt = 124;
    public const int PointersEnd = PointersAt + (OnDiskFormat.InodePointers * OnDiskFormat.PointerSize);

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public FileType Type => (FileType)_bytes[TypeAt];

    public Ownership Owner => new(
        new Permissions(BinaryPrimitives.ReadUInt16LittleEndian(_bytes[PermissionsAt..])), ReadUInt32(UserAt), ReadUInt32(GroupAt));

    /// <summary>0: it is an orphan.</summary>
    public uint LinkCount => ReadUInt32(LinkCountAt);

    public InodeNumber NextOrphan => new(ReadUInt32(NextOrphanAt));

    public InodeNumber PreviousOrphan => new(ReadUInt32(PreviousOrphanAt));

    public uint Generation => ReadUInt32(GenerationAt);

    /// <summary>Bytes.</summary>
    public long Size => BinaryPrimitives.ReadInt64LittleEndian(_bytes[SizeAt..]);

    /// <summary>Blocks that it takes, those of its pointers included.</summary>
    public uint Blocks => ReadUInt32(BlocksAt);

    /// <summary>The block of its extended attributes; 0 if it has none.</summary>
    public uint AttributeBlock => ReadUInt32(AttributeBlockAt);

    /// <summary>Whether it has pointers to its content; all others have other things where those would be.</summary>
    public bool HasPointers => Type == FileType.Regular || (Type == FileType.SymbolicLink && !HoldsTarget);

    /// <summary>The directory that a directory is in.</summary>
    public InodeNumber Parent => new(ReadUInt32(ParentAt));

    /// <summary>The bytes of the <see cref="DirectoryIndex"/> that is the root of a directory's tree.</summary>
    public ReadOnlySpan<byte> DirectoryRoot => _bytes[DirectoryRootAt..DirectoryRootEnd];

    /// <summary>Whether it is a symbolic link that holds its target itself: it has no pointers.</summary>
    public bool HoldsTarget => Type == FileType.SymbolicLink && Size <= OnDiskFormat.InlineTargetLimit;

    /// <summary>The target of a link that <see cref="HoldsTarget"/>.</summary>
    public ReadOnlySpan<byte> Target => _bytes.Slice(PointersAt, (int)Size);

    /// <summary>All bytes that hold pointers, or what is there instead of them.</summary>
    public ReadOnlySpan<byte> InlineBytes => _bytes[PointersAt..PointersEnd];

    /// <param name="slot">0 to 14: direct, then single, double and triple indirect.</param>
    public uint Pointer(int slot) =>
        BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(PointersAt + (slot * OnDiskFormat.PointerSize))..]);

    /// <summary>Which device it stands for; 0:0 if it is none.</summary>
    public DeviceNumber Device =>
        OnDiskFormat.IsDevice(Type) ? new(ReadUInt32(PointersAt), ReadUInt32(PointersAt + sizeof(uint))) : default;

    /// <summary>Writes the inode of a new root directory into zeros.</summary>
    public static void WriteRoot(Span<byte> bytes, Timestamp now)
    {
        WriteNew(bytes, FileType.Directory, new Ownership(Permissions.OfDirectory), generation: 1, now);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[LinkCountAt..], 2);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ParentAt..], OnDiskFormat.RootInode.Value);
    }

    /// <summary>Writes what all new inodes begin as into zeros.</summary>
    public static void WriteNew(Span<byte> bytes, FileType type, Ownership owner, uint generation, Timestamp now)
    {
        bytes[TypeAt] = (byte)type;
        WriteOwner(bytes, owner);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[GenerationAt..], generation);
        foreach (int at in (ReadOnlySpan<int>)[AccessTimeAt, ModifyTimeAt, ChangeTimeAt])
            BinaryPrimitives.WriteInt64LittleEndian(bytes[at..], now.Nanoseconds);
    }

    public static void WriteOwner(Span<byte> bytes, Ownership owner)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[PermissionsAt..], owner.Permissions.Bits);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[UserAt..], owner.User);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[GroupAt..], owner.Group);
    }

    /// <param name="at">Where in the inode it stands.</param>
    public Timestamp Time(int at) => new(BinaryPrimitives.ReadInt64LittleEndian(_bytes[at..]));

    public void CopyTo(Span<byte> destination) => _bytes.CopyTo(destination);

    public bool Equals(ReadOnlySpan<byte> bytes) => _bytes.SequenceEqual(bytes);

    /// <summary>What contradicts the format in an inode that is in use, or null.</summary>
    public string? Contradiction(VolumeLayout layout)
    {
        if (!OnDiskFormat.IsType(Type))
            return $"its type is {(int)Type}";
        if (LinkCount > layout.LinkLimit)
            return $"its link count is {LinkCount}, the limit {layout.LinkLimit}";
        if (Size < 0 || (HasPointers && Size > layout.MaxFileSize))
            return $"its size is {Size} bytes, the limit {layout.MaxFileSize}";
        uint ownBlocks = Blocks - (AttributeBlock == 0 ? 0u : 1);
        if (Type == FileType.Directory && Size != (long)ownBlocks * layout.BlockSize)
            return $"it is a directory of {Size} bytes with {ownBlocks} blocks";
        if (Type == FileType.Directory && LinkCount == 1)
            return $"it is a directory with {LinkCount} link";
        if (Type == FileType.Directory && LinkCount == 0 && Size != 0)
            return $"it is a directory that was removed, of {Size} bytes";
        if (Type == FileType.Directory && !layout.Contains(Parent))
            return $"its parent is {Parent}; there are {layout.InodeCount}";
        if (Type == FileType.Directory && DirectoryIndex.RootFault(DirectoryRoot, layout.MaxDirectoryHeight) is { } fault)
            return $"the root of its tree {fault}";
        if (Type == FileType.SymbolicLink && (Size == 0 || Size > layout.TargetLimit))
            return $"it is a symbolic link to a target of {Size} bytes, the limit {layout.TargetLimit}";
        if (Type == FileType.SymbolicLink && !HoldsTarget && Pointer(0) == 0)
            return "it is a symbolic link without the block of its target";
        int used = Type switch
        {
            _ when HasPointers => PointersEnd,
            FileType.Directory => DirectoryRootEnd,
            FileType.SymbolicLink => PointersAt + (int)Size,
            _ when OnDiskFormat.IsDevice(Type) => PointersAt + (2 * sizeof(uint)),
            _ => PointersAt,
        };
        if (!HasPointers && Type != FileType.Directory && ownBlocks != 0)
            return $"it has {Blocks} blocks and no pointers to them";
        if (!HasPointers && Type is not (FileType.SymbolicLink or FileType.Directory) && Size != 0)
            return $"its size is {Size} bytes, but it has no content";
        if (_bytes[1] != 0
            || BinaryPrimitives.ReadUInt16LittleEndian(_bytes[PermissionsAt..]) > Permissions.All
            || (LinkCount > 0 && _bytes[NextOrphanAt..PointersAt].ContainsAnyExcept((byte)0))
            || _bytes[used..AttributeBlockAt].ContainsAnyExcept((byte)0))
            return "bytes that must be zero are not";
        return null;
    }

    private uint ReadUInt32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[at..]);
}

/// <summary>An inode in the cache. Setters belong to the open step.</summary>
internal sealed class Inode(InodeNumber number, CachedBlock block, int offset)
{
    public InodeNumber Number { get; } = number;

    public InodeView View => new(block.Bytes.Slice(offset, OnDiskFormat.InodeSize));

    public FileType Type
    {
        get => View.Type;
        set => Change(InodeView.TypeAt)[0] = (byte)value;
    }

    public bool IsDirectory => Type == FileType.Directory;

    public InodeAttributes Attributes
    {
        get
        {
            InodeView view = View;
            return new InodeAttributes(Number, view.Type, (int)view.LinkCount, view.Size)
            {
                Owner = view.Owner,
                Device = view.Device,
                Blocks = view.Blocks,
                Generation = view.Generation,
                AccessTime = view.Time(InodeView.AccessTimeAt),
                ModifyTime = view.Time(InodeView.ModifyTimeAt),
                ChangeTime = view.Time(InodeView.ChangeTimeAt),
            };
        }
    }

    public Ownership Owner
    {
        get => View.Owner;
        set => InodeView.WriteOwner(Change(0), value);
    }

    /// <summary>Blocks that it takes, those of its pointers included.</summary>
    public uint Blocks
    {
        get => View.Blocks;
        set => BinaryPrimitives.WriteUInt32LittleEndian(Change(InodeView.BlocksAt), value);
    }

    public int LinkCount
    {
        get => (int)View.LinkCount;
        set => BinaryPrimitives.WriteUInt32LittleEndian(Change(InodeView.LinkCountAt), (uint)value);
    }

    public InodeNumber NextOrphan
    {
        get => View.NextOrphan;
        set => BinaryPrimitives.WriteUInt32LittleEndian(Change(InodeView.NextOrphanAt), value.Value);
    }

    public InodeNumber PreviousOrphan
    {
        get => View.PreviousOrphan;
        set => BinaryPrimitives.WriteUInt32LittleEndian(Change(InodeView.PreviousOrphanAt), value.Value);
    }

    public long Size
    {
        get => View.Size;
        set => BinaryPrimitives.WriteInt64LittleEndian(Change(InodeView.SizeAt), value);
    }

    public bool HoldsTarget => View.HoldsTarget;

    /// <summary>The block of its extended attributes; 0 if it has none.</summary>
    public uint AttributeBlock
    {
        get => View.AttributeBlock;
        set => BinaryPrimitives.WriteUInt32LittleEndian(Change(InodeView.AttributeBlockAt), value);
    }

    public bool HasPointers => View.HasPointers;

    /// <summary>The directory that a directory is in.</summary>
    public InodeNumber Parent
    {
        get => View.Parent;
        set => BinaryPrimitives.WriteUInt32LittleEndian(Change(InodeView.ParentAt), value.Value);
    }

    /// <summary>The bytes of <see cref="InodeView.DirectoryRoot"/> for changing.</summary>
    public Span<byte> ChangeDirectoryRoot() => Change(InodeView.DirectoryRootAt)[..OnDiskFormat.DirectoryRootSize];

    public uint GetPointer(int slot) => View.Pointer(slot);

    public void SetPointer(int slot, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(
        Change(InodeView.PointersAt + (slot * OnDiskFormat.PointerSize)), value);

    /// <summary>Has a symbolic link hold its target itself, which is short enough.</summary>
    public void HoldTarget(ReadOnlySpan<byte> target)
    {
        Size = target.Length;
        target.CopyTo(Change(InodeView.PointersAt));
    }

    /// <summary>Has a device node stand for a device.</summary>
    public void SetDevice(DeviceNumber device)
    {
        Span<byte> bytes = Change(InodeView.PointersAt);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, device.Major);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[sizeof(uint)..], device.Minor);
    }

    /// <summary>Sets what a caller asks for: EOPNOTSUPP.</summary>
    public Errno Apply(AttributeChange change, Timestamp now)
    {
        if (change.Permissions is not null && Type == FileType.SymbolicLink)
            return Errno.EOPNOTSUPP;
        Ownership owner = Owner;
        if (change.Owner is { } newOwner)
        {
            owner = new Ownership(
                IsDirectory ? owner.Permissions : owner.Permissions.AfterChangeOfOwner(),
                newOwner.User ?? owner.User,
                newOwner.Group ?? owner.Group);
        }

        Owner = owner with { Permissions = change.Permissions ?? owner.Permissions };
        if (change.AccessTime is { } access)
            SetTime(InodeView.AccessTimeAt, access.Resolve(now));
        if (change.ModifyTime is { } modify)
            SetTime(InodeView.ModifyTimeAt, modify.Resolve(now));
        NoteChanged(now);
        return Errno.OK;
    }

    /// <summary>Its content, or its entries, changed.</summary>
    public void NoteModified(Timestamp now)
    {
        SetTime(InodeView.ModifyTimeAt, now);
        SetTime(InodeView.ChangeTimeAt, now);
    }

    /// <summary>Something of it changed, but not its content.</summary>
    public void NoteChanged(Timestamp now) => SetTime(InodeView.ChangeTimeAt, now);

    /// <summary>Makes it a new, empty inode without links, of the next generation.</summary>
    public void Reset(FileType type, Ownership owner, Timestamp now)
    {
        uint generation = unchecked(View.Generation + 1);
        Span<byte> bytes = ChangeAll();
        bytes.Clear();
        InodeView.WriteNew(bytes, type, owner, generation, now);
    }

    /// <summary>All of its bytes for changing.</summary>
    public Span<byte> ChangeAll() => Change(0)[..OnDiskFormat.InodeSize];

    /// <summary>Clears all but the generation.</summary>
    public void Clear()
    {
        uint generation = View.Generation;
        Span<byte> bytes = ChangeAll();
        bytes.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[InodeView.GenerationAt..], generation);
    }

    private void SetTime(int at, Timestamp time) => BinaryPrimitives.WriteInt64LittleEndian(Change(at), time.Nanoseconds);

    private Span<byte> Change(int at) => block.Change()[(offset + at)..];
}
