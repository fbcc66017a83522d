using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Raid5Verify.Scenarios.Yaml;

/*
 * From text to values. What files share is resolved here, so that nothing behind it knows of sharing:
 *
 *     *name           stands for what &name marks, in the same file
 *     <<: *name       gives a mapping the keys of another one, or of several: [*name, *other]
 *     include: FILE   gives a mapping the keys of another file; alone in a mapping, it stands for that file
 *
 * A mapping's own keys win over those it is given, and of those the earlier ones over the later ones. A list in a list stands
 * for its items: so several steps can be shared as one.
 */

/// <summary>Loads a file, and all that it includes, as values that know where they stand.</summary>
/// <param name="read">Gives the text of an included file; throws as <see cref="File.ReadAllText(string)"/> does.</param>
/// <param name="report">Is told of what is wrong.</param>
internal sealed class ScenarioSource(Func<string, string> read, Action<Place, string> report)
{
    /// <summary>Aliases of aliases can stand for more than any memory holds.</summary>
    private const int MostValues = 100_000;

    internal const string IncludeKey = "include";
    private const string MergeKey = "<<";

    private readonly HashSet<YamlNode> _open = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<string> _files = [];
    private int _values;

    /// <returns>Null if the text is no YAML; that is reported.</returns>
    public SourceNode? Load(string text, string file)
    {
        if (Parse(text, file) is not { } root)
        {
            return null;
        }

        _files.Push(file);
        SourceNode node = Resolve(root);
        _files.Pop();
        return node;
    }

