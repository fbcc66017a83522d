using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Cluster;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

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

    private PathOperations Paths => cluster.Session.Paths!;

    public static IReadOnlyList<Figure> Measure()
    {
        var scenario = new Scenario
        {
            Name = "costs of the file system",
            Cluster = new ClusterShape { Servers = Servers, Chunk = Chunk, Rows = Rows, Cache = CacheBlocks },
        };
        var world = new World(new WorldOptions());
        var cluster = new SimulatedCluster(world, scenario);
        List<Figure> figures = [];
        world.Run(async () =>
        {
            await cluster.StartAsync();
            await cluster.OnClientAsync("costs", async () =>
            {
                await new FileSystemCosts(cluster).CountAsync(figures);
                return true;
            });
        });
        return figures;
    }

    private async Task CountAsync(List<Figure> figures)
    {
        ArrayCounters written = await CountersOfAsync(() => WriteLargeFileAsync("/large"));
        double inStripes = written.FullStripeWrites * (Servers - 1) / (double)written.BlocksWritten;
        figures.Add(new Figure("sequential_write", 100 * inStripes, "% of the blocks in full stripes, 64 MiB", Target.AtLeast(90)));

        ArrayCounters made = await CountersOfAsync(MakeSmallFilesAsync);
        figures.Add(new Figure("small_file", made.BlocksWritten / (double)SmallFiles, "block writes/file, 1,000 in one directory", Target.AtMost(3)));

        await RemountAsync();
        long[] before = Loads();
        ArrayCounters read = await CountersOfAsync(() => ReadLargeFileAsync("/large"));
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

    private async Task<ArrayCounters> CountersOfAsync(Func<Task> work)
    {
        ArrayCounters before = cluster.Array.Status.Counters;
        await work();
        ArrayCounters after = cluster.Array.Status.Counters;
        return after with
        {
            BlocksRead = after.BlocksRead - before.BlocksRead,
            BlocksWritten = after.BlocksWritten - before.BlocksWritten,
            FullStripeWrites = after.FullStripeWrites - before.FullStripeWrites,
        };
    }

    private long[] Loads() => [.. cluster.Array.Status.Members.Select(member => member.Traffic.BlocksRead)];

    private static void Succeed(Errno error) =>
        Invariant.Require(error == Errno.OK, $"an operation of the file system on a healthy cluster answers OK, not {error}");
}
