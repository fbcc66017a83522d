using System.Globalization;
using System.Text;
using Raid5Verify.Faults;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Scenarios.Yaml;

/// <summary>
/// The reference part of <c>specs/scenario-format.md</c>: every key, step and counter, in Markdown, from the records and what they say
/// of themselves.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class ScenarioReference
{
    private readonly Descriptions _descriptions = new();
    private readonly StringBuilder _text = new();

    private ScenarioReference()
    {
    }

    /// <summary>All of it, with a newline at the end.</summary>
    /// <exception cref="IOException">The files of docstrings beside the assemblies cannot be read.</exception>
    public static string Write()
    {
        var reference = new ScenarioReference();
        reference.AddAll();
        return reference._text.ToString();
    }

    private void AddAll()
    {
        Line("### Keys of a scenario");
        AddFields(typeof(Scenario), declared: null);
        Line("### `cluster`");
        AddFields(typeof(ClusterShape), declared: null);
        Line("### `options`");
        AddFields(typeof(ScenarioOptions), declared: null);

        Line("### File operations");
        Line("Each of them has these keys beside its own:");
        AddFields(typeof(Read), typeof(FileOperation));
        AddSteps(StepCatalogue.Operations, typeof(FileOperation));

        Line("### Faults");
        Line("Each of them has these keys beside its own:");
        AddFields(typeof(Crash), typeof(Fault));
        AddSteps(StepCatalogue.Faults, typeof(Fault));

        Line("### Waits, checks, and what an operator does");
        AddSteps(StepCatalogue.Control, except: null);

        Line("### Counters");
        AddCounters(Counter.OfRuns.Select(counter => (counter.Name, counter.About)));
        Line("Of each kind of fault:");
        AddCounters(Counter.FaultWords.Select(one => ($"{one.Word} FAULT", one.About)));
        Line("Of each server:");
        AddCounters(Counter.ServerWords.Select(one => ($"{one.Word} of server N", one.About)));
    }

    private void AddSteps(IEnumerable<StepKind> kinds, Type? except)
    {
        foreach (StepKind kind in kinds)
        {
            RecordFields fields = RecordFields.Of(kind.Type);
            string subject = fields.Subject is { } field ? $": {field.Key.ToUpperInvariant()}" : string.Empty;
            Line($"#### `{kind.Tag}{subject}`");
            Line(string.Join(' ', Text(kind.Type, except)));
            AddFields(fields, fields.All.Where(own => own.Property.DeclaringType != except).OrderBy(own => own.IsSubject ? 0 : 1));
        }
    }

    /// <summary>The summary of a step, its remarks, and those of what it is a kind of.</summary>
    private IEnumerable<string> Text(Type step, Type? except)
    {
        yield return _descriptions.Of(step)!;
        for (Type? type = step; type is not null && type != except; type = type.BaseType)
        {
            if (type.Assembly == step.Assembly && _descriptions.RemarksOf(type) is { } remarks && type != typeof(Step))
            {
                yield return remarks;
            }
        }
    }

    /// <param name="type">A record.</param>
    /// <param name="declared">Only the fields that this base declares; null for all.</param>
    private void AddFields(Type type, Type? declared)
    {
        RecordFields fields = RecordFields.Of(type);
        AddFields(fields, fields.All.Where(field => declared is null || field.Property.DeclaringType == declared));
    }

    private void AddFields(RecordFields fields, IEnumerable<RecordField> shown)
    {
        bool any = false;
        foreach (RecordField field in shown)
        {
            any = true;
            string key = field.IsSubject ? field.Key.ToUpperInvariant() : field.Key;
            string facts = string.Join(", ", Facts(field, fields));
            _text.Append(CultureInfo.InvariantCulture, $"- `{key}` ({facts}): {_descriptions.Of(field.Property)}\n");
            AddWords(field);
        }

        if (any)
        {
            _text.Append('\n');
        }
    }

    private static IEnumerable<string> Facts(RecordField field, RecordFields fields)
    {
        Type type = Nullable.GetUnderlyingType(field.Property.PropertyType) ?? field.Property.PropertyType;
        yield return type == typeof(IReadOnlyList<Step>) ? "a list of steps"
            : type == typeof(IReadOnlyList<Expectation>) ? "a list of expectations"
            : ScalarFormat.For(type) is { } format ? NameOf(format)
            : "a mapping";
        if (FieldFacts.Range(field, string.Empty) is { Length: > 0 } range)
        {
            yield return range;
        }

        if (field.IsRequired)
        {
            yield return "needed";
        }
        else if (FieldFacts.Default(field, fields) is { } usual)
        {
            yield return $"default {usual}";
        }
    }

    /// <summary>What the words of an enum mean, where they say so.</summary>
    private void AddWords(RecordField field)
    {
        Type type = Nullable.GetUnderlyingType(field.Property.PropertyType) ?? field.Property.PropertyType;
        foreach (string name in type.IsEnum ? Enum.GetNames(type) : [])
        {
            if (_descriptions.OfWord(type, name) is { } meaning && type != typeof(Raid5Fs.Primitives.Errno))
            {
                _text.Append(CultureInfo.InvariantCulture, $"  - `{KebabCase.Of(name)}`: {meaning}\n");
            }
        }
    }

    private void AddCounters(IEnumerable<(string Name, string About)> counters)
    {
        foreach ((string name, string about) in counters)
        {
            _text.Append(CultureInfo.InvariantCulture, $"- `{name}`: {about}\n");
        }

        _text.Append('\n');
    }

    private void Line(string text) => _text.Append(text).Append("\n\n");

    /// <summary>What values of a type look like is told once, before the reference.</summary>
    private static string NameOf(ScalarFormat format) => format.What.Split(" such as ")[0];
}
