using System.Runtime.CompilerServices;
using Grpc.Core;
using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Fs.Raid;
using Raid5Verify.Cluster;
using Raid5Verify.Simulation;

namespace Raid5Fs.Tests.Raid;

/// <summary>
/// An array over simulated servers, told as a story: who falls ill, who dies, what is read, what it cost.
/// </summary>
internal sealed class ArrayStory
{
    public const int BlockSize = 512;
    public const int ChunkBlocks = 2;
    public const int Rows = 20;

    private static readonly ArrayId Id = new(0x5241_4944, 0x3546_5359);

    private readonly Host[] _servers;
    private readonly MemberStore?[] _stores;

    private ArrayStory(World world, int members)
    {
        World = world;
        Members = members;
        Geometry = new Raid5Geometry(members, ChunkBlocks, Rows);
        _servers = new Host[members];
        _stores = new MemberStore?[members];
    }

    /// <summary>What a server puts in front of its service at its next start; null for nothing.</summary>
    public Func<int, Protocol.BlockServer.BlockServerBase, Protocol.BlockServer.BlockServerBase?>? Disguise { get; set; }

    public World World { get; }

    public int Members { get; }

    public Raid5Geometry Geometry { get; }

    public Raid5Array Array { get; private set; } = null!;

    public ArrayCounters Counters => Array.Status.Counters;

    /// <summary>Tells a story in a world of its own. Times are virtual.</summary>
    public static WorldResult Tell(int members, Func<ArrayStory, Task> story, ulong seed = 1)
    {
        var world = new World(new WorldOptions { Seed = seed });
        var told = new ArrayStory(world, members);
        return world.Run(async () =>
        {
            told.StartServers();
            Assert.Equal(Errno.OK, await told.OpenAsync());
            await story(told);
            await told.Array.CloseAsync();
            Assert.True(told.Array.Background.IsCompletedSuccessfully);
        });
    }

    /// <summary>A world with running servers and no array open yet.</summary>
    public static void TellOfServers(int members, Func<ArrayStory, Task> story)
    {
        var world = new World(new WorldOptions());
        var told = new ArrayStory(world, members);
        world.Run(async () =>
        {
            told.StartServers();
            await told.Pause(1);
            await story(told);
        });
    }

    public ServerOfStory Server(int member) => new(this, _servers[member], member);

    /// <summary>The server that holds a block.</summary>
    public ServerOfStory HolderOf(long block) =>
        Server(Geometry.Locate(new BlockAddress(block)).Member.Value);

    /// <summary>The server that holds the parity of a block's row.</summary>
    public ServerOfStory ParityOf(long block) =>
        Server(Geometry.ParityOf(Geometry.Locate(new BlockAddress(block)).Row).Value);

    public Row RowOf(long block) => Geometry.Locate(new BlockAddress(block)).Row;

    public MemberStatus Status(int member) => Array.Status.Members[member];

    public async Task<Errno> OpenAsync(ArrayOptions? options = null, params int[] order)
    {
        HostLife client = World.Harness.Life!;
        IEnumerable<int> places = order.Length > 0 ? order : Enumerable.Range(0, Members);
        CallInvoker[] invokers = [.. places.Select(place => client.Connect(_servers[place]))];
        Result<Raid5Array> array = await Raid5Array.OpenAsync(
            invokers, options ?? new ArrayOptions(), client.Clock, client.Dice("array"));
        if (array.IsOk)
        {
            Array = array.Value;
        }

        return array.Error;
    }

    /// <summary>A block that tells its number and version in every byte.</summary>
    public static byte[] Content(long block, int version, int blocks = 1)
    {
        byte[] content = new byte[blocks * BlockSize];
        for (int i = 0; i < content.Length; i++)
        {
            content[i] = (byte)((block + (i / BlockSize)) * 7 + version * 31 + i);
        }

        return content;
    }

    public Task<Errno> Write(long block, int version, int blocks = 1) =>
        Array.WriteAsync(new BlockAddress(block), Content(block, version, blocks));

    public async Task WriteWell(long block, int version, int blocks = 1) =>
        Assert.Equal(Errno.OK, await Write(block, version, blocks));

    /// <summary>Writes the whole array.</summary>
    public Task Fill(int version) => WriteWell(0, version, (int)Array.BlockCount);

    public async Task<Errno> Read(long block, int blocks = 1) =>
        await Array.ReadAsync(new BlockAddress(block), new byte[blocks * BlockSize]);

