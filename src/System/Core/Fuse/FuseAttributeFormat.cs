using Raid5Fs.FileSystem;

namespace Raid5Fs.Fuse;

/// <summary>Attributes as the wire has them: mode, times and device numbers.</summary>
public static class FuseAttributeFormat
{
    private const long PerSecond = 1_000_000_000;
    private const int SectorSize = 512;
    private const int TypeShift = 12;

    /// <summary>The <c>S_IF*</c> of each type of inode, shifted down: what a directory entry has, too.</summary>
    private static readonly (FileType Type, uint Number)[] Types =
    [
        (FileType.Regular, 8),
        (FileType.Directory, 4),
        (FileType.SymbolicLink, 10),
        (FileType.Fifo, 1),
        (FileType.Socket, 12),
        (FileType.CharacterDevice, 2),
        (FileType.BlockDevice, 6),
    ];

    /// <param name="inode">As the file system tells it.</param>
    /// <param name="blockSize">Bytes of a block of the file system.</param>
    public static FuseAttributes Encode(in InodeAttributes inode, int blockSize)
    {
        (long accessSeconds, uint accessNanoseconds) = Split(inode.AccessTime);
        (long modifySeconds, uint modifyNanoseconds) = Split(inode.ModifyTime);
        (long changeSeconds, uint changeNanoseconds) = Split(inode.ChangeTime);
        return new FuseAttributes(
            inode.Inode.Value,
            (ulong)inode.Size,
            (ulong)(inode.Blocks * blockSize / SectorSize),
            accessSeconds,
            modifySeconds,
            changeSeconds,
            accessNanoseconds,
            modifyNanoseconds,
            changeNanoseconds,
            EncodeMode(inode.Type, inode.Owner.Permissions),
            (uint)inode.LinkCount,
            inode.Owner.User,
            inode.Owner.Group,
            Encode(inode.Device),
            (uint)blockSize,
            Flags: 0);
    }

    /// <summary>The other way; the generation is not among them.</summary>
    public static InodeAttributes Decode(in FuseAttributes wire, int blockSize) =>
        new(new InodeNumber((uint)wire.Inode), DecodeType(wire.Mode >> TypeShift), (int)wire.Links, (long)wire.Size)
        {
            Owner = new Ownership(DecodePermissions(wire.Mode), wire.User, wire.Group),
            Device = DecodeDevice(wire.Device),
            Blocks = (long)wire.Sectors * SectorSize / blockSize,
            AccessTime = Join(wire.AccessSeconds, wire.AccessNanoseconds),
            ModifyTime = Join(wire.ModifySeconds, wire.ModifyNanoseconds),
            ChangeTime = Join(wire.ChangeSeconds, wire.ChangeNanoseconds),
        };

    public static uint EncodeMode(FileType type, Permissions permissions) => (EncodeType(type) << TypeShift) | permissions.Bits;

    public static uint EncodeType(FileType type) => Array.Find(Types, known => known.Type == type).Number;

    /// <summary><see cref="FileType.None"/> for a number that is none of a type.</summary>
    public static FileType DecodeType(uint number) => Array.Find(Types, known => known.Number == number).Type;

    public static FileType TypeOfMode(uint mode) => DecodeType(mode >> TypeShift);

    public static Permissions DecodePermissions(uint mode) => new((ushort)(mode & Permissions.All));

    /// <summary>Twelve bits of the major and twenty of the minor number are kept.</summary>
    public static uint Encode(DeviceNumber device) =>
        (device.Minor & 0xff) | ((device.Major & 0xfff) << 8) | ((device.Minor & 0xfff00) << 12);

    public static DeviceNumber DecodeDevice(uint device) =>
        new((device >> 8) & 0xfff, (device & 0xff) | ((device >> 12) & 0xfff00));

    public static (long Seconds, uint Nanoseconds) Split(Timestamp time)
    {
        long seconds = Math.DivRem(time.Nanoseconds, PerSecond, out long nanoseconds);
        return nanoseconds >= 0 ? (seconds, (uint)nanoseconds) : (seconds - 1, (uint)(nanoseconds + PerSecond));
    }

    /// <summary>The nearest time that an inode can hold.</summary>
    public static Timestamp Join(long seconds, uint nanoseconds)
    {
        Int128 all = ((Int128)seconds * PerSecond) + nanoseconds;
        return new Timestamp((long)Int128.Clamp(all, long.MinValue, long.MaxValue));
    }

    /// <summary>A span of time, as the kernel is told for how long it may believe something.</summary>
    internal static (ulong Seconds, uint Nanoseconds) Split(TimeSpan span) =>
        ((ulong)(span.Ticks / TimeSpan.TicksPerSecond), (uint)(span.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick));
}
