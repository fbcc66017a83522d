using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Cluster;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;
using static Raid5Verify.Cli.Bench.HealthyCluster;

namespace Raid5Verify.Cli.Bench;

/// <summary>
/// What common work costs the file system, in blocks that it asks the array to read or write: counted in a simulated cluster of
/// five servers, so the same on every machine.
/// </summary>
internal sealed class FileSystemCosts(SimulatedCluster cluster)
{
    private const int Servers = 5;

    /// <summary>64 KiB of each server in a stripe.</summary>
    private const int Chunk = 16;

    /// <summary>Room for the large file and a third more.</summary>
    private const int Rows = 350 * Chunk;

    private const int CacheBlocks = 4096;
    private const int LargeFile = 64 << 20;
    private const int Piece = 1 << 20;
    private const int SmallFiles = 1000;

    private PathOperations Paths => cluster.Session.Paths!.ByPath;

    public static IReadOnlyList<Figure> Measure()
    {
        List<Figure> figures = [];
        HealthyCluster.Run(
            new ClusterShape { Servers = Servers, Chunk = Chunk, Rows = Rows, Cache = CacheBlocks },
            new WorldOptions(),
            cluster => new FileSystemCosts(cluster).CountAsync(figures));
        return figures;
    }

    private async Task CountAsync(List<Figure> figures)
    {
        Cost written = await CostOfAsync(() => WriteLargeFileAsync("/large"));
        double inStripes = written.FullStripes * (Servers - 1) / (double)written.BlocksWritten;
        figures.Add(new Figure("sequential_write", 100 * inStripes, "% of the blocks in full stripes, 64 MiB", Target.AtLeast(90)));

        Cost made = await CostOfAsync(MakeSmallFilesAsync);
        figures.Add(new Figure("small_file", made.BlocksWritten / (double)SmallFiles, "block writes/file, 1,000 in one directory", Target.AtMost(3)));

        await RemountAsync();
        long[] before = Loads();
        Cost read = await CostOfAsync(() => ReadLargeFileAsync("/large"));
        long[] loads = [.. Loads().Zip(before, (after, earlier) => after - earlier)];
        double blocks = LargeFile / (double)cluster.Array.BlockSize;
        figures.Add(new Figure("cold_read", read.BlocksRead / blocks, "block reads/block, 64 MiB", Target.AtMost(1.02)));
        figures.Add(new Figure("cold_read_max_min", loads.Max() / (double)loads.Min(), "most / fewest blocks a server", Target.AtMost(1.1)));
    }

    private async Task WriteLargeFileAsync(string path)
    {
        Succeed((await Paths.CreateAsync(path)).Error);
        byte[] piece = new byte[Piece];
        for (int offset = 0; offset < LargeFile; offset += Piece)
        {
            Array.Fill(piece, (byte)(1 + (offset / Piece)));
            Succeed((await Paths.WriteAsync(path, offset, piece)).Error);
        }

        Succeed(await Paths.SyncAsync(path));
    }

    private async Task ReadLargeFileAsync(string path)
    {
        byte[] piece = new byte[Piece];
        for (int offset = 0; offset < LargeFile; offset += Piece)
        {
            Succeed((await Paths.ReadAsync(path, offset, piece)).Error);
            Invariant.Require(
                !piece.AsSpan().ContainsAnyExcept((byte)(1 + (offset / Piece))), "what is read is what was written");
        }
    }

    private async Task MakeSmallFilesAsync()
    {
        Succeed((await Paths.MakeDirectoryAsync("/small")).Error);
        for (int i = 0; i < SmallFiles; i++)
        {
            Succeed((await Paths.CreateAsync($"/small/file-{i}")).Error);
            Succeed((await Paths.WriteAsync($"/small/file-{i}", 0, new byte[100])).Error);
        }

        Succeed(await Paths.SyncAsync("/small"));
    }

    private async Task RemountAsync()
    {
        Succeed(await cluster.Session.UnmountAsync());
        Succeed(await cluster.MountAsync(cluster.Session));
    }

    private async Task<Cost> CostOfAsync(Func<Task> work)
    {
        ArrayCounters before = cluster.Array.Status.Counters;
        await work();
        ArrayCounters after = cluster.Array.Status.Counters;
        return new Cost(
            after.BlocksRead - before.BlocksRead,
            after.BlocksWritten - before.BlocksWritten,
            after.FullStripeWrites - before.FullStripeWrites);
    }

    private long[] Loads() => [.. cluster.Array.Status.Members.Select(member => member.Traffic.BlocksRead)];

    /// <param name="BlocksRead">Asked of the array.</param>
    /// <param name="BlocksWritten">Given to the array.</param>
    /// <param name="FullStripes">Rows that the array wrote whole.</param>
    private readonly record struct Cost(long BlocksRead, long BlocksWritten, long FullStripes);
}
