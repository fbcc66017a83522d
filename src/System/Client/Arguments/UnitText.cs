using System.Globalization;
using System.Numerics;

namespace Raid5Fs.Client.Arguments;

/// <summary>Texts of values with units.</summary>
internal static class UnitText
{
    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>A number of bytes: <c>512</c>, <c>64KiB</c>, <c>2GiB</c>; <c>K</c>, <c>M</c>, <c>G</c>, <c>T</c> mean the same.</summary>
    public static bool TryBytes(string text, out long bytes)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? text.Length : digits;
        bytes = 0;
        int power = text[digits..].ToUpperInvariant() switch
        {
            "" or "B" => 0,
            "K" or "KIB" => 1,
            "M" or "MIB" => 2,
            "G" or "GIB" => 3,
            "T" or "TIB" => 4,
            _ => -1,
        };
        if (power < 0 || !long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            || number > long.MaxValue >> (10 * power))
        {
            return false;
        }

        bytes = number << (10 * power);
        return true;
    }

    /// <summary>A time: <c>250ms</c>, <c>10s</c>, <c>2m</c>; up to a day, more than nothing.</summary>
    public static bool TryTime(string text, out TimeSpan time)
    {
        int digits = Math.Max(0, text.AsSpan().IndexOfAnyExceptInRange('0', '9'));
        TimeSpan unit = text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            _ => TimeSpan.Zero,
        };
        bool isNumber = int.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        time = number * unit;
        return isNumber && time > TimeSpan.Zero && time <= TimeSpan.FromDays(1);
    }

    /// <summary>For a person: <c>1.5 MiB</c>.</summary>
    public static string OfBytes(long bytes)
    {
        int unit = bytes < 1024 ? 0 : Math.Min(BitOperations.Log2((ulong)bytes) / 10, ByteUnits.Length - 1);
        double number = bytes / (double)(1L << (10 * unit));
        return string.Create(CultureInfo.InvariantCulture, $"{number:0.#} {ByteUnits[unit]}");
    }
}
