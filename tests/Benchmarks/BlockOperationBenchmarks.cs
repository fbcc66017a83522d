using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Grpc.Core;
using Raid5Fs.BlockServer;
using Raid5Fs.Execution;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Fs.Raid;
using Raid5Fs.Server;

namespace Raid5Fs.Benchmarks;

/// <summary>
/// What Core allocates for one block that is read, or written again in the open epoch with its parity: at the client, whose
/// calls are answered with what a member answered before, and at a member, over real files. Each beside its messages alone,
/// made and sent as they are there, so that the difference is Core's own.
/// </summary>
/// <remarks>
/// <para>The messages of a write have its content: a copy of the block, and a new parity. At the client these are what the
/// open epoch pins, so they are deducted; the pins themselves are not. A write is two calls, to the block's member and to the
/// parity's. No member is read for it, as the open epoch has what the new parity needs.</para>
/// <para>A read includes its hedge's timer: the client has read from every member before, and knows how long it takes.</para>
/// <para>The client is measured twice: by itself, its replies delivered one after the other on the thread that waits for them;
/// and as it runs in use, on a <see cref="SerialExecutor"/>, where each await that waits is a step with a context, a callback
/// and mostly a continuation of its own, of Core, of Polly, and of the messages alike.</para>
/// </remarks>
public class BlockOperationBenchmarks : IAsyncDisposable
{
    private const int Members = 5;
    private const int BlockSize = 4 << 10;
    private const int Rows = 64;

    /// <summary>Operations handed to the executor at once, so that handing them in does not show.</summary>
    private const int Batch = 256;

    private readonly byte[] _block = RandomBlock.Of(BlockSize, seed: 1);
    private readonly byte[] _read = new byte[BlockSize];
    private readonly List<FileDisk> _disks = [];
    private readonly List<Loopback> _links = [];
    private readonly Wire _wire = new();
    private readonly SerialExecutor _executor = new("client");
    private string _path = "";
    private Raid5Array _array = null!;
    private Protocol.BlockServer.BlockServerClient _messages = null!;
    private BlockServerService _service = null!;
    private ReadRequest _readRequest = null!;
    private WriteRequest _writeRequest = null!;
    private IDiskFile _slots = null!;
    private ulong _sequence;

    [GlobalSetup]
    public async Task Prepare()
    {
        _path = Directory.CreateTempSubdirectory("raid5fs-").FullName;
        await _executor.RunAsync(MakeArrayAsync);
        await _executor.RunAsync(PrepareMemberAsync);
        foreach (Loopback link in _links)
        {
            link.Repeats = true;
        }

        _messages = new Protocol.BlockServer.BlockServerClient(_links[0]);
        await _executor.RunAsync(async () =>
        {
            Succeed(await ReadAsync());
            Succeed(await WriteAsync());
        });
    }

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _executor.RunAsync(() => _array.CloseAsync());
        await _executor.DisposeAsync();
        foreach (FileDisk disk in _disks)
        {
            await disk.DisposeAsync();
        }

        Directory.Delete(_path, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Benchmark(Description = "client: a block is read")]
    public void ReadBlock() => _wire.DeliverTo(ReadAsync());

    [Benchmark(Description = "client: the messages of that")]
    public void SendRead() => _wire.DeliverTo(SendReadAsync());

    [Benchmark(Description = "client: a block is written again, with parity")]
    public void WriteBlock() => _wire.DeliverTo(WriteAsync());

    [Benchmark(Description = "client: the messages of that, two writes")]
    public void SendWrites()
    {
        _wire.DeliverTo(SendWriteAsync());
        _wire.DeliverTo(SendWriteAsync());
    }

    [Benchmark(Description = "client on its executor: a block is read", OperationsPerInvoke = Batch)]
    public Task ReadBlocksOnExecutor() => _executor.RunAsync(() => RepeatAsync(ReadAsync));

    [Benchmark(Description = "client on its executor: the messages of that", OperationsPerInvoke = Batch)]
    public Task SendReadsOnExecutor() => _executor.RunAsync(() => RepeatAsync(SendReadAsync));

