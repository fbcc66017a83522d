using Raid5Fs.BlockServer;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Fs.Raid;
using Raid5Verify.Reference;
using Raid5Verify.Running;
using Raid5Verify.Mount;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cluster;

/*
 * The full system in one simulated world: a host for each block server, one for each client, and the production code on
 * all of them. What is simulated is the world below it: clock, dice, network, disks.
 *
 * Order of calls: StartAsync once; then the file system may be used and remounted. A client that died, or that another
 * one is to follow, is replaced by BeginSession; then OpenArrayAsync and MountAsync again.
 */

/// <summary>The clients of an array and its block servers in a simulated world.</summary>
/// <remarks>Used by the root task of its world.</remarks>
internal sealed class SimulatedCluster
{
    private readonly MemberGeometry _geometry;
    private readonly SimulatedServer[] _servers;
    private readonly Host[] _addresses;
    private readonly MountOptions _mountOptions;
    private readonly MountKind _mountKind;
    private readonly List<Raid5Array> _opened = [];
    private int _clients = 1;
    private int _strangers;
    private TimeSpan? _mislaidUntil;

    public SimulatedCluster(World world, Scenario scenario)
    {
        World = world;
        Shape = scenario.Cluster;
        ArrayOptions = OptionsFor(scenario.Options.Network);
        _geometry = new MemberGeometry(
            ArrayId.Draw(world.Dice.Fork("array-id")),
            new MemberIndex(0),
            Shape.Servers,
            (int)Shape.Block.Bytes,
            Shape.Chunk,
            Shape.Rows);
        _mountOptions = new MountOptions { CacheBlocks = Shape.Cache };
        _mountKind = scenario.Options.Mount;
        _servers =
        [
            .. Enumerable.Range(0, Shape.Servers)
                .Select(server => new SimulatedServer(
                    world, $"server-{server}", _geometry.At(new MemberIndex(server)), () => MayReplace(server))),
        ];
        Servers = [.. _servers.Select(server => server.Host)];
        _addresses = [.. Servers];
        Client = world.AddHost("client");
    }

    public World World { get; }

    public ClusterShape Shape { get; }

    /// <summary>How the client behaves; the fault budget is derived from it.</summary>
    public ArrayOptions ArrayOptions { get; }

    /// <summary>When mkfs made the file system, by the client's clock.</summary>
    public TimeRange Made { get; private set; }

    /// <summary>In the order of their places in the array.</summary>
    public IReadOnlyList<Host> Servers { get; }

    /// <summary>The host of the client that is in charge, or that was the last one to be.</summary>
    public Host Client { get; private set; }

    /// <summary>The client that is in charge, or that was the last one to be.</summary>
    public ClientSession Session { get; private set; } = null!;

    /// <summary>The array as a client in charge opened it last: while there is none, what the last one knew of it.</summary>
    public Raid5Array Array { get; private set; } = null!;

    /// <summary>What the clients counted, over all the arrays that they opened.</summary>
    public ArrayCounters Counters =>
        _opened.Aggregate(new ArrayCounters(), (sum, array) => RunStatistics.Sum(sum, array.Status.Counters));

    /// <summary>What they asked of each server, by its place in the array.</summary>
    public IReadOnlyList<ServerLoad> Load
    {
        get
        {
            var load = new ServerLoad[Servers.Count];
            foreach (MemberStatus member in _opened.SelectMany(static array => array.Status.Members))
            {
                MemberTraffic traffic = member.Traffic;
                ref ServerLoad own = ref load[member.Member.Value];
                own = own.Plus(new ServerLoad(traffic.Requests, traffic.BlocksRead, traffic.BlocksWritten));
            }

            return load;
        }
    }

    public UnixFileSystem Files => Session.Files!;

    /// <summary>Whether there is a client in charge that has opened the array.</summary>
    public bool IsOpen => !Session.IsEnded && Session.Array is not null;

    /// <summary>Whether a client is just opening the array.</summary>
    public bool IsOpening => !Session.IsEnded && Session.Array is null;

