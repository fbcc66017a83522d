using System.Globalization;

namespace Raid5Verify.Scenarios;

/// <summary>A host that a fault strikes: <c>client</c>, the one in charge then, or <c>server 2</c>.</summary>
public abstract record HostTarget
{
    private const string ServerWord = "server ";

    private HostTarget()
    {
    }

    /// <summary>The client in charge.</summary>
    public sealed record OfClient : HostTarget
    {
        public override string ToString() => "client";
    }

    /// <summary>A server, by its place.</summary>
    public sealed record OfServer(int Server) : HostTarget
    {
        public override string ToString() => $"{ServerWord}{Server}";
    }

    internal static HostTarget? Parse(string text) =>
        text == "client" ? new OfClient()
        : text.StartsWith(ServerWord, StringComparison.Ordinal)
            && int.TryParse(text[ServerWord.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int server)
            ? new OfServer(server)
        : null;
}
