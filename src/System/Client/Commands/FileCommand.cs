namespace Raid5Fs.Client.Commands;

/// <summary>
/// One command of the shell, which can also be given alone: <c>raid5fs ls /</c>. A command documents itself: what it takes, what it
/// does. All of them stand in <see cref="CommandList"/>.
/// </summary>
internal abstract class FileCommand
{
    /// <param name="name">What is typed.</param>
    /// <param name="parameters">
    /// A word for each argument: <c>FROM TO</c>. One in brackets may be left out; one that ends with <c>…</c> may come again.
    /// </param>
    /// <param name="summary">What it does, in one line.</param>
    protected FileCommand(string name, string parameters, string summary)
    {
        Name = name;
        Parameters = parameters;
        Summary = summary;
        string[] words = parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Least = words.Count(static word => word[0] != '[');
        Most = words.Any(static word => word.Contains('…')) ? int.MaxValue : words.Length;
    }

    public string Name { get; }

    public string Parameters { get; }

    public string Summary { get; }

    /// <summary>Switches that it knows.</summary>
    public virtual IReadOnlyList<CommandFlag> Flags => [];

    /// <summary>Whether it makes sense in a shell only.</summary>
    public virtual bool IsOfShell => false;

    /// <summary>The fewest arguments.</summary>
    public int Least { get; }

    /// <summary>The most arguments.</summary>
    public int Most { get; }

    /// <summary>How it is typed.</summary>
    public string Usage => string.Join(
        ' ', new[] { Name }.Concat(Flags.Select(static flag => $"[-{flag.Letter}]")).Append(Parameters).Where(static word => word.Length > 0));

    /// <summary>Does it; what is wrong has been said when it ends with another code than <see cref="ExitCode.Done"/>.</summary>
    /// <exception cref="IOException">A file of this machine, or the output, cannot be read or written.</exception>
    public abstract Task<ExitCode> RunAsync(Workspace on, GivenWords given);
}

/// <param name="Letter">After one hyphen.</param>
/// <param name="Name">After two hyphens.</param>
/// <param name="Summary">What it changes.</param>
internal sealed record CommandFlag(char Letter, string Name, string Summary);

/// <summary>What was given to a command.</summary>
/// <param name="Words">As many as it takes.</param>
/// <param name="Flags">The letters of its switches.</param>
internal sealed record GivenWords(IReadOnlyList<string> Words, IReadOnlySet<char> Flags)
{
    public string this[int index] => Words[index];

    public int Count => Words.Count;

    public bool Has(char flag) => Flags.Contains(flag);

    /// <summary>Sorts what was typed behind a command's name into arguments and switches; behind <c>--</c> there are no switches.</summary>
    /// <returns>Null, and what is wrong.</returns>
    public static GivenWords? Of(FileCommand command, IReadOnlyList<string> typed, out string? complaint)
    {
        var words = new List<string>();
        var flags = new HashSet<char>();
        bool mayBeFlag = true;
        foreach (string word in typed)
        {
            if (!mayBeFlag || word.Length < 2 || word[0] != '-' || char.IsAsciiDigit(word[1]))
            {
                words.Add(word);
            }
            else if (word == "--")
            {
                mayBeFlag = false;
            }
            else
            {
                char[] letters = word[1] == '-'
                    ? [command.Flags.FirstOrDefault(flag => flag.Name == word[2..])?.Letter ?? '-']
                    : word[1..].ToCharArray();
                if (letters.FirstOrDefault(letter => command.Flags.All(flag => flag.Letter != letter)) is not '\0')
                {
                    complaint = $"{command.Name} does not know '{word}'; usage: {command.Usage}";
                    return null;
                }

                flags.UnionWith(letters);
            }
        }

        bool fits = words.Count >= command.Least && words.Count <= command.Most;
        complaint = fits ? null : $"usage: {command.Usage}";
        return fits ? new GivenWords(words, flags) : null;
    }
}