    private bool IsAnyMislaid => Enumerable.Range(0, Servers.Count).Any(place => !IsAtItsAddress(place));

    /// <summary>
    /// The longest that one call of the client may take before its member counts as away, on the slowest clock there is.
    /// </summary>
    public TimeSpan LongestCall =>
        (ArrayOptions.RetryBudget + ArrayOptions.MaxRetryDelay + ArrayOptions.AttemptTimeout) * (1 + (ArrayOptions.ClockSkewBound / 2));

    /// <summary>Members that were replaced by a blank one.</summary>
    public long Replacements => _servers.Sum(server => server.Replacements);

    /// <summary>Sectors of the servers' disks that a crash left unreadable.</summary>
    public long TornSectors => Servers.Sum(server => server.Disk.TornSectors);

    /// <summary>The longest fault of a link or a server that the client's retries are sure to ride out.</summary>
    public TimeSpan LongestDisturbance => ArrayOptions.RetryBudget - ArrayOptions.AttemptTimeout;

    /// <summary>
    /// The longest that each message may be late, whatever else goes wrong, at no cost: an attempt has time for several such delays, and
    /// so the retries that ride out a disturbance are not fewer.
    /// </summary>
    public static TimeSpan LongestDelay(NetworkModel network) => OptionsFor(network).AttemptTimeout / 8;

    /// <summary>Whether every member is in sync, as the client sees it and in truth.</summary>
    public bool IsInSync => SeesAllInSync && Enumerable.Range(0, Servers.Count).All(HoldsAll);

    /// <summary>Whether the client believes that every member is in sync.</summary>
    public bool SeesAllInSync => IsOpen && Array.Status.Members.All(member => member.State == MemberState.InSync);

    /// <summary>Formats and starts the servers, opens the array, makes a file system and mounts it.</summary>
    /// <exception cref="InvalidOperationException">Something of this failed, though there is no fault yet.</exception>
    public async Task StartAsync()
    {
        await Task.WhenAll(_servers.Select(server => server.StartAsync()));

        Client.Start(static _ => Task.CompletedTask);
        BeginSession(Client);
        await OnClientAsync("format", async () =>
        {
            Succeed(await OpenArrayAsync(Session), "the array opens");
            Timestamp begun = Timestamp.Now(Session.Life.Clock);
            var options = new MkfsOptions { NameSeed = (ulong)Session.Life.Dice("mkfs").NextInt64() };
            Succeed(await Mkfs.FormatAsync(Array, options, Session.Life.Clock), "mkfs");
            Made = new TimeRange(begun, Timestamp.Now(Session.Life.Clock));
            Succeed(await MountAsync(Session), "the mount");
            return Errno.OK;
        });
    }

    /// <summary>A host for another client, started.</summary>
    public Host AddClient()
    {
        Host host = World.AddHost($"client-{++_clients}");
        host.Start(static _ => Task.CompletedTask);
        return host;
    }

    /// <summary>The client on this host, in its present life, is in charge from now on.</summary>
    public ClientSession BeginSession(Host host)
    {
        Client = host;
        return Session = new ClientSession(host.Life!);
    }

    /// <summary>A client opens the array. To be called on its host.</summary>
    public async Task<Errno> OpenArrayAsync(ClientSession session)
    {
        HostLife life = session.Life;
        Result<Raid5Array> opened = await Raid5Array.OpenAsync(
            [.. Enumerable.Range(0, Servers.Count).Select(place => new AddressInvoker(life, () => _addresses[place]))],
            ArrayOptions, life.Clock, life.Dice("array"));
        if (opened.IsOk)
        {
            _opened.Add(opened.Value);
            session.Array = opened.Value;
            if (session == Session)
            {
                Array = opened.Value;
            }

            // The array's own work has nobody who awaits it: what it throws is reported by the host.
            Observe(life.Spawn("array", () => opened.Value.Background));
        }

        return opened.Error;
    }

