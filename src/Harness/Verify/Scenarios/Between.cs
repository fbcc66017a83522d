using System.Globalization;
using Raid5Verify.Reference;

namespace Raid5Verify.Scenarios;

/// <summary>The range of a field, both ends included: bytes for a size, milliseconds for a time.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal class BetweenAttribute(long min, long max) : Attribute
{
    public long Min { get; } = min;

    public long Max { get; } = max;

    /// <summary>Whether a value, a number of something, lies in it.</summary>
    internal bool Holds(object value)
    {
        long number = value switch
        {
            ByteSize size => size.Bytes,
            TimeSpan span => (long)span.TotalMilliseconds,
            _ => Convert.ToInt64(value, null),
        };
        return number >= Min && number <= Max;
    }

    /// <summary>As a person would say it: <c>from 3 to 32</c>, <c>from 128B to 64KiB</c>.</summary>
    /// <param name="type">What has the range: it says the unit.</param>
    internal string Describe(Type type)
    {
        return $"from {Of(Min)} to {Of(Max)}";

        string Of(long bound) => type == typeof(ByteSize) ? new ByteSize(bound).ToString()
            : type == typeof(TimeSpan) ? Duration.Format(TimeSpan.FromMilliseconds(bound))
            : bound.ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>A server's place, from 0: no cluster has more than there are here, and most have fewer.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ServerPlaceAttribute() : BetweenAttribute(0, ClusterShape.MostServers - 1);

/// <summary>A path from the root on, or the name of an open file; or nothing, which is a path that leads nowhere.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AbsolutePathAttribute : Attribute
{
    /// <summary>What is wrong with a path, in one line; null for nothing.</summary>
    internal static string? Objection(string path) =>
        path.Length == 0 || path.StartsWith('/') || OpenName.Is(path) ? null : $"a path is absolute: write '/{path}', not '{path}'";
}

/// <summary>The field that stands right behind a step's tag in YAML: <c>- read: /diary</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SubjectAttribute : Attribute;

/// <summary>A list of steps none of which may be a fault.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WithoutFaultsAttribute : Attribute;
