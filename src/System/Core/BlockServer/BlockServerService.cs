using Google.Protobuf;
using Grpc.Core;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.BlockServer;

/// <summary>
/// The gRPC face of a <see cref="MemberStore"/>: judges each message before it reaches the store. A call that is
/// damaged, of another boot, of a claim that no longer holds, or against the protocol is answered so and has no effect.
/// </summary>
/// <remarks>Called from the server's one executor; calls may overlap.</remarks>
public sealed class BlockServerService(MemberStore store) : Protocol.BlockServer.BlockServerBase
{
    private readonly int _maxBlocks = CallLimits.MaxBlocks(store.Geometry.BlockSize);

    private MemberTally Tally => store.Tally;

    public override Task<InspectReply> Inspect(InspectRequest request, ServerCallContext context) =>
        Task.FromResult(store.Geometry.ToMessage(store.Record));

    public override async Task<OpenReply> Open(OpenRequest request, ServerCallContext context)
    {
        CallStatus status = MessageDigest.Holds(request)
            ? await store.OpenAsync(request.Claim.ToClaim())
            : CallStatus.Garbled;
        return Standing(status);
    }

    public override async Task<OpenReply> Join(JoinRequest request, ServerCallContext context)
    {
        CallStatus status =
            !MessageDigest.Holds(request) ? CallStatus.Garbled
            : request.BootId != store.BootId ? CallStatus.StaleBoot
            : await store.JoinAsync(request.Claim.ToClaim(), request.Sequence, request.View.ToView());
        return Standing(status);
    }

    public override async Task<ReadReply> Read(ReadRequest request, ServerCallContext context)
    {
        Claim claim = request.Claim.ToClaim();
        CallStatus status = MessageDigest.Holds(request) ? JudgeBoot(claim, request.BootId) : CallStatus.Garbled;
        Row[] rows = [.. request.Rows.Select(row => new Row(row))];
        status = status == CallStatus.Ok ? JudgeRows(rows) : status;
        if (status == CallStatus.Ok && rows.Length > 0)
        {
            StoredBlock[] blocks = await store.ReadAsync(rows);

            // Whoever was fenced while the disk worked is not told what is there now.
            status = store.Judge(claim);
            if (status == CallStatus.Ok)
            {
                Tally.Reads++;
                Tally.BlocksRead += rows.Length;
                var reply = new ReadReply { Status = status, BootId = store.BootId };
                foreach (StoredBlock block in blocks)
                {
                    reply.Blocks.Add(ToMessage(block));
                }

                return MessageDigest.Seal(reply);
            }
        }

        Note(status);
        return MessageDigest.Seal(new ReadReply { Status = status, BootId = store.BootId });
    }

    public override async Task<StateReply> Write(WriteRequest request, ServerCallContext context)
    {
        Claim claim = request.Claim.ToClaim();
        var epoch = new Epoch(request.Epoch);
        CallStatus status = MessageDigest.Holds(request) ? JudgeBoot(claim, request.BootId) : CallStatus.Garbled;
        status = status == CallStatus.Ok && epoch.Generation != claim.Generation ? CallStatus.Malformed : status;
        if (status == CallStatus.Ok && (status = Judge(request, out NewBlock[] blocks)) == CallStatus.Ok)
        {
            Tally.Writes++;
            Tally.BlocksWritten += blocks.Length;
            status = await store.WriteAsync(claim, epoch, blocks);
        }

        return State(status);
    }

    public override async Task<StateReply> Prepare(PrepareRequest request, ServerCallContext context)
    {
        Claim claim = request.Claim.ToClaim();
        var epoch = new Epoch(request.Epoch);
        CallStatus status = MessageDigest.Holds(request) ? JudgeBoot(claim, request.BootId) : CallStatus.Garbled;
        status = status == CallStatus.Ok && epoch.Generation != claim.Generation ? CallStatus.Malformed : status;
        return State(status != CallStatus.Ok ? status : await store.PrepareAsync(
            claim,
            new SealedEpoch(new Stamp(epoch, request.Version), new MemberSet(request.Mask)),
            new Epoch(request.Previous),
            EpochDigest.Of(request.Blocks, request.BlocksDigest)));
    }

    public override async Task<StateReply> Commit(CommitRequest request, ServerCallContext context)
    {
        Claim claim = request.Claim.ToClaim();
        CallStatus status = MessageDigest.Holds(request) ? JudgeBoot(claim, request.BootId) : CallStatus.Garbled;
        return State(status == CallStatus.Ok ? await store.CommitAsync(claim, new Epoch(request.Epoch)) : status);
    }

    public override async Task<StateReply> Record(RecordRequest request, ServerCallContext context)
    {
        Claim claim = request.Claim.ToClaim();
        CallStatus status = MessageDigest.Holds(request) ? JudgeBoot(claim, request.BootId) : CallStatus.Garbled;
        return State(status == CallStatus.Ok ? await store.RecordAsync(claim, request.View.ToView()) : status);
    }

