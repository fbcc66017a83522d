using System.CommandLine;
using System.CommandLine.Parsing;

namespace Raid5Fs.Client.Arguments;

/// <summary>Options whose text has a form of its own; a text of another form gets one line that says what is asked for.</summary>
internal static class TextOption
{
    public delegate bool TryParse<T>(string text, out T value);

    /// <param name="name">With its hyphens.</param>
    /// <param name="helpName">Stands for the value in the help.</param>
    /// <param name="description">What, unit, range, default.</param>
    /// <param name="tryParse">Reads the value.</param>
    /// <param name="wanted">What it looks like: follows "is not".</param>
    /// <param name="aliases">Other spellings.</param>
    public static Option<T?> Of<T>(
        string name, string helpName, string description, TryParse<T> tryParse, string wanted, params string[] aliases)
        where T : struct => new(name, aliases)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = given => Parse(given, name, tryParse, wanted, out T value) ? value : null,
        };

    private static bool Parse<T>(ArgumentResult given, string name, TryParse<T> tryParse, string wanted, out T value)
    {
        string text = given.Tokens.Count > 0 ? given.Tokens[^1].Value : string.Empty;
        bool isParsed = tryParse(text, out value);
        if (!isParsed)
        {
            given.AddError($"{name} '{text}' is not {wanted}");
        }

        return isParsed;
    }
}
