using Grpc.Core;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <content>The calls, each with what its attempts have in common and what they bring.</content>
internal sealed partial class MemberClient
{
    /// <summary>A call that is meant for one boot.</summary>
    private abstract class BootCall<TReply>(MemberClient client) : MemberCall
    {
        private long _answersBefore;

        protected MemberClient Client { get; } = client;

        public sealed override async ValueTask<RpcFailure> SendAsync(CallOptions options)
        {
            _answersBefore = Client._answers;
            if (Client._bootId == 0)
            {
                RpcFailure failure = await DescribeAsync(options);
                if (failure != RpcFailure.None)
                {
                    return failure;
                }
            }

            ulong bootId = Client._bootId;
            CallStatus status = Accept(await SendAsync(bootId, options), bootId);
            if (status == CallStatus.StaleBoot)
            {
                RpcFailure failure = await DescribeAsync(options);
                if (failure != RpcFailure.None)
                {
                    return failure;
                }

                bootId = Client._bootId;
                status = Accept(await SendAsync(bootId, options), bootId);
            }

            RpcFailure judged = Judge(status);
            Client._answers += judged == RpcFailure.None ? 1 : 0;
            return judged;
        }

        public sealed override void End(RpcFailure failure) => Client.Note(failure, Attempts, _answersBefore);

        /// <summary>What a status means; only OK and errors of the disk count as an answer.</summary>
        protected virtual RpcFailure Judge(CallStatus status) => status switch
        {
            CallStatus.Ok => RpcFailure.None,

            // Damaged on the way there or back, or a server that restarts again and again.
            CallStatus.Garbled or CallStatus.BadChecksum or CallStatus.StaleBoot => RpcFailure.OutcomeUnknown,
            _ => RpcFailure.Rejected,
        };

        /// <summary>Sends the request, meant for this boot.</summary>
        protected abstract Task<TReply> StartAsync(ulong bootId, CallOptions options);

        /// <summary>Takes what the reply brings.</summary>
        /// <returns>Its status; <see cref="CallStatus.Garbled"/> for a reply that cannot be trusted.</returns>
        protected abstract CallStatus Accept(TReply reply, ulong bootId);

        private Task<TReply> SendAsync(ulong bootId, CallOptions options)
        {
            Client.Requests++;
            return StartAsync(bootId, options);
        }

        private async ValueTask<RpcFailure> DescribeAsync(CallOptions options) =>
            Client.Adopt(await Client._client.DescribeAsync(new DescribeRequest(), options));
    }

    private sealed class DescribeCall(MemberClient client, bool persists) : MemberCall
    {
        protected override bool Persists => persists;

        public override async ValueTask<RpcFailure> SendAsync(CallOptions options) =>
            client.Adopt(await client._client.DescribeAsync(new DescribeRequest(), options));
    }

    private sealed class ReadCall(MemberClient client, IReadOnlyList<Row> rows) : BootCall<ReadReply>(client)
    {
        public Unit[] Units { get; } = new Unit[rows.Count];

        protected override Task<ReadReply> StartAsync(ulong bootId, CallOptions options)
        {
            var request = new ReadRequest { BootId = bootId };
            foreach (Row row in rows)
            {
                request.Rows.Add(row.Value);
            }

            return Client._client.ReadAsync(MessageDigest.Seal(request), options).ResponseAsync;
        }

        protected override CallStatus Accept(ReadReply reply, ulong bootId)
        {
            if (!MessageDigest.Holds(reply))
            {
                return CallStatus.Garbled;
            }

            if (reply.Status != CallStatus.Ok)
            {
                return reply.Status;
            }

            if (reply.BootId != bootId || reply.Blocks.Count != rows.Count)
            {
                return CallStatus.Malformed;
            }

            for (int i = 0; i < rows.Count; i++)
            {
                if (!TryTranslate(reply.Blocks[i], out Units[i]))
                {
                    return CallStatus.Garbled;
                }
            }

            return CallStatus.Ok;
        }

        /// <returns>False if the bytes are not those that the server sent.</returns>
        private bool TryTranslate(ReadBlock block, out Unit unit)
        {
            unit = new Unit(UnitState.Bad, default);
            switch (block.Status)
            {
                case BlockStatus.BlockOk when block.Content.Length == Client.Expected!.BlockSize:
                    unit = new Unit(UnitState.Good, block.Content.Memory);
                    return Checksum.Of(block.Content.Span).Value == block.Checksum;
                case BlockStatus.BlockNeverWritten:
                    unit = new Unit(UnitState.Good, default);
                    return true;
                default:
                    return true;
            }
        }
    }

    private sealed class WriteCall(
        MemberClient client, IReadOnlyList<Row> rows, IReadOnlyList<NewUnit> contents, SequenceSource sequences)
        : BootCall<WriteReply>(client)
    {
        private ulong _sequence;
        private ulong _drawnForBoot;

        public bool DiskFailed { get; private set; }

        protected override Task<WriteReply> StartAsync(ulong bootId, CallOptions options)
        {
            // The same sequence for every attempt, so that a second one changes nothing; but a boot may have
            // seen higher ones than this client knew of when the call began.
            if (_drawnForBoot != bootId)
            {
                _sequence = sequences.Next();
                _drawnForBoot = bootId;
            }

            var request = new WriteRequest { BootId = bootId, Sequence = _sequence };
            for (int i = 0; i < rows.Count; i++)
            {
                request.Blocks.Add(new WriteBlock
                {
                    Row = rows[i].Value,
                    Content = contents[i].Content,
                    Checksum = contents[i].Checksum.Value,
                });
            }

            return Client._client.WriteAsync(MessageDigest.Seal(request), options).ResponseAsync;
        }

        protected override CallStatus Accept(WriteReply reply, ulong bootId) =>
            MessageDigest.Holds(reply) ? reply.Status : CallStatus.Garbled;

        protected override RpcFailure Judge(CallStatus status)
        {
            DiskFailed = status is CallStatus.IoError or CallStatus.NoSpace;
            return DiskFailed ? RpcFailure.None : base.Judge(status);
        }
    }
}
