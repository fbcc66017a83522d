namespace Raid5Verify.Scenarios.Yaml;

/// <summary>Builds a scenario from values, and goes on behind what does not fit, to report all of it.</summary>
/// <param name="report">Is told of what does not fit, each in one line.</param>
internal sealed class ScenarioReader(Action<Place, string> report)
{
    /// <summary>Holds what anchors mark, and nothing that counts by itself.</summary>
    internal const string SharedKey = "shared";

    /// <summary>Null if it does not fit itself: then nothing is checked against it.</summary>
    private ClusterShape? _cluster = new();

    /// <returns>Null if something does not fit: that is reported.</returns>
    public Scenario? Read(SourceNode root)
    {
        if (AsMapping(root, "a scenario") is not { } mapping)
        {
            return null;
        }

        // Steps are checked against the cluster, wherever in the file it stands.
        if (mapping.Find("cluster") is { } cluster)
        {
            _cluster = (ClusterShape?)ReadRecord(typeof(ClusterShape), cluster, "cluster");
        }

        return (Scenario?)ReadRecord(
            typeof(Scenario),
            new SourceMapping(mapping.Place, [.. mapping.Entries.Where(entry => entry.Key.Text != SharedKey)]),
            "a scenario");
    }

    private object? ReadRecord(Type type, SourceNode node, string what)
    {
        if (AsMapping(node, what) is not { } mapping)
        {
            return null;
        }

        object record = Activator.CreateInstance(type)!;
        if (ReadFields(record, $"this {KebabCase.Of(type.Name)}", mapping.Place, subject: null, mapping.Entries) is not { } places)
        {
            return null;
        }

        return record is ClusterShape cluster && cluster.FindProblem() is { } problem
            ? Report(places.GetValueOrDefault(problem.Field, mapping.Place), problem.Message)
            : record;
    }

    /// <param name="record">Is filled.</param>
    /// <param name="owner">What it is, for messages: of a step its tag, in quotes.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="subject">What stands right behind a step's tag; null for nothing.</param>
    /// <param name="entries">All else.</param>
    /// <returns>Where each field that the text gives stands; null if one of them does not fit.</returns>
    private Dictionary<string, Place>? ReadFields(
        object record, string owner, Place start, SourceNode? subject, IEnumerable<SourceEntry> entries)
    {
        RecordFields fields = RecordFields.Of(record.GetType());
        Dictionary<string, Place> places = [];
        bool fits = subject is null || Fill(fields.Subject!, owner, subject);
        foreach ((SourceScalar key, SourceNode node) in entries)
        {
            if (fields.All.FirstOrDefault(known => known.Key == key.Text && !known.IsSubject) is { } field)
            {
                fits &= Fill(field, $"'{field.Key}'", node);
            }
            else
            {
                report(key.Place, DescribeUnknown(key.Text, owner, fields));
                fits = false;
            }
        }

        foreach (RecordField missing in fields.All.Where(field => field.IsRequired && !places.ContainsKey(field.Property.Name)))
        {
            report(start, missing.IsSubject
                ? $"{owner} needs a value: '{owner.Trim('\'')}: {missing.Key.ToUpperInvariant()}'"
                : $"{owner} needs a '{missing.Key}'");
            fits = false;
        }

        return fits ? places : null;

        bool Fill(RecordField field, string name, SourceNode node)
        {
            places[field.Property.Name] = node.Place;
            object? value = ReadValue(field, name, node);
            if (value is not null)
            {
                field.Property.SetValue(record, value);
            }

            return value is not null;
        }
    }

    /// <param name="field">Which.</param>
    /// <param name="name">What its author calls it, for messages: its key, or of a step's subject the step's tag.</param>
    /// <param name="node">Its value.</param>
    private object? ReadValue(RecordField field, string name, SourceNode node)
    {
        Type type = field.Property.PropertyType;
        return type == typeof(IReadOnlyList<Step>) ? ReadList(name, node, item => ReadStep(field, item))
            : type == typeof(IReadOnlyList<Expectation>) ? ReadList(name, node, item => ReadExpectation(field, item))
            : ScalarFormat.For(type) is { } format ? ReadScalar(format, field, name, node)
            : type == typeof(ClusterShape) ? _cluster
            : ReadRecord(type, node, name);
    }

    /// <returns>Null if it is no list, or one of its items does not fit.</returns>
    private List<T>? ReadList<T>(string name, SourceNode node, Func<SourceNode, T?> read)
        where T : class
    {
        if (node is not SourceList list)
        {
            Wrong(node, name, "a list");
            return null;
        }

        List<T> items = [.. list.Items.Select(read).OfType<T>()];
        return items.Count == list.Items.Count ? items : null;
    }