    public override Task<ScanReply> Scan(ScanRequest request, ServerCallContext context)
    {
        CallStatus status = !MessageDigest.Holds(request) ? CallStatus.Garbled
            : JudgeBoot(request.Claim.ToClaim(), request.BootId);
        status = status == CallStatus.Ok && (request.From < 0 || request.From > store.Geometry.Rows)
            ? CallStatus.OutOfRange
            : status;
        var reply = new ScanReply { Status = status, BootId = store.BootId };
        if (status == CallStatus.Ok)
        {
            var (rows, next) = store.Scan(
                new Epoch(request.Since), new Row(request.From), request.CommittedOnly, CallLimits.MaxScannedRows);
            foreach ((Row row, Epoch epoch) in rows)
            {
                reply.Rows.Add(row.Value);
                reply.Epochs.Add(epoch.Value);
            }

            reply.Next = next.Value;
        }

        Note(status);
        return Task.FromResult(MessageDigest.Seal(reply));
    }

    public override Task<CountersReply> Counters(CountersRequest request, ServerCallContext context) =>
        Task.FromResult(MessageDigest.Seal(new CountersReply
        {
            BootId = store.BootId,
            Reads = Tally.Reads,
            Writes = Tally.Writes,
            BlocksRead = Tally.BlocksRead,
            BlocksWritten = Tally.BlocksWritten,
            BadBlocks = Tally.BadBlocks,
            SupersededBlocks = Tally.SupersededBlocks,
            Refused = Tally.Refused,
            EpochsSealed = Tally.EpochsSealed,
            EpochsCommitted = Tally.EpochsCommitted,
            LogRecordBytes = Tally.LogRecordBytes,
            LogBytes = Tally.LogBytes,
            Checkpoints = Tally.Checkpoints,
            CheckpointsPutOff = Tally.CheckpointsPutOff,
        }));

    private CallStatus JudgeBoot(Claim claim, ulong bootId)
    {
        CallStatus status = store.Judge(claim);
        return status == CallStatus.Ok && bootId != store.BootId ? CallStatus.StaleBoot : status;
    }

    private CallStatus Judge(WriteRequest request, out NewBlock[] blocks)
    {
        blocks = new NewBlock[request.Blocks.Count];
        var rows = new Row[blocks.Length];
        for (int i = 0; i < blocks.Length; i++)
        {
            WriteBlock block = request.Blocks[i];
            if (block.Content.Length != store.Geometry.BlockSize)
            {
                return CallStatus.Malformed;
            }

            var checksum = new Checksum(block.Checksum);
            if (checksum != Checksum.Of(block.Content.Span))
            {
                return CallStatus.BadChecksum;
            }

            rows[i] = new Row(block.Row);
            blocks[i] = new NewBlock(rows[i], block.Sequence, block.Content.Memory, checksum);
        }

        return rows.Length == 0 ? CallStatus.Malformed : JudgeRows(rows);
    }

    private CallStatus JudgeRows(ReadOnlySpan<Row> rows)
    {
        if (rows.Length > _maxBlocks)
        {
            return CallStatus.Malformed;
        }

        for (int i = 0; i < rows.Length; i++)
        {
            if (i > 0 && rows[i] <= rows[i - 1])
            {
                return CallStatus.Malformed;
            }

            if (rows[i].Value < 0 || rows[i].Value >= store.Geometry.Rows)
            {
                return CallStatus.OutOfRange;
            }
        }

        return CallStatus.Ok;
    }

    private OpenReply Standing(CallStatus status)
    {
        Note(status);
        return MessageDigest.Seal(new OpenReply
        {
            Status = status,
            State = store.Record.ToMessage(),
        });
    }

    private StateReply State(CallStatus status)
    {
        Note(status);
        return MessageDigest.Seal(new StateReply { Status = status, BootId = store.BootId });
    }

    private void Note(CallStatus status) => Tally.Refused += status == CallStatus.Ok ? 0 : 1;

    private ReadBlock ToMessage(StoredBlock block)
    {
        switch (block.State)
        {
            case StoredBlockState.Good:
                return new ReadBlock
                {
                    Status = BlockStatus.BlockOk,

                    // Not a copy: the store hands the bytes over and never touches them again.
                    Content = UnsafeByteOperations.UnsafeWrap(block.Content),
                    Checksum = block.Checksum.Value,
                };
            case StoredBlockState.NeverWritten:
                return new ReadBlock { Status = BlockStatus.BlockNeverWritten };
            case StoredBlockState.Corrupt:
                Tally.BadBlocks++;
                return new ReadBlock { Status = BlockStatus.BlockCorrupt };
            default:
                Tally.BadBlocks++;
                return new ReadBlock { Status = BlockStatus.BlockUnreadable };
        }
    }
}
