using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Raid5Verify.Scenarios.Yaml;

/// <summary>
/// What the docstrings say of types, fields and words: from the XML files that the compiler writes beside the assemblies, so that
/// what an editor shows of a step is what its record says of itself.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed partial class Descriptions
{
    private readonly Dictionary<Assembly, IReadOnlyDictionary<string, string>> _files = [];

    /// <returns>The summary, in one line of Markdown; null if there is none.</returns>
    /// <exception cref="IOException">The file beside the assembly cannot be read.</exception>
    public string? Of(Type type) => Find(type, $"T:{NameOf(type)}");

    /// <inheritdoc cref="Of(Type)"/>
    public string? Of(PropertyInfo property) => Find(property.DeclaringType!, $"P:{NameOf(property.DeclaringType!)}.{property.Name}");

    /// <inheritdoc cref="Of(Type)"/>
    /// <param name="type">An enum.</param>
    /// <param name="member">The name of one of its values.</param>
    public string? OfWord(Type type, string member) => Find(type, $"F:{NameOf(type)}.{member}");

    private static string NameOf(Type type) => type.FullName!.Replace('+', '.');

    private string? Find(Type type, string key)
    {
        if (!_files.TryGetValue(type.Assembly, out IReadOnlyDictionary<string, string>? summaries))
        {
            summaries = Load(Path.ChangeExtension(type.Assembly.Location, ".xml"));
            _files.Add(type.Assembly, summaries);
        }

        return summaries.GetValueOrDefault(key);
    }

    private static Dictionary<string, string> Load(string file) => XDocument.Load(file).Descendants("member")
        .Where(member => member.Element("summary") is not null)
        .ToDictionary(member => member.Attribute("name")!.Value, member => Flatten(member.Element("summary")!));

    private static string Flatten(XElement summary) =>
        Spaces().Replace(string.Concat(summary.Nodes().Select(FlattenPart)), " ").Trim();

    private static string FlattenPart(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see => $"`{KebabCase.Of(see.Attribute("cref")!.Value.Split('.', '(')[^1])}`",
        XElement other => other.Value,
        _ => string.Empty,
    };

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();
}