    /// <summary>A client that has opened the array mounts the file system. To be called on its host.</summary>
    public async Task<Errno> MountAsync(ClientSession session)
    {
        Result<UnixFileSystem> mounted = await UnixFileSystem.MountAsync(session.Array!, _mountOptions, session.Life.Clock);
        if (!mounted.IsOk)
        {
            return mounted.Error;
        }

        IFileSystem asked = mounted.Value;
        if (_mountKind == MountKind.Fuse)
        {
            Result<FuseFileSystem> fuse = await FuseFileSystem.MountAsync(mounted.Value);
            if (!fuse.IsOk)
            {
                return fuse.Error;
            }

            asked = fuse.Value;
        }

        session.Mounted(mounted.Value, asked);
        return Errno.OK;
    }

    /// <summary>Begins a task of the harness's own, which nobody awaits: what it throws fails the run.</summary>
    public void Begin(string name, Func<Task> body) => Observe(World.Harness.Life!.Spawn(name, body));

    /// <summary>Runs something on the host of the client in charge, as one of its tasks.</summary>
    public Task<T> OnClientAsync<T>(string name, Func<Task<T>> body) => Session.RunAsync(name, body);

    /// <summary>The server whose block of a row is parity: left-symmetric, from the last server down.</summary>
    public int ParityServer(int row) => Shape.Servers - 1 - (row / Shape.Chunk % Shape.Servers);

    /// <summary>Where a server keeps the bytes of its blocks. There is one wherever it has any.</summary>
    public SimFile SlotFile(int server) => _servers[server].SlotFile!;

    /// <summary>
    /// Where in its <see cref="SlotFile"/> a server keeps a row: the newest content first, then what it would fall back to.
    /// As its last life knew it; empty if the row was never written.
    /// </summary>
    public IEnumerable<long> OffsetsOf(int server, int row) => _servers[server].OffsetsOf(row);

    /// <summary>Reads the true content of a server's block, its newest.</summary>
    /// <returns>False if the row was never written there: it holds zeros.</returns>
    public bool Peek(int server, int row, Span<byte> block)
    {
        if (NewestOf(server, row) is { } offset)
        {
            SlotFile(server).Peek(offset, block);
            return true;
        }

        block.Clear();
        return false;
    }

    /// <summary>Reads what the device holds as a server's block, its newest, damage and all; zeros if it was never written.</summary>
    /// <returns>False if it cannot be read.</returns>
    public bool TryPeekDevice(int server, int row, Span<byte> block)
    {
        if (NewestOf(server, row) is { } offset)
        {
            return SlotFile(server).TryPeekDevice(offset, block);
        }

        block.Clear();
        return true;
    }

    /// <summary>Whether anything that a server keeps of a row is damaged: what it would fall back to, too.</summary>
    public bool IsDamaged(int server, int row) =>
        _servers[server].SlotFile is { Damages.Count: > 0 } file
        && OffsetsOf(server, row).Any(offset => file.IsDamaged(offset, (int)Shape.Block.Bytes));

    /// <summary>
    /// Whether a server serves, has granted the newest claim, and has sealed or committed all that the client knows to be
    /// decided: whatever the client believes, and whatever became of the blocks' bytes.
    /// </summary>
    public bool HoldsAll(int server)
    {
        MemberStanding?[] standings = [.. _servers.Select(one => one.Standing)];
        if (standings[server] is not { } own)
        {
            return false;
        }

        ulong decided = Array.Status.Decided.Value;
        uint promised = 0;
        foreach (MemberStanding? standing in standings)
        {
            decided = Math.Max(decided, standing?.View.Decided ?? 0);
            promised = Math.Max(promised, standing?.Promised.Generation ?? 0);
        }

        return IsComplete(own, server, decided) && own.Promised.Generation == promised;
    }

    private static bool IsComplete(MemberStanding standing, int server, ulong decided) =>
        standing.Self >= decided || (standing.SealedEpoch == decided && (standing.SealedMask & (1u << server)) != 0);

