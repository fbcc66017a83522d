namespace Raid5Verify.Scenarios;

/// <summary>The range of a field, both ends included: bytes for a size, milliseconds for a time.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BetweenAttribute(long min, long max) : Attribute
{
    public long Min { get; } = min;

    public long Max { get; } = max;
}

/// <summary>The field that stands right behind a step's tag in YAML: <c>- read: /diary</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SubjectAttribute : Attribute;
