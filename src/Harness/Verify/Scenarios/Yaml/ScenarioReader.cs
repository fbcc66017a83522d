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
        if (ReadFields(record, $"this {KebabCase.Of(type.Name)}", mapping.Place, mapping.Entries) is not { } places)
        {
            return null;
        }

        return record is ClusterShape cluster && cluster.FindProblem() is { } problem
            ? Report(places.GetValueOrDefault(problem.Field, mapping.Place), problem.Message)
            : record;
    }

    /// <returns>Where each field that the text gives stands; null if one of them does not fit.</returns>
    private Dictionary<string, Place>? ReadFields(object record, string owner, Place start, IEnumerable<SourceEntry> entries)
    {
        RecordFields fields = RecordFields.Of(record.GetType());
        Dictionary<string, Place> places = [];
        bool fits = true;
        foreach ((SourceScalar key, SourceNode node) in entries)
        {
            RecordField? field = fields.All.FirstOrDefault(known => known.Key == key.Text);
            if (field is null)
            {
                report(key.Place, DescribeUnknown(key.Text, owner, fields));
                fits = false;
                continue;
            }

            places[field.Property.Name] = node.Place;
            if (ReadValue(field, node) is { } value)
            {
                field.Property.SetValue(record, value);
            }
            else
            {
                fits = false;
            }
        }

        foreach (RecordField missing in fields.All.Where(field => field.IsRequired && !places.ContainsKey(field.Property.Name)))
        {
            report(start, $"{owner} needs {(missing.IsSubject ? "its" : "a")} '{missing.Key}'");
            fits = false;
        }

        return fits ? places : null;
    }

    private object? ReadValue(RecordField field, SourceNode node)
    {
        Type type = field.Property.PropertyType;
        return type == typeof(IReadOnlyList<Step>) ? ReadList(field, node, item => ReadStep(field, item))
            : type == typeof(IReadOnlyList<Expectation>) ? ReadList(field, node, item => ReadExpectation(field, item))
            : ScalarFormat.For(type) is { } format ? ReadScalar(format, field, node)
            : type == typeof(ClusterShape) ? _cluster
            : ReadRecord(type, node, $"'{field.Key}'");
    }

    /// <returns>Null if it is no list, or one of its items does not fit.</returns>
    private List<T>? ReadList<T>(RecordField field, SourceNode node, Func<SourceNode, T?> read)
        where T : class
    {
        if (node is not SourceList list)
        {
            Wrong(node, $"'{field.Key}'", "a list");
            return null;
        }

        List<T> items = [.. list.Items.Select(read).OfType<T>()];
        return items.Count == list.Items.Count ? items : null;
    }

    private Expectation? ReadExpectation(RecordField field, SourceNode node)
    {
        var expectation = (Expectation?)ReadScalar(ScalarFormat.For(typeof(Expectation))!, field, node);
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
            return (Step?)Report(tag.Place, $"there is no step '{tag.Text}'{Suggestion.For(tag.Text, StepCatalogue.Tags)}");
        }

        entries.RemoveAt(0);
        if (subject is not SourceScalar { IsNothing: true })
        {
            if (RecordFields.Of(kind.Type).Subject is not { } field)
            {
                return (Step?)Report(subject.Place, $"'{kind.Tag}' stands alone: it takes no value");
            }

            entries.Insert(0, new SourceEntry(new SourceScalar(tag.Place, field.Key, isQuoted: false), subject));
        }

        if (list.IsWithoutFaults && StepCatalogue.Faults.Contains(kind))
        {
            return (Step?)Report(tag.Place, $"'{list.Key}' is a part without faults: '{kind.Tag}' belongs into 'steps'");
        }

        var step = (Step)Activator.CreateInstance(kind.Type)!;
        if (ReadFields(step, $"'{kind.Tag}'", tag.Place, entries) is not { } places)
        {
            return null;
        }

        return _cluster is not null && step.FindProblem(_cluster) is { } problem
            ? (Step?)Report(places.GetValueOrDefault(problem.Field, tag.Place), problem.Message)
            : step;
    }

    private object? ReadScalar(ScalarFormat format, RecordField field, SourceNode node)
    {
        if (node is not SourceScalar { Text: var text })
        {
            return Wrong(node, $"'{field.Key}'", "a single value");
        }

        if (format.Parse(text, out string? problem) is not { } value)
        {
            return Report(node.Place, problem ?? $"'{field.Key}' must be {format.What}, not '{text}'");
        }

        return field.Range is { } range && !range.Holds(value)
            ? Report(node.Place, $"'{field.Key}' must be {range.Describe(value.GetType())}, not {text}")
            : value;
    }

    private static string DescribeUnknown(string key, string owner, RecordFields fields)
    {
        var known = fields.All.Select(field => field.Key).ToList();
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