    /// <summary>
    /// A server that lacks what the others know to be decided, as long as one of them is not there; null if none does. To be asked while
    /// no client has the array open: then a recovery would find that, and no client knows better.
    /// </summary>
    /// <param name="without">The one that is not there.</param>
    /// <param name="mayDecide">What is sealed may yet be decided: a recovery that was cut short may have told them so.</param>
    public int? FindBehind(int without, bool mayDecide)
    {
        List<(int Server, MemberStanding Standing)> others = [];
        ulong latest = 0;
        for (int server = 0; server < Servers.Count; server++)
        {
            if (server != without && _servers[server].Standing is { } standing)
            {
                others.Add((server, standing));
                latest = Math.Max(latest, Math.Max(standing.View.Decided, mayDecide ? standing.SealedEpoch : 0));
            }
        }

        int place = others.FindIndex(other => !IsComplete(other.Standing, other.Server, latest));
        return place < 0 ? null : others[place].Server;
    }

    /// <summary>
    /// The first byte at which the newest content of a row does not XOR to zero, as the servers were told that it is there;
    /// −1 if it does.
    /// </summary>
    public int FirstOddByteOf(int row)
    {
        var sum = new RowSum((int)Shape.Block.Bytes);
        byte[] block = new byte[Shape.Block.Bytes];
        for (int server = 0; server < Servers.Count; server++)
        {
            if (Peek(server, row, block))
            {
                sum.Add(block);
            }
        }

        return sum.FirstOddByte;
    }

    /// <summary>Whether a row's newest content, as the devices hold it, is whole.</summary>
    /// <returns>What is wrong with it: a block that cannot be read, or that they do not XOR to zero; null if nothing is.</returns>
    public string? FindDamage(int row) =>
        RowSum.FindDamage(row, Servers.Count, (int)Shape.Block.Bytes, (server, block) => TryPeekDevice(server, row, block));

    /// <summary>What a server says of itself; null while it does not serve.</summary>
    public MemberStanding? StandingOf(int server) => _servers[server].Standing;

    /// <summary>Holds what a server says of itself now against what it said before; nothing for a host that is no server of the array.</summary>
    public void TakeWordOf(Host host)
    {
        int server = host.Index - Servers[0].Index;
        if (server >= 0 && server < _servers.Length)
        {
            _servers[server].TakeWord();
        }
    }

    /// <summary>What a server said of itself and forgot first, or said and must not; null if nothing.</summary>
    public BrokenWord? BrokenWordOf(int server) => _servers[server].BrokenWord;

    /// <summary>Whether a server is up and has opened its store.</summary>
    public bool IsServing(int server) => _servers[server].IsServing;

    /// <summary>Starts a server again, if it is down.</summary>
    public void Restart(int server) => _servers[server].Restart();

    /// <summary>
    /// Whether two members at least that know of the array would still be at their addresses, were there a blank one, or
    /// another array's, in this one's place. All but one of those make up an array, and nobody could tell that it is not this one.
    /// </summary>
    public bool MayReplace(int server) => Enumerable.Range(0, Servers.Count)
        .Count(other => other != server && IsAtItsAddress(other) && !_servers[other].IsBlank) > 1;

    /// <summary>Whether a server lost all that was on it, and is not yet known to hold anything again.</summary>
    public bool IsBlank(int server) => _servers[server].IsBlank;

    /// <summary>What is on a server's disk is gone for good: it starts as a blank member next time.</summary>
    public void Wipe(int server) => _servers[server].Wipe();

    /// <summary>Whether at a place's address there is the server that belongs there.</summary>
    public bool IsAtItsAddress(int place) => _addresses[place] == Servers[place];

    /// <summary>From now on the clients find this host at a place's address.</summary>
    public void SetAddress(int place, Host host)
    {
        _mislaidUntil = IsAnyMislaid ? World.Now : _mislaidUntil;
        _addresses[place] = host;
    }

    /// <summary>Whether at some time since then there was a wrong server at some address.</summary>
    public bool WasAnyMislaidSince(TimeSpan time) => IsAnyMislaid || _mislaidUntil >= time;

