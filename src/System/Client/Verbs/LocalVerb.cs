using System.CommandLine;
using System.Globalization;
using Raid5Fs.Client.Arguments;
using Raid5Fs.Client.Connection;
using Raid5Fs.Client.Local;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Client.Verbs;

/// <summary><c>local</c>: a cluster of real block servers on this machine.</summary>
internal static class LocalVerb
{
    private const int SmallArray = 256;

    public static Command Create(VerbFrame frame)
    {
        var size = TextOption.Of<long>(
            "--size", "BYTES", "What the array offers, rounded up. Default 1GiB", UnitText.TryBytes, "a number of bytes, such as 1GiB");
        var geometry = new GeometryArguments();
        var up = new Command("up", "Starts the servers that do not run. The first time it makes them: 5, unless --servers says otherwise; and a file system.") { size };
        geometry.Options.ToList().ForEach(up.Options.Add);
        up.SetAction(async (parsed, _) => frame.End(await UpAsync(frame, parsed, geometry, parsed.GetValue(size))));

        var down = new Command("down", "Ends the servers; what they hold stays.");
        down.SetAction(async (parsed, _) => frame.End(await DownAsync(frame, parsed)));

        var status = new Command("status", "Shows which servers run.");
        status.SetAction((parsed, _) => Task.FromResult(frame.End(Status(frame, parsed))));

        return new Command("local", $"A cluster on this machine, in the folder that --cluster names, by default {ClusterState.DefaultFolder}.") { up, down, status };
    }

    private static async Task<ExitCode> UpAsync(VerbFrame frame, ParseResult parsed, GeometryArguments geometry, long? size)
    {
        Terminal terminal = frame.Terminal(parsed);
        string folder = frame.Connection.ClusterFolder(parsed);
        if (ServerProgram.Find() is not { } program)
        {
            return terminal.Refuse(
                Errno.ENOENT, $"{ServerProgram.Name} is neither beside this program nor built; {ServerProgram.Variable} may say where it is");
        }

        LocalCluster? cluster;
        string? complaint;
        bool isNew = !ClusterState.IsIn(folder);
        if (isNew)
        {
            int servers = frame.Connection.ServerCount(parsed) ?? 5;
            MemberGeometry? shape = ShapeOf(parsed, geometry, size, servers, out complaint);
            if (shape is null)
            {
                return terminal.RefuseUsage(complaint!);
            }

            try
            {
                cluster = LocalCluster.Create(folder, shape, frame.Connection.StartPort(parsed) ?? 0);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return terminal.Refuse(Errno.EIO, $"{folder}: {error.Message}");
            }
        }
        else
        {
            cluster = LocalCluster.Open(folder, out complaint);
            if (cluster is null)
            {
                return terminal.RefuseUsage(complaint!);
            }

            if (frame.Connection.ServerCount(parsed) is { } servers && servers != cluster.State.Servers.Count)
            {
                return terminal.RefuseUsage($"the cluster in {folder} has {cluster.State.Servers.Count} servers; --servers says {servers}");
            }
        }

        var complaints = new List<string>();
        IReadOnlyList<int> started = await cluster.StartAsync(program, said =>
        {
            lock (complaints)
            {
                complaints.Add(said);
            }
        });
        foreach (string said in complaints.Order(StringComparer.Ordinal))
        {
            terminal.Error.WriteLine($"{Terminal.ProgramName}: {said}");
        }

        if (complaints.Count > 1 || (isNew && complaints.Count > 0))
        {
            return terminal.Refuse(Errno.EIO, $"{complaints.Count} servers did not start");
        }

        if (isNew && await MakeFileSystemAsync(frame, parsed, cluster, geometry) is not ExitCode.Done and var refused)
        {
            return refused;
        }

        terminal.Say(
            new { cluster.Folder, Started = started, Servers = cluster.Addresses.Select(static server => server.ToString()) },
            to =>
            {
                to.WriteLine($"{started.Count} of {cluster.State.Servers.Count} servers started, {cluster.State.Servers.Count - started.Count - complaints.Count} ran already");
                to.WriteLine($"folder   {cluster.Folder}");
                to.WriteLine($"servers  {string.Join(',', cluster.Addresses)}");
            });
        return complaints.Count == 0 ? ExitCode.Done : ExitCode.Refused;
    }

