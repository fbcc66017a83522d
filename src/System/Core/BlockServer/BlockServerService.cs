using Google.Protobuf;
using Grpc.Core;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.BlockServer;

/// <summary>
/// The gRPC face of a <see cref="MemberStore"/>: judges each message before it reaches the store. A call that
/// is damaged, of another boot or against the protocol is answered so and has no effect.
/// </summary>
/// <remarks>Called from the server's one executor; calls may overlap.</remarks>
public sealed class BlockServerService(MemberStore store) : Protocol.BlockServer.BlockServerBase
{
    private readonly int _maxBlocks = CallLimits.MaxBlocks(store.Geometry.BlockSize);
    private long _reads;
    private long _writes;
    private long _blocksRead;
    private long _blocksWritten;
    private long _badBlocks;
    private long _refused;

    public override Task<DescribeReply> Describe(DescribeRequest request, ServerCallContext context) =>
        Task.FromResult(store.Geometry.ToMessage(store.BootId, store.HighestSequence));

    public override async Task<ReadReply> Read(ReadRequest request, ServerCallContext context)
    {
        var reply = new ReadReply { Status = Judge(request, out Row[] rows), BootId = store.BootId };
        if (reply.Status != CallStatus.Ok)
        {
            _refused++;
            return MessageDigest.Seal(reply);
        }

        _reads++;
        _blocksRead += rows.Length;
        foreach (StoredBlock block in await store.ReadAsync(rows))
        {
            reply.Blocks.Add(ToMessage(block));
        }

        return MessageDigest.Seal(reply);
    }

    public override async Task<WriteReply> Write(WriteRequest request, ServerCallContext context)
    {
        var reply = new WriteReply { Status = Judge(request, out NewBlock[] blocks), BootId = store.BootId };
        if (reply.Status != CallStatus.Ok)
        {
            _refused++;
            return MessageDigest.Seal(reply);
        }

        _writes++;
        _blocksWritten += blocks.Length;
        reply.Status = await store.WriteAsync(request.Sequence, blocks) switch
        {
            Errno.OK => CallStatus.Ok,
            Errno.ENOSPC => CallStatus.NoSpace,
            _ => CallStatus.IoError,
        };
        return MessageDigest.Seal(reply);
    }

    public override Task<CountersReply> Counters(CountersRequest request, ServerCallContext context) =>
        Task.FromResult(MessageDigest.Seal(new CountersReply
        {
            BootId = store.BootId,
            Reads = _reads,
            Writes = _writes,
            BlocksRead = _blocksRead,
            BlocksWritten = _blocksWritten,
            BadBlocks = _badBlocks,
            SupersededBlocks = store.SupersededBlocks,
            Refused = _refused,
        }));

    private CallStatus Judge(ReadRequest request, out Row[] rows)
    {
        rows = [];
        if (!MessageDigest.Holds(request))
        {
            return CallStatus.Garbled;
        }

        if (request.BootId != store.BootId)
        {
            return CallStatus.StaleBoot;
        }

        rows = new Row[request.Rows.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = new Row(request.Rows[i]);
        }

        return Judge(rows);
    }

    private CallStatus Judge(WriteRequest request, out NewBlock[] blocks)
    {
        blocks = [];
        if (!MessageDigest.Holds(request))
        {
            return CallStatus.Garbled;
        }

        if (request.BootId != store.BootId)
        {
            return CallStatus.StaleBoot;
        }

        if (request.Sequence > RowEntry.MaxSequence)
        {
            return CallStatus.Malformed;
        }

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
            blocks[i] = new NewBlock(rows[i], block.Content.Memory, checksum);
        }

        return Judge(rows);
    }

    private CallStatus Judge(ReadOnlySpan<Row> rows)
    {
        if (rows.IsEmpty || rows.Length > _maxBlocks)
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
                _badBlocks++;
                return new ReadBlock { Status = BlockStatus.BlockCorrupt };
            default:
                _badBlocks++;
                return new ReadBlock { Status = BlockStatus.BlockUnreadable };
        }
    }
}