    [Benchmark(Description = "client on its executor: a block is written again, with parity", OperationsPerInvoke = Batch)]
    public Task WriteBlocksOnExecutor() => _executor.RunAsync(() => RepeatAsync(WriteAsync));

    [Benchmark(Description = "client on its executor: one message of that", OperationsPerInvoke = Batch)]
    public Task SendWritesOnExecutor() => _executor.RunAsync(() => RepeatAsync(SendWriteAsync));

    [Benchmark(Description = "member: a block is read")]
    public Task<ReadReply> ServeRead() => _service.Read(_readRequest, null!);

    [Benchmark(Description = "member: the reply of a read, and the disk's part")]
    public async Task<ReadReply> MakeReadReply()
    {
        byte[] content = new byte[BlockSize];
        Succeed(await _slots.ReadAsync(0, content));
        var reply = new ReadReply { Status = CallStatus.Ok, BootId = 1 };
        reply.Blocks.Add(new ReadBlock
        {
            Status = BlockStatus.BlockOk,
            Content = UnsafeByteOperations.UnsafeWrap(content),
            Checksum = Checksum.Of(content).Value,
        });
        return MessageDigest.Seal(reply);
    }

    [Benchmark(Description = "member: a block is written again")]
    public Task<StateReply> ServeWrite()
    {
        // What was written before is not newer: only so is it written.
        _writeRequest.Blocks[0].Sequence = ++_sequence;
        MessageDigest.Seal(_writeRequest);
        return _service.Write(_writeRequest, null!);
    }

    [Benchmark(Description = "member: the reply of a write, and the disk's part")]
    public async Task<StateReply> MakeWriteReply()
    {
        Succeed(await _slots.WriteAsync(0, _block));
        return MessageDigest.Seal(new StateReply { Status = CallStatus.Ok, BootId = 1 });
    }

    private Task<Errno> ReadAsync() => _array.ReadAsync(new BlockAddress(0), _read);

    private Task<Errno> WriteAsync() => _array.WriteAsync(new BlockAddress(100), _block);

    private Task<ReadReply> SendReadAsync() => _messages.ReadAsync(MakeReadRequest(), Deadline()).ResponseAsync;

    private Task<StateReply> SendWriteAsync() =>
        _messages.WriteAsync(MakeWriteRequest(ByteString.CopyFrom(_block)), Deadline()).ResponseAsync;

    private static async Task RepeatAsync<T>(Func<Task<T>> operation)
    {
        for (int i = 0; i < Batch; i++)
        {
            await operation();
        }
    }

    private async Task MakeArrayAsync()
    {
        for (int member = 0; member < Members; member++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(_path, $"{member}")).FullName;
            FileDisk disk = FileDisk.OpenFolder(folder).Value;
            var geometry = new MemberGeometry(
                new ArrayId(1, 2), new MemberIndex(member), Members, BlockSize, chunkBlocks: 16, Rows);
            Succeed(await MemberStore.FormatAsync(disk, geometry));
            MemberStore store = (await MemberStore.OpenAsync(disk, bootId: (ulong)member + 1)).Store!;
            _disks.Add(disk);
            _links.Add(new Loopback(new BlockServerService(store), _wire));
        }

        // The hedge's timer is set for each read, and never elapses, also where the machine is busy.
        var options = new ArrayOptions { MinHedgeDelay = TimeSpan.FromMinutes(1) };
        _array = (await Raid5Array.OpenAsync(_links, options, TimeProvider.System, new Random(1))).Value;
        Succeed(await _array.WriteAsync(new BlockAddress(0), new byte[_array.BlockCount * BlockSize]));
        Succeed(await _array.CommitAsync());
        await Task.Delay(1000);

