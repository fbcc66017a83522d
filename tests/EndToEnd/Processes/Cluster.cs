namespace Raid5Fs.EndToEnd.Tests.Processes;

/// <summary>The block servers of one array, each in a process and a folder of its own, at a port that it keeps.</summary>
/// <remarks>Not thread-safe. All that there is of it is gone when it is disposed of.</remarks>
public sealed class Cluster : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MemberShape _shape;
    private readonly string[] _options;
    private readonly ServerProcess?[] _servers;
    private readonly int[] _ports;

    private Cluster(MemberShape shape, IEnumerable<string> options)
    {
        _shape = shape with { Array = Guid.NewGuid().ToString("N") };
        _options = [.. options];
        _servers = new ServerProcess?[shape.Servers];
        _ports = new int[shape.Servers];
    }

    public int Count => _servers.Length;

    /// <summary>The array's name: no two clusters have the same.</summary>
    public string Array => _shape.Array!;

    /// <summary>Where they listen, or will again, in the order of their places.</summary>
    public IReadOnlyList<string> Addresses => [.. _ports.Select(port => $"http://127.0.0.1:{port}")];

    /// <summary>Formats and starts as many servers as the shape says.</summary>
    /// <param name="shape">Its array and member are the cluster's to say.</param>
    /// <param name="options">On the command line of each server.</param>
    public static async Task<Cluster> StartAsync(MemberShape shape, IEnumerable<string>? options = null)
    {
        var cluster = new Cluster(shape, options ?? []);
        await Task.WhenAll(Enumerable.Range(0, shape.Servers).Select(member => cluster.StartAsync(member)));
        return cluster;
    }

    /// <summary>A server that runs.</summary>
    public ServerProcess this[int member] =>
        _servers[member] ?? throw new InvalidOperationException($"server {member} does not run");

    /// <summary>Where a server keeps its blocks.</summary>
    public string FolderOf(int member) => _folder.Of($"{member}");

    /// <summary>Starts a server that does not run; a blank one if there is nothing in its folder.</summary>
    /// <param name="member">Its place.</param>
    /// <param name="options">On its command line, besides the cluster's.</param>
    public async Task StartAsync(int member, params string[] options)
    {
        string folder = _folder.Folder($"{member}");
        _servers[member] = await ServerProcess.StartAsync(
            folder, ["--format", .. (_shape with { Member = member }).ToArguments(), .. _options, .. options], _ports[member]);
        _ports[member] = _servers[member]!.Port;
    }

    /// <summary>Ends a server where it stands.</summary>
    public async Task KillAsync(int member)
    {
        await using ServerProcess server = this[member];
        _servers[member] = null;
        await server.Process.KillAsync();
    }

    /// <summary>Loses what a server that does not run has stored: it starts as a blank one.</summary>
    public void Wipe(int member)
    {
        if (_servers[member] is not null)
        {
            throw new InvalidOperationException($"server {member} runs");
        }

        Directory.Delete(FolderOf(member), recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess? server in _servers)
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
        }

        _folder.Dispose();
    }
}
