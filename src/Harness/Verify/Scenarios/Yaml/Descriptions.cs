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
    private readonly Dictionary<Assembly, IReadOnlyDictionary<string, XElement>> _files = [];

    /// <returns>The summary, in one line of Markdown; null if there is none.</returns>
    /// <exception cref="IOException">The file beside the assembly cannot be read.</exception>
    public string? Of(Type type) => Find(type, $"T:{NameOf(type)}", "summary");

    /// <summary>What is said of a type beyond its summary, in one line of Markdown; null if nothing is.</summary>
    /// <exception cref="IOException">The file beside the assembly cannot be read.</exception>
    public string? RemarksOf(Type type) => Find(type, $"T:{NameOf(type)}", "remarks");

    /// <inheritdoc cref="Of(Type)"/>
    public string? Of(PropertyInfo property) => Find(property.DeclaringType!, $"P:{NameOf(property.DeclaringType!)}.{property.Name}", "summary");

    /// <inheritdoc cref="Of(Type)"/>
    /// <param name="type">An enum.</param>
    /// <param name="member">The name of one of its values.</param>
    public string? OfWord(Type type, string member) => Find(type, $"F:{NameOf(type)}.{member}", "summary");

    private static string NameOf(Type type) => type.FullName!.Replace('+', '.');

    private string? Find(Type type, string key, string part)
    {
        if (!_files.TryGetValue(type.Assembly, out IReadOnlyDictionary<string, XElement>? members))
        {
            members = Load(Path.ChangeExtension(type.Assembly.Location, ".xml"));
            _files.Add(type.Assembly, members);
        }

        return members.GetValueOrDefault(key)?.Element(part) is { } text ? Flatten(text) : null;
    }

    private static Dictionary<string, XElement> Load(string file) =>
        XDocument.Load(file).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);

    private static string Flatten(XElement text) =>
        Spaces().Replace(string.Concat(text.Nodes().Select(FlattenPart)), " ").Trim();

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
