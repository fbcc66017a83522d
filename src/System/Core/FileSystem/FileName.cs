using System.Text;

namespace Raid5Fs.FileSystem;

/// <summary>
/// The name of a directory entry: any bytes but <c>/</c> and NUL. Compared byte by byte, as UNIX does.
/// </summary>
/// <remarks>
/// The length limit belongs to the file system, which answers <see cref="Primitives.Errno.ENAMETOOLONG"/>. <c>default</c> is empty.
/// </remarks>
public readonly struct FileName : IEquatable<FileName>, IComparable<FileName>
{
    private readonly byte[]? _bytes;

    /// <param name="bytes">Copied. May be empty, which no entry is ever called.</param>
    /// <exception cref="ArgumentException">It contains <c>/</c> or NUL.</exception>
    public FileName(ReadOnlySpan<byte> bytes)
    {
        if (bytes.ContainsAny((byte)'/', (byte)0))
        {
            throw new ArgumentException("a file name contains neither '/' nor NUL", nameof(bytes));
        }

        _bytes = bytes.ToArray();
    }

    /// <summary>A name from text, as UTF-8.</summary>
    public FileName(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Length in bytes.</summary>
    public int Length => _bytes?.Length ?? 0;

    /// <summary>Whether it is <c>.</c>, a directory's entry for itself.</summary>
    public bool IsDot => Bytes.SequenceEqual("."u8);

    /// <summary>Whether it is <c>..</c>, a directory's entry for its parent.</summary>
    public bool IsDotDot => Bytes.SequenceEqual(".."u8);

    public static bool operator ==(FileName left, FileName right) => left.Equals(right);

    public static bool operator !=(FileName left, FileName right) => !left.Equals(right);

    public static bool operator <(FileName left, FileName right) => left.CompareTo(right) < 0;

    public static bool operator >(FileName left, FileName right) => left.CompareTo(right) > 0;

    public static bool operator <=(FileName left, FileName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(FileName left, FileName right) => left.CompareTo(right) >= 0;

    public bool Equals(FileName other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is FileName other && Equals(other);

    public override int GetHashCode() => unchecked((int)System.IO.Hashing.XxHash3.HashToUInt64(Bytes));

    public int CompareTo(FileName other) => Bytes.SequenceCompareTo(other.Bytes);

    public override string ToString() => Encoding.UTF8.GetString(Bytes);
}
