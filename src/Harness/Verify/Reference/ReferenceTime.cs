using Raid5Fs.FileSystem;

namespace Raid5Verify.Reference;

/*
 * What the reference knows of time: nothing but the order of the operations. That a file was changed by the fifth
 * operation is its modify time; when that was, whoever did the operation to both sides says afterwards, as well as it knows.
 */

/// <summary>A time of the reference: an operation's, or one that was given.</summary>
public readonly record struct ReferenceTime
{
    private readonly int _operation;
    private readonly Timestamp? _given;

    private ReferenceTime(int operation, Timestamp? given) => (_operation, _given) = (operation, given);

    /// <summary>When an operation was done.</summary>
    public static ReferenceTime Of(int operation) => new(operation, null);

    public static ReferenceTime Given(Timestamp time) => new(0, time);

    /// <summary>Within which times it lies.</summary>
    public TimeRange In(ReferenceClock clock) => _given is { } time ? TimeRange.Only(time) : clock[_operation];

    public override string ToString() => _given is { } time ? time.ToString() : $"operation {_operation}";
}

/// <summary>When each operation was done, as far as that is known.</summary>
/// <remarks>One for a file system and all of its copies.</remarks>
public sealed class ReferenceClock
{
    /// <summary>The number of what made the file system: the first operation is 0.</summary>
    public const int Mkfs = -1;

    private readonly Dictionary<int, TimeRange> _operations = [];

    /// <summary>Of an operation that nothing was said of: any time.</summary>
    public TimeRange this[int operation]
    {
        get => _operations.GetValueOrDefault(operation, TimeRange.Any);
        set => _operations[operation] = value;
    }
}

/// <summary>All times from one to another, both included.</summary>
public readonly record struct TimeRange(Timestamp Earliest, Timestamp Latest)
{
    public static TimeRange Any { get; } = new(new Timestamp(long.MinValue), new Timestamp(long.MaxValue));

    public static TimeRange Only(Timestamp time) => new(time, time);

    /// <summary>Any time from one on.</summary>
    public static TimeRange From(Timestamp time) => new(time, Any.Latest);

    public bool Overlaps(TimeRange other) => Earliest <= other.Latest && other.Earliest <= Latest;

    public override string ToString() => Earliest == Latest ? $"{Earliest}" : $"{Earliest} to {Latest}";
}

/// <summary>The three times of an inode, each as well as it is known.</summary>
public readonly record struct InodeTimes(TimeRange Access, TimeRange Modify, TimeRange Change)
{
    /// <summary>Those that a file system tells.</summary>
    public static InodeTimes Of(InodeAttributes attributes) => new(
        TimeRange.Only(attributes.AccessTime), TimeRange.Only(attributes.ModifyTime), TimeRange.Only(attributes.ChangeTime));

    /// <summary>What of it cannot be what another one says; null if all can.</summary>
    public string? FirstDifference(InodeTimes other) =>
        !Access.Overlaps(other.Access) ? $"accessed {Access}"
        : !Modify.Overlaps(other.Modify) ? $"modified {Modify}"
        : !Change.Overlaps(other.Change) ? $"changed {Change}"
        : null;
}
