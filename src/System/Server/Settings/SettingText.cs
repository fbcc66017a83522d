using System.Globalization;
using System.Net;
using Raid5Fs.Primitives;

namespace Raid5Fs.Server.Settings;

/// <summary>How values of settings are written.</summary>
internal static class SettingText
{
    /// <summary>Any text but the empty one.</summary>
    public static bool TryText(string text, out string value)
    {
        value = text;
        return text.Length > 0;
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static bool TrySwitch(string text, out bool value) => bool.TryParse(text, out value);

    /// <summary>A whole number from 0, in decimal.</summary>
    public static bool TryCount(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>A whole number from 0 that fits 31 bits, in decimal.</summary>
    public static bool TrySmall(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>The same from 1.</summary>
    public static bool TryPositive(string text, out int value) => TrySmall(text, out value) && value > 0;

    /// <summary>32 hexadecimal digits.</summary>
    public static bool TryArray(string text, out ArrayId value)
    {
        value = default;
        if (text.Length != 2 * ArrayId.Size || !text.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        value = ArrayId.Read(Convert.FromHexString(text));
        return true;
    }

    /// <summary><c>127.0.0.1:7000</c>, <c>[::1]:7000</c>, <c>localhost:7000</c>, or a port of loopback alone.</summary>
    public static bool TryEndpoint(string text, out IPEndPoint value)
    {
        string written = text.StartsWith("localhost:", StringComparison.Ordinal) ? text.Replace("localhost", "127.0.0.1", StringComparison.Ordinal) : text;
        if (ushort.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            value = new IPEndPoint(IPAddress.Loopback, port);
            return true;
        }

        bool hasPort = written.LastIndexOf(':') is var colon && colon > 0
            && ushort.TryParse(written.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        bool isRead = IPEndPoint.TryParse(written, out IPEndPoint? endpoint);
        value = endpoint ?? new IPEndPoint(IPAddress.None, 0);

        // An address of version 6 without brackets ends in a colon and a number, too.
        return hasPort && isRead && (value.Address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6 || written[0] == '[');
    }

    /// <summary>A number with its unit: <c>250ms</c>, <c>10s</c>, <c>2m</c>.</summary>
    public static bool TrySpan(string text, out TimeSpan value)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        value = default;
        if (digits <= 0 || !TrySmall(text[..digits], out int number))
        {
            return false;
        }

        TimeSpan? unit = text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            _ => null,
        };
        value = number * (unit ?? TimeSpan.Zero);
        return unit is not null && value <= TimeSpan.FromDays(1);
    }

    /// <summary>The name of a value of an enumeration, in lower case.</summary>
    public static bool TryName<T>(string text, out T value)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value) && char.IsLetter(text[0]);
}
