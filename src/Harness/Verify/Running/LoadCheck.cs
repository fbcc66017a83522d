using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Simulation;

namespace Raid5Verify.Running;

/*
 * Promise 11 where nothing is wrong any more: a block of each chunk of whole stripes is read, and it is counted which member was asked
 * how often. In S stripes a member has S chunks, one in N of them of parity: so it is asked for all but those.
 */

/// <summary>Whether the members are asked as often as their place in the layout says.</summary>
internal static class LoadCheck
{
    /// <summary>Long after the last decision all members have been told of it.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    /// <summary>Reads up to one turn of the parity over all members. All members are in sync, and nobody else uses the array.</summary>
    public static async Task RunAsync(ScenarioRun run)
    {
        run.Doing = "load of a read of each chunk of whole stripes";
        await run.Cluster.World.Clock.WaitAsync(Quiet);
        int servers = run.Cluster.Shape.Servers;
        int chunk = run.Cluster.Shape.Chunk;
        int stripes = Math.Min(servers, run.Cluster.Shape.Rows / chunk);
        Attempt<Asked[]?> read = await run.OnClientAsync("read of each chunk", client => ReadAsync(client.Array!, stripes * (servers - 1), chunk));
        if (read.Value is not { } members)
        {
            throw run.Violate(Promise.NoLoss, "each chunk can be read", "a read that failed");
        }

        (int fewest, int most) = (stripes - ((stripes + servers - 1) / servers), stripes - (stripes / servers));
        for (int member = 0; member < members.Length; member++)
        {
            if (members[member].Chunks < fewest || members[member].Chunks > most + members[member].Besides)
            {
                throw run.Violate(
                    Promise.Load,
                    $"{fewest} to {most} calls to each member for {stripes} stripes",
                    $"{members[member].Chunks} calls to server {member}; to all {string.Join(", ", members.Select(one => one.Chunks))}");
            }
        }
    }

    /// <returns>Null if a read failed.</returns>
    private static async Task<Asked[]?> ReadAsync(Raid5Array array, int chunks, int chunkBlocks)
    {
        ArrayStatus before = array.Status;
        byte[] block = new byte[array.BlockSize];
        for (int i = 0; i < chunks; i++)
        {
            if (await array.ReadAsync(new BlockAddress((long)i * chunkBlocks), block) != Errno.OK)
            {
                return null;
            }
        }

        ArrayStatus after = array.Status;
        long besides = after.Counters.HedgedReads - before.Counters.HedgedReads
            + Math.Min(1, after.Counters.LeaseRenewals - before.Counters.LeaseRenewals);
        return
        [
            .. after.Members.Zip(before.Members, (now, then) => new Asked(
                now.Traffic.Requests - now.Traffic.Retries - then.Traffic.Requests + then.Traffic.Retries, besides)),
        ];
    }

    /// <param name="Chunks">Calls to a member.</param>
    /// <param name="Besides">Reads that may have gone to it besides: hedges, and one question whether the lease holds.</param>
    private readonly record struct Asked(long Chunks, long Besides);
}
