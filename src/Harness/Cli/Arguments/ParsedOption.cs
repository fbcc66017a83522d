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
            CustomParser = given => Parse(given, name, tryParse, wanted),
        };

    private static T? Parse<T>(ArgumentResult given, string name, TryParse<T> tryParse, string wanted) where T : struct
    {
        var text = given.Tokens[^1].Value;
        if (tryParse(text, out var value))
        {
            return value;
        }

        given.AddError($"{name} '{text}': {wanted}");
        return null;
    }
}
