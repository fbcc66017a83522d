using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Raid5Verify.Scenarios.Yaml;

/// <summary>Builds a scenario from YAML nodes, and stops at the first thing that does not fit.</summary>
internal sealed class ScenarioReader
{
    private ClusterShape _cluster = new();

    /// <exception cref="MisfitException">Something does not fit; the message is one line.</exception>
    public Scenario Read(YamlNode root)
    {
        YamlMappingNode mapping = AsMapping(root, "a scenario");

        // Steps are checked against the cluster, wherever in the file it stands.
        YamlNode? cluster = mapping.Children.FirstOrDefault(pair => IsScalar(pair.Key, "cluster")).Value;
        if (cluster is not null)
        {
            _cluster = (ClusterShape)ReadRecord(typeof(ClusterShape), AsMapping(cluster, "cluster"));
        }

        return (Scenario)ReadRecord(typeof(Scenario), mapping);
    }

    private object ReadRecord(Type type, YamlMappingNode mapping)
    {
        object record = Activator.CreateInstance(type)!;
        var places = ReadFields(record, $"this {KebabCase.Of(type.Name)}", mapping.Start, mapping.Children);
        if (record is ClusterShape cluster && cluster.FindProblem() is { } problem)
        {
            throw new MisfitException(places.GetValueOrDefault(problem.Field, mapping.Start), problem.Message);
        }

        return record;
    }

    /// <returns>Where each field that the text gives stands.</returns>
    private Dictionary<string, Mark> ReadFields(
        object record, string owner, Mark start, IEnumerable<KeyValuePair<YamlNode, YamlNode>> pairs)
    {
        RecordFields fields = RecordFields.Of(record.GetType());
        Dictionary<string, Mark> places = [];
        foreach ((YamlNode keyNode, YamlNode valueNode) in pairs)
        {
            string key = AsScalar(keyNode, "a key");
            RecordField field = fields.All.FirstOrDefault(known => known.Key == key)
                ?? throw new MisfitException(keyNode.Start, DescribeUnknown(key, owner, fields));
            field.Property.SetValue(record, ReadValue(field.Property.PropertyType, field, valueNode));
            places[field.Property.Name] = valueNode.Start;
        }

        RecordField? missing = fields.All.FirstOrDefault(field => field.IsRequired && !places.ContainsKey(field.Property.Name));
        return missing is null
            ? places
            : throw new MisfitException(start, $"{owner} needs {(missing.IsSubject ? "its" : "a")} '{missing.Key}'");
    }

    private object ReadValue(Type type, RecordField field, YamlNode node)
    {
        if (type == typeof(IReadOnlyList<Step>))
        {
            return AsSequence(node, field.Key).Select(ReadStep).ToList();
        }

        if (type == typeof(IReadOnlyList<Expectation>))
        {
            return AsSequence(node, field.Key).Select(item => (Expectation)ReadScalar(typeof(Expectation), field, item)).ToList();
        }

        return ScalarFormat.For(type) is null
            ? ReadRecord(type, AsMapping(node, $"'{field.Key}'"))
            : ReadScalar(type, field, node);
    }

    /// <summary>A step is its tag alone, or a mapping that begins with its tag.</summary>
    private Step ReadStep(YamlNode node)
    {
        List<KeyValuePair<YamlNode, YamlNode>> pairs = node switch
        {
            YamlMappingNode { Children.Count: > 0 } mapping => [.. mapping.Children],
            YamlScalarNode { Value.Length: > 0 } => [KeyValuePair.Create<YamlNode, YamlNode>(node, new YamlScalarNode())],
            _ => throw new MisfitException(node.Start, "a step begins with its kind, such as 'read: /diary'"),
        };
        YamlNode tagNode = pairs[0].Key;
        string tag = AsScalar(tagNode, "a step's kind");
        StepKind kind = StepCatalogue.Find(tag) ?? throw new MisfitException(
            tagNode.Start, $"there is no step '{tag}'{Suggestion.For(tag, StepCatalogue.Tags)}");

        RecordFields fields = RecordFields.Of(kind.Type);
        YamlNode subject = pairs[0].Value;
        bool hasSubject = subject is not YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any, Value: null or "" };
        pairs.RemoveAt(0);
        if (hasSubject)
        {
            RecordField field = fields.Subject
                ?? throw new MisfitException(subject.Start, $"'{tag}' stands alone: it takes no value");
            pairs.Insert(0, KeyValuePair.Create<YamlNode, YamlNode>(new YamlScalarNode(field.Key), subject));
        }

        var step = (Step)Activator.CreateInstance(kind.Type)!;
        Dictionary<string, Mark> places = ReadFields(step, $"'{tag}'", tagNode.Start, pairs);
        return step.FindProblem(_cluster) is { } problem
            ? throw new MisfitException(places.GetValueOrDefault(problem.Field, tagNode.Start), problem.Message)
            : step;
    }

    private static object ReadScalar(Type type, RecordField field, YamlNode node)
    {
        ScalarFormat format = ScalarFormat.For(type)!;
        string text = AsScalar(node, $"'{field.Key}'");
        object value = format.Parse(text, out string? problem)
            ?? throw new MisfitException(node.Start, problem ?? $"'{field.Key}' must be {format.What}, not '{text}'");
        if (field.Range is { } range)
        {
            (long number, Func<long, object> unit) = value switch
            {
                ByteSize size => (size.Bytes, bytes => new ByteSize(bytes)),
                TimeSpan span => ((long)span.TotalMilliseconds, milliseconds => Duration.Format(TimeSpan.FromMilliseconds(milliseconds))),
                _ => (Convert.ToInt64(value, null), (Func<long, object>)(count => count)),
            };
            if (number < range.Min || number > range.Max)
            {
                throw new MisfitException(
                    node.Start, $"'{field.Key}' must be from {unit(range.Min)} to {unit(range.Max)}, not {text}");
            }
        }

        return value;
    }

    private static string DescribeUnknown(string key, string owner, RecordFields fields)
    {
        var known = fields.All.Select(field => field.Key).ToList();
        string suggestion = Suggestion.For(key, known);
        return suggestion.Length > 0 ? $"unknown key '{key}'{suggestion}"
            : known.Count == 0 ? $"unknown key '{key}': {owner} has none"
            : $"unknown key '{key}': {owner} has {string.Join(", ", known)}";
    }

    private static bool IsScalar(YamlNode node, string text) => node is YamlScalarNode scalar && scalar.Value == text;

    private static string AsScalar(YamlNode node, string what) =>
        node is YamlScalarNode scalar ? scalar.Value ?? string.Empty : throw Wrong(node, what, "a single value");

    private static YamlMappingNode AsMapping(YamlNode node, string what) =>
        node as YamlMappingNode ?? throw Wrong(node, what, "a mapping of keys to values");

    private static YamlSequenceNode AsSequence(YamlNode node, string key) =>
        node as YamlSequenceNode ?? throw Wrong(node, $"'{key}'", "a list");

    private static MisfitException Wrong(YamlNode node, string what, string must)
    {
        string actual = node switch
        {
            YamlMappingNode => "a mapping",
            YamlSequenceNode => "a list",
            YamlScalarNode { Value: { Length: > 0 } text } => $"'{text}'",
            _ => "nothing",
        };
        return new MisfitException(node.Start, $"{what} must be {must}, not {actual}");
    }
}
