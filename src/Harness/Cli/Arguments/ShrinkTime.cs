using System.CommandLine;
using Raid5Verify.Shrinking;

namespace Raid5Verify.Cli.Arguments;

/// <summary>How long a campaign makes small what it has found.</summary>
internal static class ShrinkTime
{
    public static Option<TimeSpan?> Option() => ParsedOption.Of<TimeSpan>(
        "--shrink",
        "SPAN",
        $"How long to make small what failed, all in all, default {ShrinkOptions.DefaultTime.TotalSeconds}s; 0 for not at all",
        TryParse,
        "0 or a span such as 90s, 5m or 2h is wanted");

    /// <param name="given">Null if it is not given.</param>
    public static TimeSpan Of(TimeSpan? given) => given ?? ShrinkOptions.DefaultTime;

    private static bool TryParse(string text, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        return text == "0" || TimeText.TryParse(text, out time);
    }
}