    /// <summary>Reads blocks and expects what <see cref="Write"/> wrote.</summary>
    public async Task Expect(
        long block, int version, int blocks = 1, [CallerLineNumber] int line = 0)
    {
        byte[] found = new byte[blocks * BlockSize];
        Errno error = await Array.ReadAsync(new BlockAddress(block), found);
        Assert.True(error == Errno.OK, $"read of block {block}: {error} (line {line})");
        Assert.True(found.AsSpan().SequenceEqual(Content(block, version, blocks)), $"block {block} (line {line})");
    }

    public Task Pause(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), World.Clock);

    /// <summary>Waits until all members are in sync, a minute at most.</summary>
    public async Task UntilInSync()
    {
        for (int i = 0; i < 600 && Array.Status.Members.Any(member => member.State != MemberState.InSync); i++)
        {
            await Pause(0.1);
        }

        Assert.All(Array.Status.Members, member => Assert.Equal(MemberState.InSync, member.State));
    }

    /// <summary>Scrubs, and expects that there was nothing to find.</summary>
    public async Task ExpectClean()
    {
        ScrubReport report = await Array.ScrubAsync();
        Assert.Empty(report.Findings);
        Assert.True(report.IsClean);
        Assert.Equal(Rows, report.Rows);
    }

    /// <summary>What members did for one piece of the story.</summary>
    public async Task<Cost> CostOf(Func<Task> piece)
    {
        Cost before = Cost.Of(Array.Status);
        await piece();
        return Cost.Of(Array.Status) - before;
    }

    private void StartServers()
    {
        for (int member = 0; member < Members; member++)
        {
            int place = member;
            _servers[member] = World.AddHost($"server-{member}");
            _servers[member].Start(life => ServeAsync(life, place));
        }
    }

    private async Task ServeAsync(HostLife life, int member)
    {
        var disk = new SimulatedDisk(life.Disk);
        if ((await MemberStore.InspectAsync(disk)).Fault == StoreFault.NotFormatted)
        {
            var geometry =
                new MemberGeometry(Id, new MemberIndex(member), Members, BlockSize, ChunkBlocks, Rows);
            Assert.Equal(Errno.OK, await MemberStore.FormatAsync(disk, geometry));
        }

        Result<MemberStore> store =
            await MemberStore.OpenAsync(disk, (ulong)life.Dice("boot").NextInt64(1, long.MaxValue));
        Assert.Equal(Errno.OK, store.Error);
        _stores[member] = store.Value;
        Protocol.BlockServer.BlockServerBase service = new BlockServerService(store.Value);
        service = Disguise?.Invoke(member, service) ?? service;
        life.Serve(binder => Protocol.BlockServer.BindService(binder, service));
    }

    /// <summary>Calls and blocks that members answered.</summary>
    internal readonly record struct Cost(long Calls, long BlocksRead, long BlocksWritten)
    {
        public static Cost Of(ArrayStatus status) => new(
            status.Counters.Requests,
            status.Members.Sum(member => member.BlocksRead),
            status.Members.Sum(member => member.BlocksWritten));

        public static Cost operator -(Cost left, Cost right) => new(
            left.Calls - right.Calls,
            left.BlocksRead - right.BlocksRead,
            left.BlocksWritten - right.BlocksWritten);
    }

    /// <summary>One server of the story, and what befalls it.</summary>
    internal readonly record struct ServerOfStory(ArrayStory Story, Host Host, int Member)
    {
        /// <summary>A bit of the block in this row flips on the disk.</summary>
        public DiskDamage Corrupt(Row row) => Data.FlipBit((row.Value * BlockSize) + 17, 3);

        /// <summary>The sector of the block in this row cannot be read.</summary>
        public DiskDamage MakeUnreadable(Row row) => Data.MakeUnreadable(row.Value * BlockSize, BlockSize);

        public SimFile Data => Host.Disk.Files["data"];

        /// <summary>Its store in its present life.</summary>
        public MemberStore Store => Story._stores[Member]!;

        public void Crash() => Host.Crash();

        public void Restart() => Host.Restart();

        /// <summary>Where the client's messages to it go through.</summary>
        public LossRule LoseRequests(long atMost = long.MaxValue) => Story.World.Network.Add(
            new LossRule { To = Host, Kind = PacketKind.Request, AtMost = atMost }, $"lose requests {Member}");

        public LossRule LoseReplies(long atMost = long.MaxValue) => Story.World.Network.Add(
            new LossRule { From = Host, Kind = PacketKind.Reply, AtMost = atMost }, $"lose replies {Member}");

        /// <summary>Crashes it and waits until the array has noticed, by a write to the given block.</summary>
        public async Task CrashDuringWrite(long block, int version)
        {
            Crash();
            await Story.WriteWell(block, version);
            Assert.Equal(MemberState.Away, Story.Status(Member).State);
        }
    }
}
