using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Raid5Verify.Tests.Scenarios;

/// <summary>
/// A YAML text as the JSON that an editor takes it for: by YAML's core schema, aliases and merge keys resolved. It shares nothing with
/// the reader of scenarios.
/// </summary>
internal static partial class YamlAsJson
{
    public static string Convert(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new MergingParser(new Parser(new StringReader(yaml))));
        return Convert(stream.Documents.Single().RootNode)?.ToJsonString() ?? "null";
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(
            pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Convert(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => ConvertPlain(plain.Value!),
        YamlScalarNode quoted => quoted.Value,
        _ => throw new InvalidOperationException($"{node.NodeType} in a document without aliases"),
    };

    private static JsonNode? ConvertPlain(string text) =>
        text is "" or "~" or "null" ? null
        : text is "true" or "false" ? text == "true"
        : Hexadecimal().IsMatch(text) ? ulong.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : Number().IsMatch(text) ? decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)
        : text;

    [GeneratedRegex("^0x[0-9a-fA-F]+$")]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Number();
}
