using System.Globalization;
using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

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

    public static Answer Of(Result<byte[]> read) =>
        read.IsOk
            ? new Answer(Errno.OK, $"{read.Value.Length} bytes") { Bytes = read.Value }
            : new Answer(read.Error);

    public static Answer Of(Result<int> count) =>
        count.IsOk ? new Answer(Errno.OK, $"{count.Value} bytes") { Written = count.Value } : new Answer(count.Error);

    /// <summary>Inode numbers are an implementation's own business, and so is the size of a directory.</summary>
    public static Answer Of(Result<InodeAttributes> attributes) =>
        !attributes.IsOk ? new Answer(attributes.Error)
        : attributes.Value.Type == FileType.Directory ? new Answer(Errno.OK, $"directory, {attributes.Value.LinkCount} links")
        : new Answer(Errno.OK, $"{NameOf(attributes.Value.Type)}, {attributes.Value.LinkCount} links, {attributes.Value.Size} bytes");

    /// <summary>The target of a symbolic link, which is a path.</summary>
    public static Answer OfTarget(Result<byte[]> target) =>
        target.IsOk ? new Answer(Errno.OK, Encoding.UTF8.GetString(target.Value)) : new Answer(target.Error);

    /// <summary>The order of a directory's entries is an implementation's own business.</summary>
    public static Answer Of(Result<IReadOnlyList<DirectoryEntry>> entries) =>
        entries.IsOk
            ? new Answer(Errno.OK, string.Join(' ', entries.Value.OrderBy(entry => entry.Name).Select(Describe)))
            : new Answer(entries.Error);

    /// <summary>Whether this is a read that ended earlier than another one, with the same bytes up to there.</summary>
    public bool IsBeginningOf(Answer whole) =>
        Bytes.Length > 0 && Bytes.Length < whole.Bytes.Length && whole.Bytes.Span.StartsWith(Bytes.Span);

    public bool Equals(Answer? other) =>
        other is not null && Error == other.Error && Text == other.Text && Bytes.Span.SequenceEqual(other.Bytes.Span);

    public override int GetHashCode() => HashCode.Combine(Error, Text);

    public override string ToString() => Error != Errno.OK ? Error.ToString() : Text.Length > 0 ? Text : "OK";

    /// <summary>How this answer reads beside another one: bytes are shown from where they part.</summary>
    public string DescribeAgainst(Answer other)
    {
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
        _ => entry.Name.ToString(),
    };

    private static string NameOf(FileType type) => type == FileType.SymbolicLink ? "symbolic link" : "file";
}
