using System.CommandLine;
using System.Globalization;

namespace Raid5Verify.Cli.Arguments;

/// <summary>How many simulations run at the same time.</summary>
internal static class JobCount
{
    public static Option<int?> Option(string description) =>
        ParsedOption.Of<int>("--jobs", "J", description, TryParse, "a whole number from 1 to 1024 is wanted");

    private static bool TryParse(string text, out int jobs) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out jobs) && jobs is > 0 and <= 1024;
}
