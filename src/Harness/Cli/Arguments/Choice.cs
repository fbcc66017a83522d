using System.CommandLine;

namespace Raid5Verify.Cli.Arguments;

/// <summary>An option with a few known words; another word gets one line that lists them.</summary>
internal static class Choice
{
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For the help.</param>
    /// <param name="known">Every word that may be given.</param>
    public static Option<string?> Option(string name, string description, IReadOnlyList<string> known) => new(name)
    {
        Description = $"{description} ({string.Join(", ", known)})",
        HelpName = "NAME",
        CustomParser = given =>
        {
            var word = given.Tokens[^1].Value;
            if (known.Contains(word, StringComparer.Ordinal))
            {
                return word;
            }

            given.AddError($"unknown {name.TrimStart('-')} '{word}'; there are {string.Join(", ", known)}");
            return null;
        },
    };
}
