using System.Globalization;

namespace Raid5Fs.FileSystem;

/// <summary>What an inode is. The numbers are those of the on-disk format.</summary>
public enum FileType : byte
{
    None = 0,
    Regular = 1,
    Directory = 2,
    SymbolicLink = 3,
    Fifo = 4,
    Socket = 5,
    CharacterDevice = 6,
    BlockDevice = 7,
}

/// <summary>
/// The twelve permission bits of an inode: set-user-id, set-group-id and sticky, then read, write and execute for its owner, its
/// group and all others. Written in octal, as in <c>0644</c>.
/// </summary>
/// <param name="Bits">0 to 07777; other bits are no permissions and are left out.</param>
public readonly record struct Permissions(ushort Bits)
{
    public const ushort All = 0b111_111_111_111;
    public const ushort SetUser = 0b100_000_000_000;
    public const ushort SetGroup = 0b010_000_000_000;
    public const ushort SetIds = SetUser | SetGroup;
    public const ushort GroupExecute = 0b001_000;

    /// <summary>0644: what a file is made with where nothing else is said.</summary>
    public static Permissions OfFile { get; } = new(0b110_100_100);

    /// <summary>0755: what a directory is made with where nothing else is said.</summary>
    public static Permissions OfDirectory { get; } = new(0b111_101_101);

    /// <summary>0777: what every symbolic link has.</summary>
    public static Permissions OfSymbolicLink { get; } = new(0b111_111_111);

    public ushort Bits { get; } = (ushort)(Bits & All);

    /// <summary>Four octal digits at most, a leading 0 or none.</summary>
    public static bool TryParse(string text, out Permissions permissions)
    {
        int bits = 0;
        bool isOctal = text.Length is > 0 and <= 5 && text.All(static digit => digit is >= '0' and <= '7');
        foreach (char digit in isOctal ? text : string.Empty)
            bits = (bits * 8) + (digit - '0');
        permissions = new Permissions((ushort)bits);
        return isOctal && bits <= All;
    }

    /// <summary>Whether any of these bits is among them.</summary>
    public bool Has(ushort bits) => (Bits & bits) != 0;

    public Permissions With(ushort bits) => new((ushort)(Bits | bits));

    public Permissions Without(ushort bits) => new((ushort)(Bits & ~bits));

    /// <summary>What a change of owner leaves of those of anything but a directory, so that nobody gets another's rights by it.</summary>
    public Permissions AfterChangeOfOwner() => Without(Has(GroupExecute) ? SetIds : SetUser);

    public override string ToString() => "0" + Convert.ToString(Bits, 8).PadLeft(3, '0');
}

/// <summary>A point in time, as an inode holds it: the years 1677 to 2262.</summary>
/// <param name="Nanoseconds">Since the beginning of 1970, UTC; negative before.</param>
public readonly record struct Timestamp(long Nanoseconds) : IComparable<Timestamp>
{
    private const long PerSecond = 1_000_000_000;

    public static Timestamp Now(TimeProvider clock) =>
        new((clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);

    /// <summary>Seconds with nine decimals.</summary>
    public static bool TryParse(string text, out Timestamp time)
    {
        bool isNumber = decimal.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds);
        bool fits = isNumber && Math.Abs(seconds) < long.MaxValue / PerSecond && seconds * PerSecond % 1 == 0;
        time = new Timestamp(fits ? (long)(seconds * PerSecond) : 0);
        return fits;
    }

    public static bool operator <(Timestamp left, Timestamp right) => left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(Timestamp left, Timestamp right) => left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(Timestamp left, Timestamp right) => left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(Timestamp left, Timestamp right) => left.Nanoseconds >= right.Nanoseconds;

    public int CompareTo(Timestamp other) => Nanoseconds.CompareTo(other.Nanoseconds);

    public override string ToString() =>
        ((decimal)Nanoseconds / PerSecond).ToString("0.#########", CultureInfo.InvariantCulture);
}

/// <summary>Which device a device node stands for; the file system keeps it and does nothing with it.</summary>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    public override string ToString() => $"{Major}:{Minor}";
}

/// <summary>Who an inode belongs to, and what may be done with it.</summary>
/// <param name="Permissions">For whom what.</param>
/// <param name="User">Its owner; 0 is the superuser.</param>
/// <param name="Group">Its group.</param>
public readonly record struct Ownership(Permissions Permissions, uint User = 0, uint Group = 0);

/// <summary>What <c>stat</c> tells of an inode.</summary>
/// <param name="Inode">Its number.</param>
/// <param name="Type">What it is.</param>
/// <param name="LinkCount">Entries that lead here: for a directory 2 + its subdirectories.</param>
/// <param name="Size">
/// Bytes; of a symbolic link, those of its target. For a directory an implementation's own figure, not compared between
/// implementations.
/// </param>
public readonly record struct InodeAttributes(InodeNumber Inode, FileType Type, int LinkCount, long Size)
{
    public Ownership Owner { get; init; }

    /// <summary>Of a device node; of all else 0:0.</summary>
    public DeviceNumber Device { get; init; }

    /// <summary>Blocks of the file system that it takes, those of its pointers included: an implementation's own figure.</summary>
    public long Blocks { get; init; }

    /// <summary>Which of the inodes that have had this number it is: an implementation's own figure.</summary>
    public uint Generation { get; init; }

    /// <summary>When it was made, or what it was last set to: reading does not change it, as nothing is written for a read.</summary>
    public Timestamp AccessTime { get; init; }

    /// <summary>When its content last changed, or what that was last set to.</summary>
    public Timestamp ModifyTime { get; init; }

    /// <summary>When its content or anything told here last changed.</summary>
    public Timestamp ChangeTime { get; init; }
}

/// <summary>What is to be set of an inode, all at once; what is null stays as it is.</summary>
public sealed record AttributeChange
{
    public Permissions? Permissions { get; init; }

    /// <summary>
    /// As <c>chown</c> is told. Of anything but a directory it also takes the set-user-id bit, and the set-group-id bit where the
    /// group may execute it, even if both stay who they are.
    /// </summary>
    public OwnerChange? Owner { get; init; }

    public TimeSetting? AccessTime { get; init; }

    public TimeSetting? ModifyTime { get; init; }
}

/// <summary>Who an inode is to belong to; null stays who it is.</summary>
public readonly record struct OwnerChange(uint? User, uint? Group);

/// <summary>What a time is to be set to.</summary>
public readonly record struct TimeSetting
{
    private readonly Timestamp? _time;

    private TimeSetting(Timestamp? time) => _time = time;

    /// <summary>The time at which it is set.</summary>
    public static TimeSetting Now => default;

    public bool IsNow => _time is null;

    public static TimeSetting At(Timestamp time) => new(time);

    public static bool TryParse(string text, out TimeSetting setting)
    {
        bool isTime = Timestamp.TryParse(text, out Timestamp time);
        setting = isTime ? At(time) : Now;
        return isTime || text == "now";
    }

    /// <param name="now">The time at which it is set.</param>
    public Timestamp Resolve(Timestamp now) => _time ?? now;

    public override string ToString() => _time is { } time ? time.ToString() : "now";
}
