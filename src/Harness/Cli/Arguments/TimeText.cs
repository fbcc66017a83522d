using System.Globalization;

namespace Raid5Verify.Cli.Arguments;

/// <summary>A span of real time as people write it: a whole number and <c>s</c>, <c>m</c> or <c>h</c>; at most 1,000 hours.</summary>
internal static class TimeText
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1000);

    public static bool TryParse(string text, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        if (text.Length < 2
            || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        TimeSpan? unit = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            _ => null,
        };
        if (unit is not { } span || count < 1 || count > Longest / span)
        {
            return false;
        }

        time = count * span;
        return true;
    }
}
