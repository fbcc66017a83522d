using System.CommandLine;
using System.Globalization;
using Raid5Fs.Client.Connection;
using Raid5Fs.Client.Local;
using Raid5Fs.Protocol;

namespace Raid5Fs.Client.Arguments;

/// <summary>The options that say which array is meant and how it is talked to. The same for all verbs.</summary>
internal sealed class ConnectionArguments
{
    /// <summary>Says the servers where the command line does not.</summary>
    public const string ServersVariable = "RAID5FS_SERVERS";

    private readonly Option<string?> _servers = new("--servers", "-ns")
    {
        Description = "The block servers, HOST:PORT,… in the order of their places; or their number, on this machine from --start-port on. "
            + $"Default: {ServersVariable}, else the cluster of --cluster",
        HelpName = "LIST",
        Recursive = true,
    };

    private readonly Option<int> _startPort = new("--start-port", "-startport")
    {
        Description = "The port of the first server, where --servers is a number. Default 8000",
        HelpName = "PORT",
        DefaultValueFactory = _ => 8000,
        Recursive = true,
    };

    private readonly Option<string?> _cluster = new("--cluster")
    {
        Description = $"The folder of a cluster that 'local up' made. Default {ClusterState.DefaultFolder}",
        HelpName = "DIR",
        Recursive = true,
    };

    private readonly Option<ulong?> _client = TextOption.Of<ulong>(
        "--client-id", "ID", "What this client calls itself to the servers: a whole number. Default: drawn at random", TryId, "a whole number", "-cid");

    private readonly Option<long?> _cache = TextOption.Of<long>(
        "--cache", "BYTES", "Memory for blocks. Default 64MiB", UnitText.TryBytes, "a number of bytes, such as 64MiB");

    private readonly Option<int> _connections = new("--connections")
    {
        Description = "Connections to each server, 1 to 16. Default 1",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
        Recursive = true,
    };

    private readonly Option<TimeSpan?> _patience = TextOption.Of<TimeSpan>(
        "--patience", "TIME", "How long a server may answer nothing before it is away. Default 3s", UnitText.TryTime, "a time, such as 3s");

    private readonly Option<TimeSpan?> _lease = TextOption.Of<TimeSpan>(
        "--lease", "TIME", "How long an answer is believed, the same for all clients of an array; who takes over a degraded array waits as long. Default 2s", UnitText.TryTime, "a time, such as 2s");

    private readonly Option<double?> _refillRate = new("--refill-rate")
    {
        Description = "Rows a second that a refill does at most. Default: no limit",
        HelpName = "ROWS",
        Recursive = true,
    };

    private readonly Option<double?> _scrubRate = new("--scrub-rate")
    {
        Description = "Rows a second that a scrub looks at, at most. Default: no limit",
        HelpName = "ROWS",
        Recursive = true,
    };

    private readonly Option<string?> _authority = FileOption("--tls-ca", "Certificates, PEM, that the servers' must be signed by: the connections are encrypted");
    private readonly Option<string?> _certificate = FileOption("--tls-cert", "This client's certificate, PEM");
    private readonly Option<string?> _key = FileOption("--tls-key", "The private key of --tls-cert, PEM, if it is not in the same file");

