using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Raid5Verify.Scenarios.Yaml;

/*
 * The schema is made from the same records that the reader fills, so it knows every key, word and range that the reader knows.
 *
 * It is of a file as it is written: includes, and what anchors share, are in it. What a schema cannot say is left to the
 * reader: that a server is one of the cluster's, that a time with a unit is in its range, that faults strike at one moment.
 */

/// <summary>The JSON Schema (draft 7) of scenario files, by which editors complete and check them.</summary>
/// <remarks>What it refuses, the reader refuses too. Not thread-safe.</remarks>
public sealed class ScenarioSchema
{
    private const string StepList = "steps";
    private const string StepListWithoutFaults = "steps-without-faults";
    private const string AnyStep = "step";
    private const string AnyStepButFaults = "step-without-faults";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Descriptions _descriptions = new();
    private readonly JsonObject _definitions = [];

    private ScenarioSchema()
    {
    }

    /// <summary>The schema as indented JSON, with a newline at the end.</summary>
    /// <exception cref="IOException">The files of docstrings beside the assemblies cannot be read.</exception>
    public static string Write() => $"{new ScenarioSchema().Create().ToJsonString(Indented)}\n";

    private JsonObject Create()
    {
        JsonObject root = OfRecord(typeof(Scenario));
        ((JsonObject)root["properties"]!).Add(ScenarioReader.SharedKey, new JsonObject
        {
            ["description"] = "What anchors mark, to be used elsewhere in the file. It counts for nothing by itself.",
        });
        AddSteps();
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "A scenario of Raid5Verify",
        };
        foreach ((string key, JsonNode? value) in root.ToArray())
        {
            root.Remove(key);
            schema[key] = value;
        }

