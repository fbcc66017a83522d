namespace Raid5Verify.Scenarios.Yaml;

/// <summary>Where something stands in a file.</summary>
/// <param name="File">As problems name it.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct Place(string File, long Line, long Column);

/// <summary>A value as a scenario's files give it: anchors, merges and includes are resolved, and it is known where it stands.</summary>
internal abstract class SourceNode(Place place)
{
    public Place Place { get; } = place;

    /// <summary>What it is, for messages: <c>a mapping</c>, <c>a list</c>, <c>'17'</c>, <c>nothing</c>.</summary>
    public abstract string Description { get; }
}

/// <summary>A single value.</summary>
/// <param name="place">Where it stands.</param>
/// <param name="text">As it is written, without quotes.</param>
/// <param name="isQuoted">An empty text in quotes is a text, without them it is nothing.</param>
internal sealed class SourceScalar(Place place, string text, bool isQuoted) : SourceNode(place)
{
    public string Text { get; } = text;

    public bool IsNothing { get; } = text.Length == 0 && !isQuoted;

    public override string Description => Text.Length > 0 ? $"'{Text}'" : "nothing";
}

/// <summary>Keys and their values, no key twice, in the order of the text.</summary>
internal sealed class SourceMapping(Place place, IReadOnlyList<SourceEntry> entries) : SourceNode(place)
{
    public IReadOnlyList<SourceEntry> Entries { get; } = entries;

    public override string Description => "a mapping";

    public SourceNode? Find(string key) => Entries.FirstOrDefault(entry => entry.Key.Text == key).Value;
}

internal readonly record struct SourceEntry(SourceScalar Key, SourceNode Value);

/// <summary>Values in a row. None of them is a list: a list in a list stands for its items.</summary>
internal sealed class SourceList(Place place, IReadOnlyList<SourceNode> items) : SourceNode(place)
{
    public IReadOnlyList<SourceNode> Items { get; } = items;

    public override string Description => "a list";
}

/// <summary>What could not be loaded. That is reported already.</summary>
internal sealed class SourceGap(Place place) : SourceNode(place)
{
    public override string Description => "nothing";
}