    /// <summary>A new server, not yet started, that is not the array's member in this place, but could be taken for it.</summary>
    public SimulatedServer AddStranger(int place, Stranger kind)
    {
        string name = $"stranger-{++_strangers}";
        MemberGeometry own = _geometry.At(new MemberIndex(place));
        return new SimulatedServer(World, name, kind switch
        {
            Stranger.OtherArray => new MemberGeometry(
                ArrayId.Draw(World.Dice.Fork($"array-id/{name}")), own.Member, own.Members, own.BlockSize, own.ChunkBlocks, own.Rows),
            Stranger.OtherGeometry => new MemberGeometry(
                own.ArrayId, own.Member, own.Members, own.BlockSize, own.ChunkBlocks, own.Rows + own.ChunkBlocks),
            _ => _geometry.At(new MemberIndex((place + 1) % Shape.Servers)),
        }, mayReplace: static () => true);
    }

    /// <summary>Times that a start named a damage, over all servers.</summary>
    public long Named(StoreFault fault) => _servers.Sum(server => server.Named(fault));

    /// <summary>What is wrong with the members now, one clause each; empty if nothing is.</summary>
    public string DescribeTrouble()
    {
        List<string> troubles = [];
        if (!IsOpen)
        {
            return IsOpening ? "the client is opening the array" : "there is no client";
        }

        ArrayStatus status = Array.Status;
        for (int server = 0; server < Servers.Count; server++)
        {
            MemberStatus member = status.Members[server];
            if (_servers[server].Refusal != StoreFault.None)
            {
                troubles.Add($"server {server} could not open its store: {_servers[server].Refusal.Describe()}");
            }
            else if (member.State != MemberState.InSync)
            {
                string up = Servers[server].IsUp ? "up" : "down";
                string refusal = member.Refusal is null ? string.Empty : $", {member.Refusal}";
                troubles.Add($"server {server} is {up} and {member.State}, {member.StaleRows} stale rows{refusal}");
            }
            else if (!HoldsAll(server))
            {
                troubles.Add($"server {server} is believed to be in sync, and is not");
            }
        }

        return string.Join("; ", troubles);
    }

    /// <summary>Where a server keeps the newest content of a row; null if it was never written there.</summary>
    private long? NewestOf(int server, int row) => OffsetsOf(server, row).Cast<long?>().FirstOrDefault();

    private static ArrayOptions OptionsFor(NetworkModel network) => network switch
    {
        NetworkModel.Wan => new ArrayOptions
        {
            AttemptTimeout = TimeSpan.FromMilliseconds(200),
            RetryBudget = TimeSpan.FromMilliseconds(800),
            RetryDelay = TimeSpan.FromMilliseconds(20),
            MaxRetryDelay = TimeSpan.FromMilliseconds(100),
            ProbeDelay = TimeSpan.FromMilliseconds(50),
            MaxProbeDelay = TimeSpan.FromMilliseconds(400),
            Lease = TimeSpan.FromSeconds(2),
            CommitDelay = TimeSpan.FromMilliseconds(10),
            MinHedgeDelay = TimeSpan.FromMilliseconds(10),
            BackgroundRows = 32,
        },
        _ => new ArrayOptions
        {
            AttemptTimeout = TimeSpan.FromMilliseconds(40),
            RetryBudget = TimeSpan.FromMilliseconds(160),
            RetryDelay = TimeSpan.FromMilliseconds(4),
            MaxRetryDelay = TimeSpan.FromMilliseconds(20),
            ProbeDelay = TimeSpan.FromMilliseconds(10),
            MaxProbeDelay = TimeSpan.FromMilliseconds(80),
            Lease = TimeSpan.FromMilliseconds(400),
            CommitDelay = TimeSpan.FromMilliseconds(2),
            BackgroundRows = 32,
        },
    };

    /// <summary>A spawned task needs no observer: its host reports what it throws.</summary>
    private static void Observe(Task spawned) => _ = spawned;

    private static void Succeed(Errno error, string what)
    {
        if (error != Errno.OK)
        {
            throw new InvalidOperationException($"{what}: {error}, on a cluster without any fault");
        }
    }
}
