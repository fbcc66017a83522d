using Google.Protobuf;
using Grpc.Net.Client;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.EndToEnd.Tests;

/// <summary>One server in the hands of a client, who calls it as the array would: claimed, written to, sealed, read.</summary>
/// <remarks>Blocks of one call have ascending rows. What is said to it is expected to be OK unless it is tried.</remarks>
internal sealed class MemberCaller : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly Dictionary<Epoch, Dictionary<Row, Checksum>> _written = [];
    private Claim _claim;
    private ulong _boot;
    private ulong _sequence;

    public MemberCaller(string address, HttpMessageHandler? handler = null)
    {
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        Client = new Protocol.BlockServer.BlockServerClient(_channel);
    }

    public GrpcChannel Channel => _channel;

    public Protocol.BlockServer.BlockServerClient Client { get; }

    public ulong Boot => _boot;

    public uint Generation => _claim.Generation;

    /// <summary>Bytes; known once it is owned.</summary>
    public int BlockSize { get; private set; }

    public static byte[] Content(int version, int size)
    {
        byte[] content = new byte[size];
        new Random(version).NextBytes(content);
        return content;
    }

    /// <summary>Claims a generation, and decides that the history ends with what the server has.</summary>
    public async Task OwnAsync(uint generation)
    {
        MemberGeometry geometry = MemberGeometry.FromMessage(await Client.InspectAsync(new InspectRequest()))!;
        BlockSize = geometry.BlockSize;
        _claim = new Claim(generation, 0xA);
        OpenReply opened = await Client.OpenAsync(MessageDigest.Seal(new OpenRequest { Claim = _claim.ToMessage() }));
        Assert.Equal(CallStatus.Ok, opened.Status);
        MemberRecord record = opened.State.ToRecord()!;
        _boot = record.BootId;
        var view = new View(
            new Stamp(Epoch.Of(generation, 0), 0), record.Sealed?.Epoch ?? record.View.Decided, MemberSet.All(geometry.Members));
        StateReply recorded = await Client.RecordAsync(MessageDigest.Seal(
            new RecordRequest { Claim = _claim.ToMessage(), BootId = _boot, View = view.ToMessage() }));
        Assert.Equal(CallStatus.Ok, recorded.Status);
    }

    public WriteRequest WriteOf(Epoch epoch, params (long Row, byte[] Content)[] blocks)
    {
        var request = new WriteRequest { Claim = _claim.ToMessage(), BootId = _boot, Epoch = epoch.Value };
        if (!_written.TryGetValue(epoch, out Dictionary<Row, Checksum>? written))
        {
            _written.Add(epoch, written = []);
        }

        foreach ((long row, byte[] content) in blocks)
        {
            Checksum checksum = Checksum.Of(content);
            written[new Row(row)] = checksum;
            request.Blocks.Add(new WriteBlock
            {
                Row = row,
                Sequence = ++_sequence,
                Content = UnsafeByteOperations.UnsafeWrap(content),
                Checksum = checksum.Value,
            });
        }

        return MessageDigest.Seal(request);
    }

    public ReadRequest ReadOf(params long[] rows)
    {
        var request = new ReadRequest { Claim = _claim.ToMessage(), BootId = _boot };
        request.Rows.AddRange(rows);
        return MessageDigest.Seal(request);
    }

    /// <summary>Writes versions to rows, in an open epoch.</summary>
    public async Task<CallStatus> TryWriteAsync(Epoch epoch, params (long Row, int Version)[] blocks) =>
        (await Client.WriteAsync(WriteOf(epoch, [.. blocks.Select(block => (block.Row, Content(block.Version, BlockSize)))]))).Status;

    /// <summary>Seals all that was written of an epoch.</summary>
    public async Task<CallStatus> TrySealAsync(Epoch epoch, Epoch previous = default)
    {
        var digest = new EpochDigest();
        foreach ((Row row, Checksum checksum) in _written.GetValueOrDefault(epoch) ?? [])
        {
            digest.Add(row, checksum);
        }

        StateReply reply = await Client.PrepareAsync(MessageDigest.Seal(new PrepareRequest
        {
            Claim = _claim.ToMessage(),
            BootId = _boot,
            Epoch = epoch.Value,
            Mask = MemberSet.All(3).Bits,
            Previous = previous.Value,
            Blocks = digest.Blocks,
            BlocksDigest = digest.Value,
        }));
        return reply.Status;
    }

    /// <summary>Writes, seals and commits an epoch.</summary>
    public async Task CommitAsync(Epoch epoch, params (long Row, int Version)[] blocks)
    {
        Assert.Equal(CallStatus.Ok, await TryWriteAsync(epoch, blocks));
        Assert.Equal(CallStatus.Ok, await TrySealAsync(epoch));
        StateReply reply = await Client.CommitAsync(MessageDigest.Seal(
            new CommitRequest { Claim = _claim.ToMessage(), BootId = _boot, Epoch = epoch.Value }));
        Assert.Equal(CallStatus.Ok, reply.Status);
    }

    public async Task<BlockStatus> StateOfAsync(long row) => (await Client.ReadAsync(ReadOf(row))).Blocks.Single().Status;

    /// <summary>Expects a version in a row.</summary>
    public async Task ExpectAsync(long row, int version)
    {
        ReadReply reply = await Client.ReadAsync(ReadOf(row));
        Assert.Equal((CallStatus.Ok, BlockStatus.BlockOk), (reply.Status, reply.Blocks.Single().Status));
        Assert.Equal(Content(version, BlockSize), reply.Blocks.Single().Content.ToByteArray());
    }

    public void Dispose() => _channel.Dispose();
}
