using System.IO.Hashing;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Stories;

/// <summary>
/// What there is where a promise is found broken: the files that it was about, the members, the rows that are not whole.
/// </summary>
internal sealed class FailureScene
{
    private const int MostRows = 3;
    private const int MostRowsNamed = 20;
    private const int MostBlocks = 16;

    /// <summary>Virtual time in which a client answers that can.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, string> _systemSays = [];
    private List<(string Path, string Reference, List<string> Blocks)> _files = [];
    private List<string> _members = [];
    private List<string> _rows = [];

    /// <summary>Takes everything down as it is. Nothing of the run is changed by it.</summary>
    public void Look(ScenarioRun run)
    {
        _files =
        [
            .. PathsOf(run).Select(path =>
                (path, new Lstat { Path = path }.ApplyTo(run.Oracle.Latest.Paths).ToString(), BlocksOf(run, path).ToList())),
        ];
        _members = [.. run.Cluster.Servers.Select((_, server) => $"server {server}  {Describe(run.Cluster, server)}")];
        _rows = [.. RowsOf(run.Cluster)];
    }

    /// <summary>Asks the client in charge, if there is one, for the attributes of the files. The run goes on meanwhile.</summary>
    public async Task AskAsync(ScenarioRun run, Violation violation)
    {
        foreach (string path in PathsOf(run))
        {
            ClientSession client = run.Cluster.Session;
            if (client.IsEnded || client.Paths is not { } paths)
            {
                return;
            }

            Task<Answer> answer = client.RunAsync("look", () => new Lstat { Path = path }.ApplyToAsync(paths));
            await Task.WhenAny(answer, Task.Delay(Patience, run.Cluster.World.Clock));
            _systemSays[path] = answer.IsCompleted ? (await answer).ToString() : $"no answer within {Patience.TotalSeconds} s";
        }
    }

    /// <summary>All of it, a fact a line.</summary>
    public IEnumerable<string> Lines()
    {
        foreach ((string path, string reference, List<string> blocks) in _files)
        {
            yield return path;
            yield return $"  the reference  {reference}";
            yield return $"  the system     {_systemSays.GetValueOrDefault(path, "there is no client that could be asked")}";
            foreach (string block in blocks)
            {
                yield return $"  {block}";
            }
        }

        foreach (string line in _members.Concat(_rows))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> RowsOf(SimulatedCluster cluster)
    {
        List<(int Row, string Damage)> odd =
        [
            .. Enumerable.Range(0, cluster.Shape.Rows).Select(row => (row, cluster.FindDamage(row)!)).Where(static pair => pair.Item2 is not null),
        ];
        foreach ((int row, string damage) in odd.Take(MostRows))
        {
            yield return damage;
            for (int server = 0; server < cluster.Servers.Count; server++)
            {
                yield return $"  server {server}  {Describe(cluster, server, row)}";
            }
        }

        if (odd.Count == 0)
        {
            yield return "every row can be read from the disks, and XORs to zero";
        }
        else if (odd.Count > MostRows)
        {
            string further = string.Join(", ", odd.Skip(MostRows).Take(MostRowsNamed).Select(static pair => pair.Row));
            yield return $"and {odd.Count - MostRows} more rows that are not whole: {further}{(odd.Count > MostRows + MostRowsNamed ? " and so on" : "")}";
        }
    }

    private static IEnumerable<string> PathsOf(ScenarioRun run) =>
        run.Doing is FileOperation operation ? operation.Paths.Where(static path => path.StartsWith('/')) : [];

    /// <summary>Where the blocks of a file lie, as the reference knows their content: each row of blocks in one clause.</summary>
    private static IEnumerable<string> BlocksOf(ScenarioRun run, string path)
    {
        Result<InodeAttributes> found = run.Oracle.Latest.Paths.Find(path);
        if (!found.IsOk || found.Value.Type != FileType.Regular)
        {
            yield break;
        }

        long block = run.Cluster.Shape.Block.Bytes;
        long blocks = (found.Value.Size + block - 1) / block;
        for (long index = 0; index < Math.Min(blocks, MostBlocks); index++)
        {
            (int Server, int Row)? place = run.Scene.Locate(new BlockTarget.OfFile(path, new ByteSize(index * block)));
            string where = place is { } at ? $"on server {at.Server}, row {at.Row}" : "a hole, or on no server as the newest of its row";
            yield return $"its block {index}   {where}";
        }

        if (blocks > MostBlocks)
        {
            yield return $"and {blocks - MostBlocks} more blocks";
        }
    }

    private static string Describe(SimulatedCluster cluster, int server)
    {
        string belief = cluster.Array is { } array ? $"; the client believes it {array.Status.Members[server].State}" : string.Empty;
        if (cluster.StandingOf(server) is not { } standing)
        {
            return $"{(cluster.Servers[server].IsUp ? "up, and does not serve" : "down")}{belief}";
        }

        string pending = standing.SealedEpoch == 0 ? "nothing sealed" : $"epoch {Name(standing.SealedEpoch)} sealed";
        return $"serves owner {standing.Promised.Generation}; committed up to epoch {Name(standing.Self)}, {pending}{belief}";
    }

    private static string Describe(SimulatedCluster cluster, int server, int row)
    {
        string role = server == cluster.ParityServer(row) ? "parity" : "data  ";
        byte[] written = new byte[cluster.Shape.Block.Bytes];
        byte[] held = new byte[cluster.Shape.Block.Bytes];
        if (!cluster.Peek(server, row, written))
        {
            return $"{role}  never written: zeros";
        }

        string state = !cluster.TryPeekDevice(server, row, held) ? "cannot be read"
            : held.AsSpan().SequenceEqual(written) ? "as it was written"
            : $"not what was written, from byte {held.AsSpan().CommonPrefixLength(written)} on";
        int older = cluster.OffsetsOf(server, row).Count() - 1;
        return $"{role}  xxh3 {XxHash3.HashToUInt64(written):x16}, {state}{(older > 0 ? $"; {older} older kept" : "")}";
    }

    /// <summary>Generation and number.</summary>
    private static string Name(ulong epoch) => epoch == 0 ? "none" : $"{new Epoch(epoch).Generation}.{new Epoch(epoch).Number}";
}
