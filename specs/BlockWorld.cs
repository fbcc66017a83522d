using Raid5Fs.Primitives;
using Raid5Fs.Raid;
using Raid5Verify.Cluster;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Simulation;

namespace Raid5Verify.Specs;

/// <summary>
/// An array without a file system, for promises about single blocks: every block of it holds known bytes, and every
/// stored unit can be damaged.
/// </summary>
internal sealed class BlockWorld
{
    private readonly SimulatedCluster _cluster;

    private BlockWorld(SimulatedCluster cluster)
    {
        _cluster = cluster;
        Expected = [.. Enumerable.Range(0, (int)cluster.Array.BlockCount).Select(_ => new byte[cluster.Array.BlockSize])];
    }

    public Raid5Array Array => _cluster.Array;

    /// <summary>By block of the array: what was written there last.</summary>
    public byte[][] Expected { get; }

    public int Servers => _cluster.Servers.Count;

    /// <summary>Blocks of a chunk.</summary>
    public int Chunk => _cluster.Shape.Chunk;

    public int Rows => _cluster.Shape.Rows;

    private int BlockSize => (int)_cluster.Shape.Block.Bytes;

    /// <summary>Runs a story on an array that is full of known bytes, as a task of the client's.</summary>
    public static void Run(ulong seed, Func<BlockWorld, Dice, Task> story) => Run(seed, AnyShape, story);

    /// <summary>The same, on an array of a certain shape.</summary>
    public static void Run(ulong seed, Func<Dice, ClusterShape> shape, Func<BlockWorld, Dice, Task> story) => RunOutside(
        seed,
        shape,
        (blocks, dice) => blocks._cluster.OnClientAsync("story", async () =>
        {
            await story(blocks, dice);
            return true;
        }));

    /// <summary>Runs a story on an array that is full of known bytes, from outside, so that the client may crash in it.</summary>
    public static void RunOutside(ulong seed, Func<BlockWorld, Dice, Task> story) => RunOutside(seed, AnyShape, story);

    private static void RunOutside(ulong seed, Func<Dice, ClusterShape> shape, Func<BlockWorld, Dice, Task> story)
    {
        var dice = new Dice(seed, "story");
        var scenario = new Scenario
        {
            Name = "blocks",
            Seed = seed,
            Cluster = shape(dice),
        };
        var world = new World(new WorldOptions { Seed = seed });
        var cluster = new SimulatedCluster(world, scenario);
        world.Run(async () =>
        {
            await cluster.StartAsync();
            BlockWorld blocks = await cluster.OnClientAsync("blocks", async () =>
            {
                Assert.Equal(Errno.OK, await cluster.Files.UnmountAsync());
                var blocks = new BlockWorld(cluster);
                await blocks.WriteAsync(0, blocks.Expected.Length, fill: seed);
                await blocks.CommitAsync();
                return blocks;
            });
            await story(blocks, dice);
        });
    }

    /// <summary>
    /// The client begins to write blocks and to commit them, and dies a while later. Another life of it opens the array.
    /// What it was writing is not <see cref="Expected"/>.
    /// </summary>
    public async Task CrashInWriteAsync(int first, int count, ulong fill, TimeSpan after)
    {
        byte[] bytes = new byte[count * BlockSize];
        FillPattern.Fill(fill, (long)first * BlockSize, bytes);
        Task<Errno> never = _cluster.OnClientAsync("write", async () =>
        {
            Errno error = await Array.WriteAsync(new BlockAddress(first), bytes);
            return error == Errno.OK ? await Array.CommitAsync() : error;
        });
        await Task.Delay(after, _cluster.World.Clock);
        _cluster.Client.Crash();
        _cluster.Client.Restart();
        ClientSession session = _cluster.BeginSession(_cluster.Client);
        Assert.Equal(Errno.OK, await _cluster.OnClientAsync("recover", () => _cluster.OpenArrayAsync(session)));
        Assert.True(never.Status is TaskStatus.WaitingForActivation or TaskStatus.RanToCompletion);
    }

    public async Task WriteAsync(int first, int count, ulong fill)
    {
        byte[] bytes = new byte[count * BlockSize];
        FillPattern.Fill(fill, (long)first * BlockSize, bytes);
        Assert.Equal(Errno.OK, await Array.WriteAsync(new BlockAddress(first), bytes));
        for (int i = 0; i < count; i++)
        {
            Expected[first + i] = bytes[(i * BlockSize)..((i + 1) * BlockSize)];
        }
    }

    /// <summary>Commits what was written and healed, and waits until every server has heard of it.</summary>
    public async Task CommitAsync()
    {
        Assert.Equal(Errno.OK, await Array.CommitAsync());
        await SettleAsync();
    }

    /// <summary>Long enough for every server to hear of the last commit, and to give up what it replaced.</summary>
    public Task SettleAsync() => Task.Delay(TimeSpan.FromMilliseconds(100), _cluster.World.Clock);

    /// <summary>To be called from anywhere.</summary>
    public async Task<(Errno Error, byte[] Bytes)> ReadAsync(int block)
    {
        byte[] bytes = new byte[BlockSize];
        return (await _cluster.OnClientAsync("read", () => Array.ReadAsync(new BlockAddress(block), bytes)), bytes);
    }

    /// <summary>Ends a server, for good.</summary>
    public void Crash(int server) => _cluster.Servers[server].Crash();

    /// <summary>Makes one stored unit bad, in one of the ways that a disk knows.</summary>
    public void Damage(int server, int row, Dice dice)
    {
        SimFile file = _cluster.SlotFile(server);
        long offset = _cluster.OffsetsOf(server, row).First();
        if (dice.Chance(1, 2))
        {
            file.FlipBit(offset + dice.Next(BlockSize), dice.Next(8));
        }
        else
        {
            file.MakeUnreadable(offset, BlockSize);
        }
    }

    /// <summary>Whether anything that a server keeps of a row is damaged.</summary>
    public bool IsDamaged(int server, int row) => _cluster.IsDamaged(server, row);

    /// <summary>All units that are damaged now.</summary>
    public HashSet<(int Server, int Row)> Damaged() =>
    [
        .. from row in Enumerable.Range(0, Rows)
           from server in Enumerable.Range(0, Servers)
           where IsDamaged(server, row)
           select (server, row),
    ];

    /// <summary>Where a block of the array lies, found by its content.</summary>
    public (int Server, int Row) Find(int block)
    {
        byte[] stored = new byte[BlockSize];
        for (int row = 0; row < Rows; row++)
        {
            for (int server = 0; server < Servers; server++)
            {
                if (_cluster.Peek(server, row, stored) && stored.AsSpan().SequenceEqual(Expected[block]))
                {
                    return (server, row);
                }
            }
        }

        throw new InvalidOperationException($"block {block} is nowhere");
    }

    private static ClusterShape AnyShape(Dice dice) => new()
    {
        Servers = dice.Next(3, 7),
        Block = new ByteSize(512),
        Chunk = 1 << dice.Next(3),
        Rows = 16,
        Cache = 32,
    };
}