    private static async Task<ExitCode> DownAsync(VerbFrame frame, ParseResult parsed)
    {
        Terminal terminal = frame.Terminal(parsed);
        if (LocalCluster.Open(frame.Connection.ClusterFolder(parsed), out string? complaint) is not { } cluster)
        {
            return terminal.RefuseUsage(complaint!);
        }

        IReadOnlyList<int> ended = await cluster.StopAsync();
        terminal.Say(new { Ended = ended }, to => to.WriteLine($"{ended.Count} of {cluster.State.Servers.Count} servers ended"));
        return ExitCode.Done;
    }

    private static ExitCode Status(VerbFrame frame, ParseResult parsed)
    {
        Terminal terminal = frame.Terminal(parsed);
        if (LocalCluster.Open(frame.Connection.ClusterFolder(parsed), out string? complaint) is not { } cluster)
        {
            return terminal.RefuseUsage(complaint!);
        }

        var servers = cluster.State.Servers.Select((server, i) => new
        {
            Member = i,
            server.Port,
            Pid = cluster.IsRunning(i) ? (int?)server.Pid : null,
            Data = cluster.DataOf(i),
        }).ToArray();
        terminal.Say(servers, to =>
        {
            foreach (var server in servers)
            {
                string state = server.Pid is { } pid ? string.Create(CultureInfo.InvariantCulture, $"runs as {pid}") : "does not run";
                to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{server.Member,2} 127.0.0.1:{server.Port,-6} {state,-16} {server.Data}"));
            }
        });
        return ExitCode.Done;
    }

    /// <summary>What a member of the new array is; null, and why there is none.</summary>
    private static MemberGeometry? ShapeOf(
        ParseResult parsed, GeometryArguments geometry, long? size, int servers, out string? complaint)
    {
        if (servers is < MemberGeometry.MinMembers or > MemberGeometry.MaxMembers)
        {
            complaint = $"an array has {MemberGeometry.MinMembers} to {MemberGeometry.MaxMembers} servers, not {servers}";
            return null;
        }

        if (size is not null && geometry.Blocks(parsed) is not null)
        {
            complaint = "--size and --blocks say the same: one of them";
            return null;
        }

        int blockSize = geometry.BlockSize(parsed) ?? 4096;
        long blocks = geometry.Blocks(parsed) ?? Math.Max(1, ((size ?? 1L << 30) - 1) / Math.Max(1, blockSize) + 1);
        long rows = (blocks + servers - 2) / (servers - 1);
        int chunk = geometry.Chunk(parsed) ?? (blocks < SmallArray * (servers - 1) ? 1 : 16);
        rows = (rows + chunk - 1) / Math.Max(1, chunk) * chunk;
        try
        {
            complaint = null;
            return new MemberGeometry(ArrayId.Draw(new Random()), new MemberIndex(0), servers, blockSize, chunk, rows);
        }
        catch (ArgumentException impossible)
        {
            complaint = impossible.Message;
            return null;
        }
    }

    private static async Task<ExitCode> MakeFileSystemAsync(
        VerbFrame frame, ParseResult parsed, LocalCluster cluster, GeometryArguments geometry)
    {
        Terminal terminal = frame.Terminal(parsed);
        if (frame.Connection.Read(parsed, cluster.Addresses, out string? complaint) is not { } options)
        {
            return terminal.RefuseUsage(complaint!);
        }

        (OwnedArray? array, ExitCode refused) = await OwnedArray.OpenAsync(options, takesOver: false, terminal, terminal.Error);
        if (array is null)
        {
            return refused;
        }

        await using (array)
        {
            return await MkfsVerb.FormatAsync(array, geometry.ToMkfs(parsed), terminal with { Out = TextWriter.Null });
        }
    }
}
