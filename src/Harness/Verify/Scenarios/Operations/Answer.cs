using System.Globalization;
using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>What a file operation answered, in a form in which two implementations' answers are equal or differ.</summary>
/// <param name="Error">The errno; the rest is empty unless it is OK.</param>
/// <param name="Text">Attributes, names or counts, as a person would write them.</param>
public sealed record Answer(Errno Error, string Text = "")
{
    /// <summary>The bytes that a read returned.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private init; }

    /// <summary>The bytes that a write wrote; null for all else.</summary>
    public int? Written { get; private init; }

    /// <summary>The times of an inode; null for all else.</summary>
    public InodeTimes? Times { get; private init; }

    /// <summary>What is free of a file system: null for all else.</summary>
    public FreeSpace? Free { get; private init; }

    /// <summary>What there is of a file system.</summary>
    /// <param name="statistics">What was answered.</param>
    /// <param name="free">What of it is free.</param>
    public static Answer Of(Result<FileSystemStatistics> statistics, Func<FileSystemStatistics, FreeSpace> free)
    {
        if (!statistics.IsOk)
        {
            return new Answer(statistics.Error);
        }

        FileSystemStatistics all = statistics.Value;
        return new Answer(Errno.OK, $"{all.Blocks} blocks of {all.BlockSize} bytes, {all.Inodes} inodes, names to {all.MaxNameLength} bytes")
        {
            Free = free(all),
        };
    }

    public static Answer Of(Result<byte[]> read) =>
        read.IsOk
            ? new Answer(Errno.OK, $"{read.Value.Length} bytes") { Bytes = read.Value }
            : new Answer(read.Error);

    public static Answer Of(Result<int> count) =>
        count.IsOk ? new Answer(Errno.OK, $"{count.Value} bytes") { Written = count.Value } : new Answer(count.Error);

    /// <summary>Inode numbers are an implementation's own business, and so is the size of a directory.</summary>
    /// <param name="attributes">What the system answered.</param>
    public static Answer Of(Result<InodeAttributes> attributes) => Of(attributes, InodeTimes.Of);

    /// <param name="attributes">What was answered.</param>
    /// <param name="times">When it was made and changed.</param>
    public static Answer Of(Result<InodeAttributes> attributes, Func<InodeAttributes, InodeTimes> times)
    {
        if (!attributes.IsOk)
        {
            return new Answer(attributes.Error);
        }

        InodeAttributes found = attributes.Value;
        Ownership owner = found.Owner;
        string own = found.Type switch
        {
            FileType.Regular or FileType.SymbolicLink => $", {found.Size} bytes",
            FileType.CharacterDevice or FileType.BlockDevice => $", {found.Device}",
            _ => string.Empty,
        };
        string text = $"{NameOf(found.Type)} {owner.Permissions} of {owner.User}:{owner.Group}, {found.LinkCount} links{own}";
        return new Answer(Errno.OK, text) { Times = times(found) };
    }

    /// <summary>The target of a symbolic link, which is a path.</summary>
    public static Answer OfTarget(Result<byte[]> target) =>
        target.IsOk ? new Answer(Errno.OK, Encoding.UTF8.GetString(target.Value)) : new Answer(target.Error);

    /// <summary>Names of which the order is an implementation's own business.</summary>
    public static Answer OfNames(Result<IReadOnlyList<string>> names) =>
        names.IsOk ? new Answer(Errno.OK, string.Join(' ', names.Value.Order(StringComparer.Ordinal))) : new Answer(names.Error);

    /// <summary>The order of a directory's entries is an implementation's own business.</summary>
    public static Answer Of(Result<IReadOnlyList<DirectoryEntry>> entries) =>
        entries.IsOk
            ? new Answer(Errno.OK, string.Join(' ', entries.Value.OrderBy(entry => entry.Name).Select(Describe)))
            : new Answer(entries.Error);

    /// <summary>Whether this is a read that ended earlier than another one, with the same bytes up to there.</summary>
    public bool IsBeginningOf(Answer whole) =>
        Bytes.Length > 0 && Bytes.Length < whole.Bytes.Length && whole.Bytes.Span.StartsWith(Bytes.Span);

    /// <summary>Whether less is free than another one says, and nothing else is otherwise.</summary>
    public bool HasLessSpaceThan(Answer other) =>
        Free is { } own && other.Free is { } others && this == other with { Free = own }
        && own.Blocks.Least <= others.Blocks.Most && own.Inodes <= others.Inodes;

    /// <summary>Whether both say the same. Times and free blocks do if they may be the same: the reference knows them no better.</summary>
    public bool Equals(Answer? other) =>
        other is not null && Error == other.Error && Text == other.Text && Bytes.Span.SequenceEqual(other.Bytes.Span)
        && TimeDifference(other) is null && (Free is not { } own || other.Free is not { } others || own.MayBe(others));

    public override int GetHashCode() => HashCode.Combine(Error, Text);

    public override string ToString() =>
        Error != Errno.OK ? Error.ToString() : Text.Length == 0 ? "OK" : Free is { } free ? $"{Text}; {free}" : Text;

    /// <summary>How this answer reads beside another one: bytes are shown from where they part.</summary>
    public string DescribeAgainst(Answer other)
    {
        if (Text == other.Text && TimeDifference(other) is { } difference)
        {
            return $"{this}, {difference}";
        }

        int common = Bytes.Span.CommonPrefixLength(other.Bytes.Span);
        if (Error != Errno.OK || common == Bytes.Length && common == other.Bytes.Length)
        {
            return ToString();
        }

        ReadOnlySpan<byte> from = Bytes.Span[common..];
        string shown = Convert.ToHexStringLower(from[..Math.Min(16, from.Length)]);
        return string.Create(
            CultureInfo.InvariantCulture, $"{this}, from byte {common} on: {(shown.Length == 0 ? "nothing" : shown)}");
    }

    private static string Describe(DirectoryEntry entry) => entry.Type switch
    {
        FileType.Directory => $"{entry.Name}/",
        FileType.SymbolicLink => $"{entry.Name}@",
        FileType.Fifo => $"{entry.Name}|",
        FileType.Socket => $"{entry.Name}=",
        FileType.CharacterDevice or FileType.BlockDevice => $"{entry.Name} ({NameOf(entry.Type)})",
        _ => entry.Name.ToString(),
    };

    private static string NameOf(FileType type) => type switch
    {
        FileType.Regular => "file",
        FileType.SymbolicLink => "symbolic link",
        FileType.CharacterDevice => "character device",
        FileType.BlockDevice => "block device",
        _ => type.ToString().ToLowerInvariant(),
    };

    private string? TimeDifference(Answer other) =>
        Times is { } own && other.Times is { } others ? own.FirstDifference(others) : null;
}
