using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Verify.Cluster;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Simulation;

namespace Raid5Verify.Exhaustive;

/// <summary>
/// The disks that the members of a block story begin with, made once for any number of worlds: those of an array of which every
/// block holds <see cref="FirstValue"/>, committed by a client that died before it told anybody. Immutable.
/// </summary>
/// <param name="Blank">Of new members, by place: what replaces one.</param>
/// <param name="First">Those that the story begins with.</param>
internal sealed record BlockDisks(IReadOnlyList<DiskImage> Blank, IReadOnlyList<DiskImage> First)
{
    public const int FirstValue = 1;

    /// <summary>
    /// Sectors of a log that is all but full: the first commit and the take-over of a story fill it, and what is logged
    /// next makes the member write a checkpoint.
    /// </summary>
    private const int AlmostFull = 126;

    /// <param name="members">N.</param>
    /// <param name="isLogFull">A checkpoint is due in the story.</param>
    public static BlockDisks Make(int members, bool isLogFull)
    {
        IReadOnlyList<DiskImage> blank = Format(members);
        return new BlockDisks(blank, Use(new BlockDisks(blank, blank), isLogFull));
    }

    /// <summary>What a block holds that has a value.</summary>
    public static void Fill(int block, int value, Span<byte> bytes) =>
        FillPattern.Fill((ulong)value, (long)block * BlockCluster.BlockSize, bytes);

    private static List<DiskImage> Format(int members)
    {
        var world = new World(BlockCluster.WorldOptions);
        Host[] hosts = [.. Enumerable.Range(0, members).Select(member => world.AddHost(HostName.Of(member)))];
        world.Run(async () =>
        {
            for (int member = 0; member < members; member++)
            {
                var geometry = new MemberGeometry(
                    new ArrayId(3, 5), new MemberIndex(member), members, BlockCluster.BlockSize, chunkBlocks: 1, rows: members);
                var done = new TaskCompletionSource<Errno>();
                hosts[member].Start(async life => done.SetResult(
                    await MemberStore.FormatAsync(new SimulatedDisk(life.Disk), geometry)));
                Succeed(await done.Task);
            }
        });
        return [.. hosts.Select(static host => host.Disk.Save())];
    }

    private static List<DiskImage> Use(BlockDisks disks, bool isLogFull)
    {
        var world = new World(BlockCluster.WorldOptions);
        var cluster = new BlockCluster(world, disks);
        world.Run(async () =>
        {
            cluster.Start();
            await cluster.OnClientAsync("use", async () =>
            {
                Succeed(await cluster.OpenAsync());
                if (isLogFull)
                {
                    await FillLogsAsync(cluster);
                }

                await CommitAsync(cluster, cluster.Blocks);
                return true;
            });
        });
        return [.. cluster.Servers.Select(static server => server.Disk.Save())];
    }

    private static async Task FillLogsAsync(BlockCluster cluster)
    {
        while (Sectors(cluster, 0) < AlmostFull)
        {
            // One commit that is told takes two sectors; two of which only the second is told take three.
            await CommitAsync(cluster, blocks: 1);
            if ((AlmostFull - Sectors(cluster, 0)) % 2 == 0)
            {
                await CommitAsync(cluster, blocks: 1);
            }

            await Task.Delay(10 * BlockCluster.ArrayOptions.CommitDelay, cluster.Client.Life!.Clock);
        }

        for (int server = 0; server < cluster.Servers.Count; server++)
        {
            Invariant.Require(Sectors(cluster, server) == AlmostFull, "every log is all but full");
        }
    }

    private static async Task CommitAsync(BlockCluster cluster, int blocks)
    {
        byte[] bytes = new byte[blocks * BlockCluster.BlockSize];
        for (int block = 0; block < blocks; block++)
        {
            Fill(block, FirstValue, bytes.AsSpan(block * BlockCluster.BlockSize, BlockCluster.BlockSize));
        }

        Succeed(await cluster.Array.WriteAsync(new BlockAddress(0), bytes));
        Succeed(await cluster.Array.CommitAsync());
    }

    private static long Sectors(BlockCluster cluster, int server) => cluster.Log(server).Length / SimFile.SectorSize;

    private static void Succeed(Errno error) => Invariant.Require(error == Errno.OK, "nothing fails without a fault");
}
