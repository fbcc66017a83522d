using System.Globalization;

namespace Raid5Verify.Scenarios;

/// <summary>How scenarios write a time span: <c>3ms</c>, <c>250us</c>, <c>1.5s</c>, <c>2m</c>; <c>0</c> needs no unit.</summary>
internal static class Duration
{
    private static readonly (string Suffix, long Ticks)[] Units =
    [
        ("us", TimeSpan.TicksPerMicrosecond),
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
    ];

    public static bool TryParse(string text, out TimeSpan span)
    {
        span = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        (string suffix, long ticks) = Units.FirstOrDefault(
            unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal), (Suffix: string.Empty, Ticks: 0L));
        bool isNumber = decimal.TryParse(
            text.AsSpan(0, text.Length - suffix.Length).TrimEnd(),
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out decimal count);
        if (ticks == 0 || !isNumber || count > long.MaxValue / ticks)
        {
            return false;
        }

        span = TimeSpan.FromTicks((long)(count * ticks));
        return true;
    }

    /// <summary>What somebody may have meant: <c>3s</c> for <c>3sec</c>, <c>30ms</c> for <c>30 MS</c>.</summary>
    /// <returns>Null where there is nothing to guess.</returns>
    public static string? Guess(string text)
    {
        string count = text.TrimEnd([.. text.Where(char.IsLetter)]);
        string? meant = text[count.Length..].ToUpperInvariant() switch
        {
            "S" or "SEC" or "SECS" or "SECOND" or "SECONDS" => "s",
            "MS" or "MSEC" or "MSECS" or "MILLISECOND" or "MILLISECONDS" => "ms",
            "US" or "USEC" or "USECS" or "µS" or "ΜS" or "MICROSECOND" or "MICROSECONDS" => "us",
            "M" or "MIN" or "MINS" or "MINUTE" or "MINUTES" => "m",
            _ => null,
        };
        return meant is not null && TryParse($"{count}{meant}", out _) ? $"{count.TrimEnd()}{meant}" : null;
    }

    /// <summary>In the largest unit that gives a whole number; what is finer than a microsecond is cut off.</summary>
    public static string Format(TimeSpan span)
    {
        if (span == TimeSpan.Zero)
        {
            return "0";
        }

        (string suffix, long ticks) = Units.LastOrDefault(unit => span.Ticks % unit.Ticks == 0, Units[0]);
        return $"{span.Ticks / ticks}{suffix}";
    }
}
