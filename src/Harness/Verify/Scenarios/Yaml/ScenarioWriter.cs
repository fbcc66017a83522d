using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;

namespace Raid5Verify.Scenarios.Yaml;

/// <summary>Writes scenarios: one step a line, and nothing that is a default.</summary>
internal static class ScenarioWriter
{
    public static YamlMappingNode ToNode(object record)
    {
        var node = new YamlMappingNode { Style = record is Scenario ? MappingStyle.Block : MappingStyle.Flow };
        AddFields(node, record, except: null);
        return node;
    }

    public static YamlNode ToNode(Step step)
    {
        RecordField? subject = RecordFields.Of(step.GetType()).Subject;
        string tag = StepKind.TagOf(step.GetType());
        var node = new YamlMappingNode { Style = MappingStyle.Flow };
        node.Add(tag, subject is null ? new YamlScalarNode() : ToValue(subject, step));
        AddFields(node, step, subject);
        return subject is null && node.Children.Count == 1 ? new YamlScalarNode(tag) : node;
    }

    public static string Write(YamlNode root)
    {
        var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(
            bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 128));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(version: null, tags: null, isImplicit: true));
        ((IYamlConvertible)root).Write(emitter, (value, type) => throw new InvalidOperationException("nodes only"));
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void AddFields(YamlMappingNode node, object record, RecordField? except)
    {
        RecordFields fields = RecordFields.Of(record.GetType());
        foreach (RecordField field in fields.All.Where(field => field != except))
        {
            object? value = field.Property.GetValue(record);
            bool isDefault = !field.IsRequired && Equals(value, field.Property.GetValue(fields.Blank));
            if (value is null || isDefault || value is System.Collections.ICollection { Count: 0 })
            {
                continue;
            }

            node.Add(field.Key, ToValue(field, record));
        }
    }

    private static YamlNode ToValue(RecordField field, object record)
    {
        object value = field.Property.GetValue(record)!;
        return value switch
        {
            IReadOnlyList<Step> steps => new YamlSequenceNode(steps.Select(ToNode))
            {
                Style = record is Scenario ? SequenceStyle.Block : SequenceStyle.Flow,
            },
            IReadOnlyList<Expectation> all => new YamlSequenceNode(all.Select(one => ToScalar(typeof(Expectation), one))),
            _ when ScalarFormat.For(field.Property.PropertyType) is not null => ToScalar(field.Property.PropertyType, value),
            _ => ToNode(value),
        };
    }

    private static YamlScalarNode ToScalar(Type type, object value)
    {
        string text = ScalarFormat.For(type)!.Format(value);
        return new YamlScalarNode(text) { Style = text.Length == 0 ? ScalarStyle.DoubleQuoted : ScalarStyle.Any };
    }
}