    private YamlNode? Parse(string text, string file)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count == 1)
            {
                return stream.Documents[0].RootNode;
            }

            report(
                stream.Documents.Count == 0 ? new Place(file, 1, 1) : PlaceOfSecond(text, file, stream.Documents[1]),
                stream.Documents.Count == 0 ? "there is nothing in this file" : "a file holds one document: a second one begins here");
        }
        catch (AnchorNotFoundException)
        {
            ReportUnknownAnchors(text, file);
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner throws this, without a place, for some texts that end inside a value.
            report(new Place(file, text.Split('\n').Length, 1), "not YAML: the text ends in the middle of a value");
        }
        catch (YamlException malformed)
        {
            string message = (malformed.InnerException ?? malformed).Message.ReplaceLineEndings(" ");
            report(
                TabThatIndents(text, file, malformed) ?? new Place(file, malformed.Start.Line, malformed.Start.Column),
                TabThatIndents(text, file, malformed) is null ? $"not YAML: {message}" : "not YAML: a tab cannot indent, spaces must");
        }

        return null;
    }

    /// <summary>At its <c>---</c>, of which YamlDotNet does not tell.</summary>
    private static Place PlaceOfSecond(string text, string file, YamlDocument second)
    {
        string[] lines = text.Split('\n');
        long line = Math.Min(second.RootNode.Start.Line, lines.Length);
        while (line > 1 && !lines[line - 1].StartsWith("---", StringComparison.Ordinal))
        {
            line--;
        }

        return new Place(file, line, 1);
    }

    /// <summary>YamlDotNet tells that there is one, and not where.</summary>
    private void ReportUnknownAnchors(string text, string file)
    {
        HashSet<AnchorName> known = [];
        List<AnchorAlias> used = [];
        var parser = new Parser(new StringReader(text));
        while (parser.MoveNext() && parser.Current is not DocumentEnd)
        {
            if (parser.Current is AnchorAlias alias)
            {
                used.Add(alias);
            }
            else if (parser.Current is NodeEvent { Anchor.IsEmpty: false } marked)
            {
                known.Add(marked.Anchor);
            }
        }

        foreach (AnchorAlias alias in used.Where(alias => !known.Contains(alias.Value)))
        {
            report(
                new Place(file, alias.Start.Line, alias.Start.Column),
                $"there is no anchor '&{alias.Value}' in this file, and those of other files are not seen");
        }
    }

    /// <returns>Where a tab stands at which YamlDotNet stopped; null if it stopped at anything else.</returns>
    private static Place? TabThatIndents(string text, string file, YamlException malformed)
    {
        // It tells of the tab, and of the place where what is indented by it began.
        string[] lines = malformed.Message.Contains("tab", StringComparison.Ordinal) ? text.Split('\n') : [];
        for (long line = malformed.Start.Line; line <= lines.Length; line++)
        {
            string wrong = lines[line - 1];
            int tab = wrong.IndexOf('\t', StringComparison.Ordinal);
            if (tab >= 0 && string.IsNullOrWhiteSpace(wrong[..tab]))
            {
                return new Place(file, line, tab + 1);
            }
        }

        return null;
    }

    private SourceNode Resolve(YamlNode node)
    {
        Place place = PlaceOf(node);
        if (++_values == MostValues)
        {
            report(place, $"this is more than {MostValues:N0} values, once its anchors and includes stand for what they mean");
        }

        if (_values >= MostValues)
        {
            return new SourceGap(place);
        }

        if (!_open.Add(node))
        {
            report(place, "this contains itself");
            return new SourceGap(place);
        }

        SourceNode resolved = node switch
        {
            YamlMappingNode mapping => ResolveMapping(mapping),
            YamlSequenceNode list => new SourceList(place, [.. list.Children.SelectMany(ResolveItem)]),
            YamlScalarNode scalar => new SourceScalar(
                place, scalar.Value ?? string.Empty, scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any)),
            _ => new SourceGap(place),
        };
        _open.Remove(node);
        return resolved;
    }

    private IEnumerable<SourceNode> ResolveItem(YamlNode item) =>
        Resolve(item) is var resolved && resolved is SourceList list ? list.Items : [resolved];

    private SourceNode ResolveMapping(YamlMappingNode mapping)
    {
        if (mapping.Children.Count == 1 && IsKey(mapping.Children.First().Key, IncludeKey))
        {
            return Include(mapping.Children.First().Value);
        }

        var entries = new MergedEntries(mapping.Children
            .Where(pair => !IsKey(pair.Key, IncludeKey) && !IsKey(pair.Key, MergeKey))
            .Select(pair => ResolveEntry(pair.Key, pair.Value))
            .OfType<SourceEntry>());
        foreach ((YamlNode key, YamlNode value) in mapping.Children)
        {
            if (IsKey(key, IncludeKey))
            {
                entries.AddAll(AsMapping(Include(value), value));
            }
            else if (IsKey(key, MergeKey))
            {
                foreach (YamlNode part in value is YamlSequenceNode several ? several.Children : [value])
                {
                    entries.AddAll(AsMapping(Resolve(part), part));
                }
            }
            else if (key is YamlScalarNode own)
            {
                entries.AddOwn(own.Value ?? string.Empty);
            }
        }

        return new SourceMapping(PlaceOf(mapping), entries.InOrder);
    }

    private SourceEntry? ResolveEntry(YamlNode key, YamlNode value)
    {
        if (Resolve(key) is SourceScalar scalar)
        {
            return new SourceEntry(scalar, Resolve(value));
        }

        report(PlaceOf(key), "a key must be a single value");
        return null;
    }

    private SourceNode Include(YamlNode named)
    {
        Place place = PlaceOf(named);
        if (named is not YamlScalarNode { Value: { Length: > 0 } name })
        {
            report(place, "'include' must be the path of a file, from the folder of this one on");
            return new SourceGap(place);
        }

        string file = name;
        try
        {
            file = Path.Combine(Path.GetDirectoryName(_files.Peek()) ?? string.Empty, name);
            if (!_files.Any(above => Path.GetFullPath(above) == Path.GetFullPath(file)))
            {
                return Load(read(file), file) ?? new SourceGap(place);
            }

            report(place, $"'{name}' includes itself: {string.Join(" includes ", _files.Reverse().Append(file))}");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            report(place, $"there is no file '{file}' to include");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            report(place, $"'{file}' cannot be included: {refused.Message}");
        }

        return new SourceGap(place);
    }

    private IReadOnlyList<SourceEntry> AsMapping(SourceNode given, YamlNode where)
    {
        if (given is SourceMapping mapping)
        {
            return mapping.Entries;
        }

        if (given is not SourceGap)
        {
            report(PlaceOf(where), $"only a mapping can give its keys to another one, not {given.Description}");
        }

        return [];
    }

    private static bool IsKey(YamlNode key, string text) =>
        key is YamlScalarNode { Style: ScalarStyle.Plain } scalar && scalar.Value == text;

    private Place PlaceOf(YamlNode node) => new(_files.Peek(), node.Start.Line, node.Start.Column);

    /// <summary>The entries of a mapping, its own and those it is given, each where its key is first mentioned.</summary>
    private sealed class MergedEntries(IEnumerable<SourceEntry> own)
    {
        private readonly Dictionary<string, SourceEntry> _own = own.ToDictionary(entry => entry.Key.Text);
        private readonly HashSet<string> _there = [];
        private readonly List<SourceEntry> _inOrder = [];

        public IReadOnlyList<SourceEntry> InOrder => _inOrder;

        public void AddOwn(string key)
        {
            if (_own.TryGetValue(key, out SourceEntry entry) && _there.Add(key))
            {
                _inOrder.Add(entry);
            }
        }

        public void AddAll(IReadOnlyList<SourceEntry> given)
        {
            foreach (SourceEntry entry in given)
            {
                if (_there.Add(entry.Key.Text))
                {
                    _inOrder.Add(_own.GetValueOrDefault(entry.Key.Text, entry));
                }
            }
        }
    }
}