        // Of each member more reads than it takes to know how long they take.
        for (long block = 0; block < _array.BlockCount; block++)
        {
            Succeed(await _array.ReadAsync(new BlockAddress(block), _read));
        }
    }

    /// <summary>A member of its own, so that the array's are left alone.</summary>
    private async Task PrepareMemberAsync()
    {
        FileDisk disk = FileDisk.OpenFolder(Directory.CreateDirectory(Path.Combine(_path, "alone")).FullName).Value;
        _disks.Add(disk);
        var geometry = new MemberGeometry(new ArrayId(1, 2), new MemberIndex(0), Members, BlockSize, chunkBlocks: 16, Rows);
        Succeed(await MemberStore.FormatAsync(disk, geometry));
        MemberStore store = (await MemberStore.OpenAsync(disk, bootId: 1)).Store!;
        _service = new BlockServerService(store);
        var claim = new Claim(1, 1);
        await store.OpenAsync(claim);
        await store.RecordAsync(claim, new View(new Stamp(Epoch.Of(1, 0), 0), Epoch.None, MemberSet.All(Members)));
        _slots = (await disk.OpenAsync("slots", DiskOpenMode.Open)).Value;
        _readRequest = MakeReadRequest();
        _writeRequest = MakeWriteRequest(ByteString.CopyFrom(_block));
        await ServeWrite();
    }

    private static ReadRequest MakeReadRequest()
    {
        var request = new ReadRequest { Claim = new OwnershipClaim { Generation = 1, Client = 1 }, BootId = 1 };
        request.Rows.Add(0);
        return MessageDigest.Seal(request);
    }

    private static WriteRequest MakeWriteRequest(ByteString content)
    {
        var request = new WriteRequest
        {
            Claim = new OwnershipClaim { Generation = 1, Client = 1 },
            BootId = 1,
            Epoch = Epoch.Of(1, 1).Value,
        };
        request.Blocks.Add(new WriteBlock { Row = 0, Content = content, Checksum = Checksum.Of(content.Span).Value });
        return MessageDigest.Seal(request);
    }

    private static CallOptions Deadline() => new(deadline: DateTime.UtcNow + TimeSpan.FromSeconds(1));

    private static void Succeed(Errno error)
    {
        if (error != Errno.OK)
        {
            throw new InvalidOperationException($"the benchmark cannot be run: {error}");
        }
    }

    /// <summary>Delivers replies to a client that has no executor, on the thread that waits for them.</summary>
    private sealed class Wire : INotifyCompletion
    {
        private readonly Queue<Action> _arrived = [];

        public bool IsCompleted => false;

        public Wire GetAwaiter() => this;

        public void OnCompleted(Action continuation) => _arrived.Enqueue(continuation);

        public void GetResult()
        {
        }

        public void DeliverTo<T>(Task<T> operation)
        {
            while (_arrived.TryDequeue(out Action? arrived))
            {
                arrived();
            }

            if (!operation.IsCompletedSuccessfully || operation.Result is Errno and not Errno.OK)
            {
                throw new InvalidOperationException($"the benchmark cannot be run: {operation.Exception}");
            }
        }
    }

    /// <summary>Calls a service in this process, each reply a little later. Once told to repeat it answers as the last time.</summary>
    private sealed class Loopback(BlockServerService service, Wire wire) : CallInvoker
    {
        private readonly Dictionary<string, object> _replies = [];

        public bool Repeats { get; set; }

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => new(
                AnswerAsync<TRequest, TResponse>(method.Name, request),
                Task.FromResult(Metadata.Empty),
                static () => Status.DefaultSuccess,
                static () => Metadata.Empty,
                static () => { });

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            throw new NotSupportedException();

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            throw new NotSupportedException();

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

        private async Task<TResponse> AnswerAsync<TRequest, TResponse>(string method, TRequest request)
        {
            if (SynchronizationContext.Current is null)
            {
                await wire;
            }
            else
            {
                await Task.Yield();
            }

            if (Repeats && _replies.TryGetValue(method, out object? known))
            {
                return (TResponse)known;
            }

            object reply = request switch
            {
                InspectRequest inspect => await service.Inspect(inspect, null!),
                OpenRequest open => await service.Open(open, null!),
                RecordRequest record => await service.Record(record, null!),
                ReadRequest read => await service.Read(read, null!),
                WriteRequest write => await service.Write(write, null!),
                PrepareRequest prepare => await service.Prepare(prepare, null!),
                CommitRequest commit => await service.Commit(commit, null!),
                _ => throw new NotSupportedException(method),
            };
            if (Repeats)
            {
                _replies[method] = reply;
            }

            return (TResponse)reply;
        }
    }
}
