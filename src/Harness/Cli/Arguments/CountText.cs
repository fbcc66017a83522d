using System.Globalization;

namespace Raid5Verify.Cli.Arguments;

/// <summary>Whole numbers from 1 on.</summary>
internal static class CountText
{
    private const int MaxJobs = 1024;

    public const string JobsWanted = "a whole number from 1 to 1024 is wanted";

    public const string SeveralJobsWanted = "a whole number from 2 to 1024 is wanted";

    public static bool TryParse(string text, out long count) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;

    public static bool TryParseJobs(string text, out int jobs) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out jobs) && jobs is > 0 and <= MaxJobs;

    public static bool TryParseSeveralJobs(string text, out int jobs) => TryParseJobs(text, out jobs) && jobs > 1;
}