    private readonly Option<bool> _takeOver = new("--take-over")
    {
        Description = "Take the array over from the program on this machine that owns it: that one can do nothing with it any more",
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Results as JSON, an object a line", Recursive = true };

    public ConnectionArguments()
    {
        _client.Recursive = _cache.Recursive = _patience.Recursive = _lease.Recursive = true;
    }

    /// <summary>For the root command.</summary>
    public IEnumerable<Option> Options =>
    [
        _servers, _startPort, _cluster, _client, _cache, _connections, _patience, _lease, _refillRate, _scrubRate,
        _authority, _certificate, _key, _takeOver, _json,
    ];

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Whether an owner on this machine is to be fenced.</summary>
    public bool TakesOver(ParseResult parsed) => parsed.GetValue(_takeOver);

    /// <summary>The folder of the cluster on this machine, whether there is one or not.</summary>
    public string ClusterFolder(ParseResult parsed) => parsed.GetValue(_cluster) ?? ClusterState.DefaultFolder;

    /// <summary>The number that <c>--servers</c> is; null if it says none, or a list.</summary>
    public int? ServerCount(ParseResult parsed) =>
        int.TryParse(parsed.GetValue(_servers), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : null;

    /// <summary>The first port, if it was said.</summary>
    public int? StartPort(ParseResult parsed) => parsed.GetResult(_startPort) is { Implicit: false } ? parsed.GetValue(_startPort) : null;

    /// <summary>What the command line says of the array.</summary>
    /// <returns>Null, and what is wrong.</returns>
    public ClientOptions? Read(ParseResult parsed, out string? complaint)
    {
        IReadOnlyList<ServerAddress>? servers = ServersOf(parsed, out complaint);
        return servers is null ? null : Read(parsed, servers, out complaint);
    }

    /// <summary>The same, with servers that are known.</summary>
    public ClientOptions? Read(ParseResult parsed, IReadOnlyList<ServerAddress> servers, out string? complaint)
    {
        int connections = parsed.GetValue(_connections);
        complaint =
            servers.Count is < MemberGeometry.MinMembers or > MemberGeometry.MaxMembers
                ? $"an array has {MemberGeometry.MinMembers} to {MemberGeometry.MaxMembers} servers, not {servers.Count}"
            : connections is < 1 or > 16 ? $"--connections {connections}: 1 to 16 are wanted"
            : RateFault("--refill-rate", parsed.GetValue(_refillRate))
                ?? RateFault("--scrub-rate", parsed.GetValue(_scrubRate))
                ?? (parsed.GetValue(_authority) is null && (parsed.GetValue(_certificate) ?? parsed.GetValue(_key)) is not null
                    ? "--tls-cert and --tls-key need --tls-ca" : null);
        return complaint is not null ? null : new ClientOptions
        {
            Servers = servers,
            ClientId = parsed.GetValue(_client),
            CacheBytes = parsed.GetValue(_cache) ?? 64L << 20,
            ConnectionsPerServer = connections,
            Patience = parsed.GetValue(_patience) ?? TimeSpan.FromSeconds(3),
            Lease = parsed.GetValue(_lease) ?? TimeSpan.FromSeconds(2),
            RefillRate = parsed.GetValue(_refillRate),
            ScrubRate = parsed.GetValue(_scrubRate),
            Tls = parsed.GetValue(_authority) is { } authority
                ? new TlsFiles(authority, parsed.GetValue(_certificate), parsed.GetValue(_key))
                : null,
        };
    }

    /// <summary>Reads a list of servers.</summary>
    public static IReadOnlyList<ServerAddress>? ParseServers(string text, out string? complaint)
    {
        var servers = new List<ServerAddress>();
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!ServerAddress.TryParse(word, out ServerAddress? server))
            {
                complaint = $"'{word}' is no server: HOST:PORT is wanted";
                return null;
            }

            servers.Add(server!);
        }

        complaint = servers.Distinct().Count() < servers.Count ? $"'{text}' names a server twice" : null;
        return complaint is null ? servers : null;
    }

    private IReadOnlyList<ServerAddress>? ServersOf(ParseResult parsed, out string? complaint)
    {
        complaint = null;
        if (ServerCount(parsed) is { } count)
        {
            int first = parsed.GetValue(_startPort);
            if (first >= 1 && first + count - 1 <= ushort.MaxValue)
            {
                return [.. Enumerable.Range(first, count).Select(static port => new ServerAddress("127.0.0.1", port))];
            }

            complaint = $"there are no {count} ports from {first} on";
            return null;
        }

        string? cluster = parsed.GetValue(_cluster);
        string? list = parsed.GetValue(_servers)
            ?? (cluster is null && Environment.GetEnvironmentVariable(ServersVariable) is { Length: > 0 } said ? said : null);
        if (list is not null)
        {
            return ParseServers(list, out complaint);
        }

        string folder = cluster ?? ClusterState.DefaultFolder;
        if (!ClusterState.IsIn(folder))
        {
            complaint = cluster is null
                ? "which servers? Say --servers HOST:PORT,…, or make a cluster on this machine: raid5fs local up"
                : $"{folder}: there is no cluster; raid5fs local up makes one";
            return null;
        }

        LocalCluster? local = LocalCluster.Open(folder, out complaint);
        return local?.Addresses;
    }

    private static string? RateFault(string name, double? rate) =>
        rate is null or (>= 0.001 and <= 1e9) ? null : $"{name} {rate}: 0.001 rows a second or more are wanted";

    private static bool TryId(string text, out ulong id) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    private static Option<string?> FileOption(string name, string description) =>
        new(name) { Description = description, HelpName = "FILE", Recursive = true };
}
