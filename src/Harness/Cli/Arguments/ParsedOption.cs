using System.CommandLine;
using System.CommandLine.Parsing;

namespace Raid5Verify.Cli.Arguments;

/// <summary>Options whose text has a form of its own; a text of another form gets one line that says what is asked for.</summary>
internal static class ParsedOption
{
    public delegate bool TryParse<T>(string text, out T value);

    public static Option<T?> Of<T>(string name, string helpName, string description, TryParse<T> tryParse, string wanted)
        where T : struct => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = given => Parse(given, name, tryParse, wanted, out var value) ? value : null,
        };

    /// <summary>The same for a value that is an object.</summary>
    public static Option<T?> OfObject<T>(string name, string helpName, string description, TryParse<T> tryParse, string wanted)
        where T : class => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = given => Parse(given, name, tryParse, wanted, out var value) ? value : null,
        };

    private static bool Parse<T>(ArgumentResult given, string name, TryParse<T> tryParse, string wanted, out T value)
    {
        var text = given.Tokens[^1].Value;
        var isParsed = tryParse(text, out value);
        if (!isParsed)
        {
            given.AddError($"{name} '{text}': {wanted}");
        }

        return isParsed;
    }
}
