using System.Globalization;

namespace Raid5Fs.Client.Connection;

/// <summary>Where a block server listens.</summary>
/// <param name="Host">A name or an IP address; an IPv6 address in brackets.</param>
/// <param name="Port">1 to 65,535.</param>
internal sealed record ServerAddress(string Host, int Port)
{
    /// <summary>Reads <c>HOST:PORT</c>.</summary>
    public static bool TryParse(string text, out ServerAddress? address)
    {
        int colon = text.LastIndexOf(':');
        bool isPort = int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port);
        string host = colon > 0 ? text[..colon] : string.Empty;
        bool isHost = Uri.CheckHostName(host) != UriHostNameType.Unknown;
        address = isPort && isHost && port is >= 1 and <= ushort.MaxValue ? new ServerAddress(host, port) : null;
        return address is not null;
    }

    /// <summary>For a channel.</summary>
    /// <param name="isSecure">By TLS.</param>
    public Uri ToUri(bool isSecure) => new($"{(isSecure ? "https" : "http")}://{this}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
