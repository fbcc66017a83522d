namespace Raid5Fs.FileSystem;

/// <summary>
/// The place of an entry among those of its directory: it stays the same as long as the entry has its name, so whoever reads a
/// directory part by part can go on from it, also after a crash.
/// </summary>
/// <param name="Value">0 to 2⁶³ − 1; 0 is before all entries.</param>
public readonly record struct EntryPosition(long Value) : IComparable<EntryPosition>
{
    /// <summary>Of <c>.</c>, a directory's entry for itself.</summary>
    public static EntryPosition OfDot => new(1);

    /// <summary>Of <c>..</c>, a directory's entry for its parent.</summary>
    public static EntryPosition OfDotDot => new(2);

    /// <summary>By which an entry is found: see <see cref="DirectoryTree"/>.</summary>
    internal uint Key => (uint)(Value >> 31);

    public static bool operator <(EntryPosition left, EntryPosition right) => left.Value < right.Value;

    public static bool operator >(EntryPosition left, EntryPosition right) => left.Value > right.Value;

    public static bool operator <=(EntryPosition left, EntryPosition right) => left.Value <= right.Value;

    public static bool operator >=(EntryPosition left, EntryPosition right) => left.Value >= right.Value;

    public int CompareTo(EntryPosition other) => Value.CompareTo(other.Value);
}