    private Expectation? ReadExpectation(RecordField field, SourceNode node)
    {
        var expectation = (Expectation?)ReadScalar(ScalarFormat.For(typeof(Expectation))!, field, $"'{field.Key}'", node);
        return _cluster is not null && expectation?.FindMisfit(_cluster) is { } problem
            ? (Expectation?)Report(node.Place, problem)
            : expectation;
    }

    /// <summary>A step is its tag alone, or a mapping that begins with its tag.</summary>
    private Step? ReadStep(RecordField list, SourceNode node)
    {
        List<SourceEntry> entries = node switch
        {
            SourceMapping { Entries.Count: > 0 } mapping => [.. mapping.Entries],
            SourceScalar { IsNothing: false } alone => [new SourceEntry(alone, new SourceScalar(alone.Place, string.Empty, isQuoted: false))],
            _ => [],
        };
        if (entries.Count == 0)
        {
            return node is SourceGap ? null : (Step?)Report(node.Place, "a step begins with its kind, such as 'read: /diary'");
        }

        (SourceScalar tag, SourceNode subject) = entries[0];
        if (StepCatalogue.Find(tag.Text) is not { } kind)
        {
            if (entries.Select(entry => entry.Key.Text).FirstOrDefault(key => StepCatalogue.Find(key) is not null) is { } behind)
            {
                return (Step?)Report(node.Place, $"a step begins with its kind: put '{behind}' first");
            }

            return (Step?)Report(tag.Place, $"there is no step '{tag.Text}'{Suggestion.For(tag.Text, StepCatalogue.Tags)}");
        }

        entries.RemoveAt(0);
        bool isDoneToSomething = subject is not SourceScalar { IsNothing: true };
        if (isDoneToSomething && RecordFields.Of(kind.Type).Subject is null)
        {
            return (Step?)Report(subject.Place, $"'{kind.Tag}' stands alone: it takes no value");
        }

        if (list.IsWithoutFaults && StepCatalogue.Faults.Contains(kind))
        {
            return (Step?)Report(tag.Place, $"'{list.Key}' is a part without faults: '{kind.Tag}' belongs in 'steps'");
        }

        var step = (Step)Activator.CreateInstance(kind.Type)!;
        if (ReadFields(step, $"'{kind.Tag}'", tag.Place, isDoneToSomething ? subject : null, entries) is not { } places)
        {
            return null;
        }

        return _cluster is not null && step.FindProblem(_cluster) is { } problem
            ? (Step?)Report(places.GetValueOrDefault(problem.Field, tag.Place), problem.Message)
            : step;
    }

    private object? ReadScalar(ScalarFormat format, RecordField field, string name, SourceNode node)
    {
        if (node is not SourceScalar { Text: var text })
        {
            return Wrong(node, name, "a single value");
        }

        if (format.Parse(text, out string? problem) is not { } value)
        {
            return Report(node.Place, problem ?? $"{name} must be {format.What}, not '{text}'");
        }

        if (field.IsAbsolutePath && AbsolutePathAttribute.Objection(text) is { } objection)
        {
            return Report(node.Place, objection);
        }

        return field.Range is null || field.Range.Holds(value) ? value
            : field.Range is ServerPlaceAttribute && _cluster is not null ? Report(node.Place, _cluster.Lacks((int)value))
            : Report(node.Place, $"{name} must be {field.Range.Describe(value.GetType())}, not {text}");
    }

    private static string DescribeUnknown(string key, string owner, RecordFields fields)
    {
        var known = fields.All.Where(field => !field.IsSubject).Select(field => field.Key).ToList();
        string suggestion = Suggestion.For(key, known);
        return suggestion.Length > 0 ? $"unknown key '{key}'{suggestion}"
            : known.Count == 0 ? $"unknown key '{key}': {owner} has none"
            : $"unknown key '{key}': {owner} has {string.Join(", ", known)}";
    }

    private SourceMapping? AsMapping(SourceNode node, string what) =>
        node as SourceMapping ?? (SourceMapping?)Wrong(node, what, "a mapping of keys to values");

    private object? Wrong(SourceNode node, string what, string must) =>
        node is SourceGap ? null : Report(node.Place, $"{what} must be {must}, not {node.Description}");

    /// <returns>Null, in place of what does not fit.</returns>
    private object? Report(Place place, string message)
    {
        report(place, message);
        return null;
    }
}