        schema["definitions"] = _definitions;
        return schema;
    }

    /// <summary>An object with the fields of a record, of which an include may give any.</summary>
    private JsonObject OfRecord(Type type)
    {
        RecordFields fields = RecordFields.Of(type);
        var properties = new JsonObject();
        foreach (RecordField field in fields.All)
        {
            properties.Add(field.Key, OfField(field, fields));
        }

        properties.Add(ScenarioSource.IncludeKey, IncludeSchema());
        var schema = new JsonObject { ["type"] = "object" };
        Describe(schema, _descriptions.Of(type));
        schema["properties"] = properties;
        schema["additionalProperties"] = false;
        if (fields.All.Any(field => field.IsRequired))
        {
            schema["anyOf"] = new JsonArray(
                new JsonObject { ["required"] = Words(fields.All.Where(field => field.IsRequired).Select(field => field.Key)) },
                new JsonObject { ["required"] = Words([ScenarioSource.IncludeKey]) });
        }

        return schema;
    }

    private static JsonObject IncludeSchema() => new()
    {
        ["type"] = "string",
        ["description"] = "A file, from the folder of this one on, that gives what is not given here.",
    };

    private void AddSteps()
    {
        foreach (StepKind kind in StepCatalogue.All)
        {
            _definitions.Add(kind.Tag, OfStep(kind));
        }

        AddList(AnyStep, StepList, StepCatalogue.All);
        AddList(AnyStepButFaults, StepListWithoutFaults, [.. StepCatalogue.All.Except(StepCatalogue.Faults)]);
    }

    private void AddList(string step, string list, IReadOnlyList<StepKind> kinds)
    {
        string[] alone = [.. kinds.Where(kind => !RecordFields.Of(kind.Type).All.Any(field => field.IsRequired)).Select(kind => kind.Tag)];
        var forms = new JsonArray(
            new JsonObject { ["enum"] = Words(alone) },
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    [ScenarioSource.IncludeKey] = new JsonObject
                    {
                        ["type"] = "string",
                        ["description"] = "A file, from the folder of this one on, that is a list of steps.",
                    },
                },
                ["required"] = Words([ScenarioSource.IncludeKey]),
                ["additionalProperties"] = false,
            },
            Reference(list));
        foreach (StepKind kind in kinds)
        {
            forms.Add(Reference(kind.Tag));
        }

        _definitions.Add(step, new JsonObject { ["anyOf"] = forms });
        _definitions.Add(list, new JsonObject { ["type"] = "array", ["items"] = Reference(step) });
    }

    /// <summary>An object that has the step's tag as a key, whose value is the step's subject.</summary>
    private JsonObject OfStep(StepKind kind)
    {
        RecordFields fields = RecordFields.Of(kind.Type);
        JsonNode tag = fields.Subject is { } subject ? OfField(subject, fields) : new JsonObject { ["type"] = "null" };
        if (fields.Subject is { IsRequired: false })
        {
            tag = new JsonObject { ["anyOf"] = new JsonArray(tag, new JsonObject { ["type"] = "null" }) };
        }

        var properties = new JsonObject { [kind.Tag] = tag };
        foreach (RecordField field in fields.All.Where(field => !field.IsSubject))
        {
            properties.Add(field.Key, OfField(field, fields));
        }

        var schema = new JsonObject { ["type"] = "object" };
        Describe(schema, _descriptions.Of(kind.Type));
        schema["properties"] = properties;
        schema["required"] = Words(fields.All.Where(field => field is { IsRequired: true, IsSubject: false })
            .Select(field => field.Key).Prepend(kind.Tag));
        schema["additionalProperties"] = false;
        return schema;
    }

    private JsonObject OfField(RecordField field, RecordFields fields)
    {
        JsonObject schema = OfValue(field);
        Describe(schema, Describe(field, fields));
        return schema;
    }

    private JsonObject OfValue(RecordField field)
    {
        Type type = field.Property.PropertyType;
        if (type == typeof(IReadOnlyList<Step>))
        {
            // A reference must stand alone: what stands beside it does not count.
            return new JsonObject { ["allOf"] = new JsonArray(Reference(field.IsWithoutFaults ? StepListWithoutFaults : StepList)) };
        }

        if (type == typeof(IReadOnlyList<Expectation>))
        {
            return new JsonObject { ["type"] = "array", ["items"] = OfScalar(typeof(Expectation), range: null) };
        }

        return ScalarFormat.For(type) is not null ? OfScalar(type, field.Range) : OfRecord(type);
    }

    /// <summary>What is more than a type is defined once, and referred to.</summary>
    private JsonObject OfScalar(Type type, BetweenAttribute? range)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        ScalarFormat format = ScalarFormat.For(type)!;
        JsonObject schema;
        if (format.Pattern is null && format.JsonWords is null)
        {
            schema = OfFormat(format);
        }
        else
        {
            string name = type.DeclaringType is { } outer ? KebabCase.Of($"{outer.Name}{type.Name}") : KebabCase.Of(type.Name);
            _definitions.TryAdd(name, OfFormat(format));
            schema = new JsonObject { ["allOf"] = new JsonArray(Reference(name)) };
        }

        // Without a unit a time can only be 0.
        if (range is not null && format.Most is null)
        {
            schema["minimum"] = range.Min;
            schema["maximum"] = range.Max;
        }

        return schema;
    }

    private static JsonObject OfFormat(ScalarFormat format)
    {
        if (format.JsonWords is { } words)
        {
            return new JsonObject { ["enum"] = Words(words) };
        }

        var schema = new JsonObject
        {
            ["type"] = format.JsonTypes is [var only] ? only : Words(format.JsonTypes),
        };
        if (format.IsNeverNegative)
        {
            schema["minimum"] = 0;
        }

        if (format.Most is { } most)
        {
            schema["maximum"] = most;
        }

        if (format.Pattern is { } pattern)
        {
            schema["pattern"] = pattern();
        }

        return schema;
    }

    /// <summary>What the docstring says, and what a value must look like.</summary>
    private string Describe(RecordField field, RecordFields fields)
    {
        Type type = Nullable.GetUnderlyingType(field.Property.PropertyType) ?? field.Property.PropertyType;
        string[] sentences =
        [
            _descriptions.Of(field.Property) ?? string.Empty,
            ScalarFormat.For(type) is { JsonWords: null } format ? $"It is {format.What}{FieldFacts.Range(field, " ")}." : string.Empty,
            FieldFacts.Default(field, fields) is { } usual ? $"Default: {usual}." : string.Empty,
        ];
        return string.Join(' ', sentences.Where(sentence => sentence.Length > 0));
    }

    private static void Describe(JsonObject schema, string? description)
    {
        if (!string.IsNullOrEmpty(description))
        {
            schema["description"] = description;
        }
    }

    private static JsonObject Reference(string definition) => new() { ["$ref"] = $"#/definitions/{definition}" };

    private static JsonArray Words(IEnumerable<string> words) => [.. words.Select(word => (JsonNode)word)];
}
