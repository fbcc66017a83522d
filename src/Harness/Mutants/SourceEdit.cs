namespace Raid5Verify.Mutants;

/// <summary>A piece of a source file, and what takes its place.</summary>
public sealed record SourceEdit
{
    /// <summary>From the folder of the System's core on, with forward slashes: <c>Raid/RowWriter.cs</c>.</summary>
    public required string File { get; init; }

    /// <summary>
    /// What is there, once and no more. It may begin in the middle of a line; the lines after its first are indented as in the source, less
    /// the indentation of the line that it begins in.
    /// </summary>
    public required string Text { get; init; }

    /// <summary>What takes its place, indented in the same way. May be empty.</summary>
    public required string Replacement { get; init; }

    /// <summary>The source with the replacement in it.</summary>
    /// <param name="source">The file as it is.</param>
    /// <param name="problem">If there is none: why, in a few words.</param>
    public string? Apply(string source, out string? problem)
    {
        List<(int Start, string Indentation)> places = [.. Places(source)];
        problem = Text == Replacement ? "its replacement is its text"
            : places.Count == 0 ? $"its text no longer matches {File}"
            : places.Count > 1 ? $"its text matches {places.Count} places of {File}"
            : null;
        if (problem is not null)
        {
            return null;
        }

        (int start, string indentation) = places[0];
        int end = start + Indented(Text, indentation).Length;
        return $"{source[..start]}{Indented(Replacement, indentation)}{source[end..]}";
    }

    private IEnumerable<(int Start, string Indentation)> Places(string source)
    {
        string first = Text.Split('\n')[0];
        for (int at = Find(0); at >= 0 && first.Length > 0; at = Find(at + 1))
        {
            string indentation = IndentationAt(source, at);
            if (string.CompareOrdinal(source, at, Indented(Text, indentation), 0, Indented(Text, indentation).Length) == 0)
            {
                yield return (at, indentation);
            }
        }

        int Find(int from) => source.IndexOf(first, from, StringComparison.Ordinal);
    }

    /// <summary>The spaces that the line of a place begins with.</summary>
    private static string IndentationAt(string source, int place)
    {
        int start = place == 0 ? 0 : source.LastIndexOf('\n', place - 1) + 1;
        int end = start;
        while (end < place && source[end] == ' ')
        {
            end++;
        }

        return source[start..end];
    }

    /// <summary>The text with every line but its first, and the empty ones, moved to the right.</summary>
    private static string Indented(string text, string indentation) =>
        string.Join('\n', text.Split('\n').Select((line, number) => number == 0 || line.Length == 0 ? line : indentation + line));
}
