using System.Globalization;
using Raid5Fs.Client.Connection;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Client.Local;

/// <summary>
/// A cluster of block servers on this machine: <c>DIR/server-0</c> and so on, a process and a log each, and the state file that
/// says which they are.
/// </summary>
internal sealed class LocalCluster
{
    private readonly string _folder;

    private LocalCluster(string folder, ClusterState state)
    {
        _folder = folder;
        State = state;
    }

    public ClusterState State { get; private set; }

    public string Folder => _folder;

    /// <summary>Where its servers listen.</summary>
    public IReadOnlyList<ServerAddress> Addresses => [.. State.Servers.Select(static server => new ServerAddress("127.0.0.1", server.Port))];

    /// <summary>The cluster of a folder.</summary>
    /// <returns>Null, and what is wrong with its state file.</returns>
    public static LocalCluster? Open(string folder, out string? complaint)
    {
        string full = Path.GetFullPath(folder);
        return ClusterState.Read(full, out complaint) is { } state ? new LocalCluster(full, state) : null;
    }

    /// <summary>A new cluster, not started yet.</summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="geometry">Of any member.</param>
    /// <param name="startPort">The first server's port, the others follow; 0: whichever are free.</param>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    public static LocalCluster Create(string folder, MemberGeometry geometry, int startPort)
    {
        string full = Path.GetFullPath(folder);
        Directory.CreateDirectory(full);
        var cluster = new LocalCluster(full, new ClusterState
        {
            Array = geometry.ArrayId.ToString(),
            BlockSize = geometry.BlockSize,
            Chunk = geometry.ChunkBlocks,
            Rows = geometry.Rows,
            Servers = [.. Enumerable.Range(0, geometry.Members).Select(i => new ServerState(startPort == 0 ? 0 : startPort + i, 0))],
        });
        cluster.State.Write(full);
        return cluster;
    }

    public string DataOf(int member) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"server-{member}"));

    public bool IsRunning(int member) => ServerProcess.IsRunning(State.Servers[member].Pid, DataOf(member));

    /// <summary>Starts the servers that do not run; a folder without a member in it becomes a blank one.</summary>
    /// <param name="program">The server's.</param>
    /// <param name="complain">Told which server did not start, and why.</param>
    /// <returns>The members that were started.</returns>
    public async Task<IReadOnlyList<int>> StartAsync(string program, Action<string> complain)
    {
        int[] down = [.. Enumerable.Range(0, State.Servers.Count).Where(member => !IsRunning(member))];
        ServerState?[] started = await Task.WhenAll(down.Select(member => StartAsync(member, program, complain)));
        ServerState[] servers = [.. State.Servers];
        for (int i = 0; i < down.Length; i++)
        {
            servers[down[i]] = started[i] ?? servers[down[i]];
        }

        State = State with { Servers = servers };
        State.Write(_folder);
        return [.. down.Where((_, i) => started[i] is not null)];
    }

    /// <summary>Ends the servers that run.</summary>
    /// <returns>The members that were ended.</returns>
    public async Task<IReadOnlyList<int>> StopAsync()
    {
        int[] running = [.. Enumerable.Range(0, State.Servers.Count).Where(IsRunning)];
        await Task.WhenAll(running.Select(StopAsync));
        return running;
    }

    /// <summary>Ends a server, and puts its folder aside as <c>server-N.replaced-K</c>: it starts as a blank one.</summary>
    /// <exception cref="IOException">The folder cannot be moved.</exception>
    public async Task<string> PutAsideAsync(int member)
    {
        await StopAsync(member);
        string aside;
        int times = 1;
        do
        {
            aside = string.Create(CultureInfo.InvariantCulture, $"{DataOf(member)}.replaced-{times++}");
        }
        while (Directory.Exists(aside));
        if (Directory.Exists(DataOf(member)))
        {
            Directory.Move(DataOf(member), aside);
        }

        return aside;
    }

    private Task StopAsync(int member) =>
        IsRunning(member) ? ServerProcess.StopAsync(State.Servers[member].Pid, DataOf(member)) : Task.CompletedTask;

    private async Task<ServerState?> StartAsync(int member, string program, Action<string> complain)
    {
        Directory.CreateDirectory(DataOf(member));
        MemberGeometry geometry = State.GeometryOf(member);
        string[] arguments =
        [
            "serve",
            "--data", DataOf(member),
            "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{State.Servers[member].Port}"),
            "--format",
            "--array", geometry.ArrayId.ToString(),
            "--member", Text(member),
            "--servers", Text(geometry.Members),
            "--rows", Text(geometry.Rows),
            "--block-size", Text(geometry.BlockSize),
            "--chunk", Text(geometry.ChunkBlocks),
        ];
        (int Pid, int Port)? started = await ServerProcess.StartAsync(
            program, arguments, DataOf(member) + ".log", said => complain($"{new MemberIndex(member)} did not start: {said}"));
        return started is { } process ? new ServerState(process.Port, process.Pid) : null;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
