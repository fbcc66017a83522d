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

    /// <summary>Rows of the array where the story does not say otherwise.</summary>
    public const int Rows = 20;

    private static readonly ArrayId Id = new(0x5241_4944, 0x3546_5359);

    private readonly Host[] _servers;
    private readonly MemberStore?[] _stores;
    private readonly bool[] _erase;
    private int _clients;
    private int _openings;

    private ArrayStory(World world, int members, int rows)
    {
        World = world;
        Members = members;
        Geometry = new Raid5Geometry(members, ChunkBlocks, rows);
        _servers = new Host[members];
        _stores = new MemberStore?[members];
        _erase = new bool[members];
    }

    /// <summary>What a member is formatted as, where that is not what it should be.</summary>
    public Func<int, MemberGeometry?>? Formats { get; set; }

    /// <summary>What a server puts in front of its service at its next start; null for nothing.</summary>
    public Func<int, Protocol.BlockServer.BlockServerBase, Protocol.BlockServer.BlockServerBase?>? Disguise { get; set; }

    public World World { get; }

    public int Members { get; }

    public Raid5Geometry Geometry { get; }

    public Raid5Array Array { get; private set; } = null!;

    public ArrayCounters Counters => Array.Status.Counters;

    /// <summary>Tells a story in a world of its own. Times are virtual.</summary>
    public static WorldResult Tell(
        int members, Func<ArrayStory, Task> story, ulong seed = 1, ArrayOptions? options = null, int rows = Rows) =>
        TellOfServers(
            members,
            async told =>
            {
                Assert.Equal(Errno.OK, await told.OpenAsync(options));
                await story(told);
                await told.Array.CloseAsync();
                Assert.True(told.Array.Background.IsCompletedSuccessfully);
            },
            seed,
            rows);

    /// <summary>A world with running servers and no array open yet.</summary>
    public static WorldResult TellOfServers(
        int members, Func<ArrayStory, Task> story, ulong seed = 1, int rows = Rows)
    {
        var world = new World(new WorldOptions { Seed = seed });
        var told = new ArrayStory(world, members, rows);
        return world.Run(async () =>
        {
            told.StartServers();
            await told.Pause(1);
            await story(told);
        });
    }

    public ServerOfStory Server(int member) => new(this, _servers[member], member);

    /// <summary>Another client, on a host of its own.</summary>
    public ClientOfStory AddClient()
    {
        Host host = World.AddHost($"client-{++_clients}");
        host.Start(static _ => Task.CompletedTask);
        return new ClientOfStory(this, host);
    }

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
            invokers, options ?? new ArrayOptions(), client.Clock, client.Dice($"array {++_openings}"));
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

    public async Task CommitWell() => Assert.Equal(Errno.OK, await Array.CommitAsync());

    /// <summary>Writes the whole array and commits it; every member has heard of that.</summary>
    public async Task Fill(int version)
    {
        await WriteWell(0, version, (int)Array.BlockCount);
        await CommitWell();
        await Settle();
    }

    /// <summary>Long enough for every member to hear of the last commit.</summary>
    public Task Settle() => Pause(0.1);

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
        Assert.Equal(Geometry.Rows, report.Rows);
    }

    /// <summary>What a member of the array says that it is.</summary>
    public MemberGeometry GeometryOf(int member) =>
        new(Id, new MemberIndex(member), Members, BlockSize, ChunkBlocks, Geometry.Rows);

    /// <summary>What members did for one piece of the story.</summary>
    public async Task<Cost> CostOf(Func<Task> piece)
    {
        await Settle();
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
        if (_erase[member])
        {
            _erase[member] = false;
            Assert.Equal(Errno.OK, await MemberStore.EraseAsync(disk));
        }

        if ((await MemberStore.InspectAsync(disk)).Fault == StoreFault.NotFormatted)
        {
            MemberGeometry geometry = Formats?.Invoke(member) ?? GeometryOf(member);
            Assert.Equal(Errno.OK, await MemberStore.FormatAsync(disk, geometry));
        }

        var (store, fault) =
            await MemberStore.OpenAsync(disk, (ulong)life.Dice("boot").NextInt64(1, long.MaxValue));
        Assert.Equal(StoreFault.None, fault);
        _stores[member] = store;
        Protocol.BlockServer.BlockServerBase service = new BlockServerService(store!);
        service = Disguise?.Invoke(member, service) ?? service;
        life.Serve(binder => Protocol.BlockServer.BindService(binder, service));
    }

    /// <summary>Calls and blocks that members answered; to ask absent ones whether they are back does not count.</summary>
    internal readonly record struct Cost(long Calls, long BlocksRead, long BlocksWritten)
    {
        public static Cost Of(ArrayStatus status) => new(
            status.Members.Where(member => member.State != MemberState.Away).Sum(member => member.Traffic.Requests),
            status.Members.Sum(member => member.Traffic.BlocksRead),
            status.Members.Sum(member => member.Traffic.BlocksWritten));

        public static Cost operator -(Cost left, Cost right) => new(
            left.Calls - right.Calls,
            left.BlocksRead - right.BlocksRead,
            left.BlocksWritten - right.BlocksWritten);
    }

    /// <summary>One server of the story, and what befalls it.</summary>
    internal readonly record struct ServerOfStory(ArrayStory Story, Host Host, int Member)
    {
        /// <summary>Its store in its present life.</summary>
        public MemberStore Store => Story._stores[Member]!;

        private SimFile Slots => Host.Disk.Files["slots"];

        /// <summary>A bit of the newest block in this row flips on the disk. A row never written has none.</summary>
        public void Corrupt(Row row)
        {
            foreach (long offset in Store.OffsetsOf(row).Take(1))
            {
                Slots.FlipBit(offset + 17, 3);
            }
        }

        /// <summary>The sector of the newest block in this row cannot be read.</summary>
        public void MakeUnreadable(Row row)
        {
            foreach (long offset in Store.OffsetsOf(row).Take(1))
            {
                Slots.MakeUnreadable(offset, BlockSize);
            }
        }

        public void Crash() => Host.Crash();

        public void Restart() => Host.Restart();

        /// <summary>Where the client's messages to it go through.</summary>
        public LossRule LoseRequests(long atMost = long.MaxValue) => Story.World.Network.Add(
            new LossRule { To = Host, Kind = PacketKind.Request, AtMost = atMost }, $"lose requests {Member}");

        public LossRule LoseReplies(long atMost = long.MaxValue) => Story.World.Network.Add(
            new LossRule { From = Host, Kind = PacketKind.Reply, AtMost = atMost }, $"lose replies {Member}");

        /// <summary>No request of this method reaches it.</summary>
        public LossRule Lose(string method) => Story.World.Network.Add(
            new LossRule { To = Host, Kind = PacketKind.Request, Method = Rpc(method) }, $"lose {method} {Member}");

        /// <summary>It is asked by this method, and nobody hears its answer.</summary>
        public LossRule LoseAnswers(string method) => Story.World.Network.Add(
            new LossRule { From = Host, Kind = PacketKind.Reply, Method = Rpc(method) }, $"lose answers {method} {Member}");

        /// <summary>Requests of this method are on their way to it until the rule is removed.</summary>
        public ClogRule Hold(string method) => Story.World.Network.Add(
            new ClogRule { To = Host, Kind = PacketKind.Request, Method = Rpc(method) }, $"hold {method} {Member}");

        /// <summary>Nothing goes between it and a client.</summary>
        public LossRule CutOff(Host client) => Story.World.Network.Add(
            new LossRule { From = client, To = Host, BothWays = true }, $"cut {client.Name} off {Member}");

        /// <summary>
        /// Crashes it and waits until the array has noticed, by a write to the given block, which is committed.
        /// </summary>
        public async Task CrashDuringWrite(long block, int version)
        {
            Crash();
            await Story.WriteWell(block, version);
            await Story.CommitWell();
            Assert.Equal(MemberState.Away, Story.Status(Member).State);
        }

        /// <summary>It starts with a disk of its own, on which nothing is.</summary>
        public void RestartBlank()
        {
            Story._erase[Member] = true;
            Host.Restart();
        }

        private static string Rpc(string method) => $"/{Protocol.BlockServer.Descriptor.FullName}/{method}";
    }
}
