using Raid5Verify.Generation;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Scenarios;

/// <summary>One kind of step: its record, its YAML tag, and how it is drawn.</summary>
public sealed class StepKind
{
    private StepKind(Type type, int weight, Func<Draft, Step>? draw)
    {
        Type = type;
        Tag = TagOf(type);
        Weight = weight;
        Draw = draw;
    }

    public Type Type { get; }

    public string Tag { get; }

    /// <summary>How often it is drawn, relative to others of its list. 0 is never: only people write it.</summary>
    internal int Weight { get; }

    internal Func<Draft, Step>? Draw { get; }

    public static string TagOf(Type type) => KebabCase.Of(type.Name);

    public override string ToString() => Tag;

    internal static StepKind Drawn<T>(int weight, Func<Draft, T> draw)
        where T : Step => new(typeof(T), weight, draw);

    internal static StepKind WrittenOnly<T>()
        where T : Step => new(typeof(T), 0, null);
}
