using System.Text;

namespace Raid5Verify.Exhaustive;

/// <summary>A short sequence of operations on blocks, done one after the other by one client.</summary>
public sealed class BlockStory
{
    /// <summary>The most operations of a story.</summary>
    public const int MaxLength = 3;

    private readonly string _text;

    private BlockStory(IReadOnlyList<BlockOperation> operations)
    {
        Operations = operations;
        _text = string.Join('.', operations);
        Mix = string.Join(' ', operations.Select(static operation => operation.ToString()[..1]));
    }

    /// <summary>At least one.</summary>
    public IReadOnlyList<BlockOperation> Operations { get; }

    /// <summary>The kinds of its operations without their places, such as <c>W C</c>.</summary>
    public string Mix { get; }

    /// <summary>
    /// Every story of up to so many operations. Of stories that differ only in which of two blocks of a row, or which of
    /// the two rows, comes first, only the one that begins with the first is listed: each member in turn crashes and is
    /// damaged in it, and so takes the place that it has in the others. A story in which server 0 is refilled is not like
    /// another: there the places differ.
    /// </summary>
    public static IEnumerable<BlockStory> All(int maxLength = MaxLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxLength, MaxLength);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        IEnumerable<BlockOperation[]> sequences = [[]];
        for (int length = 1; length <= maxLength; length++)
        {
            sequences = [.. sequences.SelectMany(static begun => BlockOperation.All.Select(next => (BlockOperation[])[.. begun, next]))];
            foreach (BlockOperation[] sequence in sequences)
            {
                if (seen.Add(Pattern(sequence)))
                {
                    yield return new BlockStory(sequence);
                }
            }
        }
    }

    /// <summary>Reads what <see cref="ToString"/> wrote; a story that is only like a listed one is accepted too.</summary>
    public static bool TryParse(string text, out BlockStory? story)
    {
        story = null;
        var operations = new List<BlockOperation>();
        foreach (string word in text.Split('.'))
        {
            if (!BlockOperation.TryParse(word, out BlockOperation operation))
            {
                return false;
            }

            operations.Add(operation);
        }

        story = operations.Count <= MaxLength ? new BlockStory(operations) : null;
        return story is not null;
    }

    /// <summary>Its words with dots between, such as <c>Wa.C.Rb</c>.</summary>
    public override string ToString() => _text;

    /// <summary>Equal for stories that are alike: places are numbered in the order in which they come up.</summary>
    private static string Pattern(BlockOperation[] sequence)
    {
        if (Array.Exists(sequence, static operation => operation.Refills))
        {
            return string.Join('.', sequence);
        }

        var rows = new List<int>();
        var blocks = new List<char>();
        var pattern = new StringBuilder();
        foreach (BlockOperation operation in sequence)
        {
            pattern.Append(operation.Kind).Append(' ');
            if (operation.Row is { } row)
            {
                pattern.Append(NumberOf(rows, row)).Append(' ');
            }

            if (char.IsLetter(operation.Place))
            {
                pattern.Append(NumberOf(blocks, operation.Place)).Append(' ');
            }
        }

        return pattern.ToString();
    }

    private static int NumberOf<T>(List<T> known, T one)
    {
        int number = known.IndexOf(one);
        if (number < 0)
        {
            number = known.Count;
            known.Add(one);
        }

        return number;
    }
}
