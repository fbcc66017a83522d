using System.Runtime.CompilerServices;
using Grpc.Core;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <content>The calls, each with what its attempts have in common and what they bring.</content>
internal sealed partial class MemberClient
{
    /// <summary>A call whose reply has a status.</summary>
    private abstract class StatusCall(MemberClient client) : MemberCall
    {
        private readonly int _joinedBefore = client._joined;
        private long _answersBefore;

        protected MemberClient Client { get; } = client;

        /// <summary>The member joined anew since the call was begun.</summary>
        protected bool IsOutlived => _joinedBefore != Client._joined;

        public sealed override ValueTask<RpcFailure> SendAsync(CallOptions options)
        {
            _answersBefore = Client._answers;
            return TryAsync(options);
        }

        public sealed override void NoteAttempt(RpcFailure failure) =>
            Client._answers += failure == RpcFailure.None ? 1 : 0;

        public sealed override void End(RpcFailure failure)
        {
            // How a call ends that was meant for what the member was says nothing of what it is.
            if (!IsOutlived)
            {
                Client.Note(failure, Attempts, _answersBefore);
            }
        }

        /// <summary>One attempt.</summary>
        protected abstract ValueTask<RpcFailure> TryAsync(CallOptions options);

        /// <summary>Counts a request, and gives the moment at which it is sent.</summary>
        protected long Send()
        {
            Client.Traffic.Requests++;
            return Client.Lease.Now;
        }

        /// <summary>What a status means; an answer under the claim extends the lease.</summary>
        protected RpcFailure Judge(CallStatus status, long sent)
        {
            switch (status)
            {
                case CallStatus.Ok:
                    Client.Lease.Grant(Client.Member, sent);
                    return RpcFailure.None;
                case CallStatus.Fenced:
                    Client.WhenFenced?.Invoke();
                    return RpcFailure.Rejected;
                case CallStatus.Garbled or CallStatus.BadChecksum or CallStatus.StaleBoot:
                    // Damaged on the way there or back, or a server that restarts again and again.
                    return RpcFailure.OutcomeUnknown;
                default:
                    return RpcFailure.Rejected;
            }
        }
    }

    /// <summary>A call that is meant for one boot.</summary>
    private abstract class BootCall<TReply>(MemberClient client) : StatusCall(client)
    {
        /// <summary>The life that answered.</summary>
        public ulong AnsweredBy { get; private set; }

        /// <summary>A new life that is accepted is sent the same call; where not, the caller is told.</summary>
        protected virtual bool GoesOnAfterReboot => true;

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        protected sealed override async ValueTask<RpcFailure> TryAsync(CallOptions options)
        {
            for (int lives = 0; ; lives++)
            {
                if (IsOutlived)
                {
                    return RpcFailure.Rejected;
                }

                ulong bootId = Client.BootId;
                long sent = Send();
                CallStatus status;
                try
                {
                    status = Accept(await StartAsync(bootId, options), bootId);
                }
                catch (RpcException error)
                {
                    return RpcFailures.Translate(error.StatusCode);
                }

                if (IsOutlived)
                {
                    return RpcFailure.Rejected;
                }

                if (status != CallStatus.StaleBoot || lives > 0)
                {
                    AnsweredBy = bootId;
                    return JudgeAnswer(status, sent);
                }

                if (Client.BootId == bootId)
                {
                    RpcFailure failure = await MeetNewLifeAsync(options);
                    if (failure != RpcFailure.None)
                    {
                        return failure;
                    }
                }

                if (!GoesOnAfterReboot)
                {
                    NoteReboot();
                    return RpcFailure.None;
                }
            }
        }

        protected virtual RpcFailure JudgeAnswer(CallStatus status, long sent) => Judge(status, sent);

        protected virtual void NoteReboot()
        {
        }

        /// <summary>Sends the request, meant for this boot.</summary>
        protected abstract Task<TReply> StartAsync(ulong bootId, CallOptions options);

        /// <summary>Takes what the reply brings.</summary>
        /// <returns>Its status; <see cref="CallStatus.Garbled"/> for a reply that cannot be trusted.</returns>
        protected abstract CallStatus Accept(TReply reply, ulong bootId);

        private async ValueTask<RpcFailure> MeetNewLifeAsync(CallOptions options)
        {
            RpcFailure failure = Client.Take(
                await Client._client.InspectAsync(new InspectRequest(), options), out MemberFinding finding);
            if (failure != RpcFailure.None)
            {
                return failure;
            }

            if (Client.IsIntact?.Invoke(finding.Record) != true)
            {
                return RpcFailure.Rejected;
            }

            Client.Accept(finding.Record.BootId);
            return RpcFailure.None;
        }
    }

    private sealed class InspectCall(MemberClient client, bool persists) : MemberCall
    {
        private MemberFinding _finding;

        public MemberFinding Finding => _finding;

        protected override bool Persists => persists;

        public override async ValueTask<RpcFailure> SendAsync(CallOptions options)
        {
            client.Traffic.Requests++;
            try
            {
                return client.Take(await client._client.InspectAsync(new InspectRequest(), options), out _finding);
            }
            catch (RpcException error)
            {
                return RpcFailures.Translate(error.StatusCode);
            }
        }
    }

    private sealed class OpenCall(MemberClient client) : MemberCall
    {
        public MemberRecord? Record { get; private set; }

        public override async ValueTask<RpcFailure> SendAsync(CallOptions options)
        {
            client.Traffic.Requests++;
            var request = MessageDigest.Seal(new OpenRequest { Claim = client.Claim.ToMessage() });
            OpenReply reply = await client._client.OpenAsync(request, options);
            if (!MessageDigest.Holds(reply) || reply.Status == CallStatus.Garbled)
            {
                return RpcFailure.OutcomeUnknown;
            }

            if (reply.Status is not (CallStatus.Ok or CallStatus.Fenced) || reply.State.ToRecord() is not { } record)
            {
                return RpcFailure.Rejected;
            }

            Record = record;
            return RpcFailure.None;
        }
    }

    /// <remarks>Not repeated: a probe that is not answered comes again anyway.</remarks>
    private sealed class JoinCall(MemberClient client, ulong bootId, ulong sequence, View view) : StatusCall(client)
    {
        public MemberRecord? Record { get; private set; }

        protected override bool Persists => false;

        protected override async ValueTask<RpcFailure> TryAsync(CallOptions options)
        {
            long sent = Send();
            OpenReply reply = await Client._client.JoinAsync(
                MessageDigest.Seal(new JoinRequest
                {
                    Claim = Client.Claim.ToMessage(),
                    BootId = bootId,
                    Sequence = sequence,
                    View = view.ToMessage(),
                }),
                options);
            RpcFailure failure = MessageDigest.Holds(reply) ? Judge(reply.Status, sent) : RpcFailure.OutcomeUnknown;
            Record = failure == RpcFailure.None ? reply.State.ToRecord() : null;
            return failure == RpcFailure.None && Record is null ? RpcFailure.Rejected : failure;
        }
    }

    private sealed class ReadCall(MemberClient client, List<Row> rows) : BootCall<ReadReply>(client)
    {
        private readonly Unit[] _units = new Unit[rows.Count];

        /// <summary>What was read, and is counted.</summary>
        public Unit[] TakeUnits()
        {
            Client.Traffic.BlocksRead += _units.Length;
            foreach (Unit unit in _units)
            {
                Client.Traffic.BadBlocks += unit.State == UnitState.Bad ? 1 : 0;
            }

            return _units;
        }

        protected override Task<ReadReply> StartAsync(ulong bootId, CallOptions options)
        {
            var request = new ReadRequest { Claim = Client.Claim.ToMessage(), BootId = bootId };
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
                if (!TryTranslate(reply.Blocks[i], out _units[i]))
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

    private sealed class WriteCall(MemberClient client, Epoch epoch, List<Pin> pins)
        : BootCall<StateReply>(client)
    {
        /// <summary>The life that answered has it all.</summary>
        public CallOutcome MarkAcknowledged()
        {
            Client.Traffic.BlocksWritten += pins.Count;
            foreach (Pin pin in pins)
            {
                pin.AcknowledgedBy = AnsweredBy;
            }

            return CallOutcome.Done;
        }

        protected override Task<StateReply> StartAsync(ulong bootId, CallOptions options)
        {
            var request = new WriteRequest { Claim = Client.Claim.ToMessage(), BootId = bootId, Epoch = epoch.Value };
            foreach (Pin pin in pins)
            {
                request.Blocks.Add(new WriteBlock
                {
                    Row = pin.Row.Value,
                    Sequence = pin.Sequence,
                    Content = pin.Unit.Content,
                    Checksum = pin.Unit.Checksum.Value,
                });
            }

            return Client._client.WriteAsync(MessageDigest.Seal(request), options).ResponseAsync;
        }

        protected override CallStatus Accept(StateReply reply, ulong bootId) => StatusOf(reply, bootId);
    }

    private sealed class PrepareCall(MemberClient client, SealedEpoch epoch, Epoch previous, EpochDigest digest)
        : BootCall<StateReply>(client)
    {
        public CallOutcome Outcome { get; private set; } = CallOutcome.Lost;

        protected override bool GoesOnAfterReboot => false;

        protected override Task<StateReply> StartAsync(ulong bootId, CallOptions options) =>
            Client._client.PrepareAsync(
                MessageDigest.Seal(new PrepareRequest
                {
                    Claim = Client.Claim.ToMessage(),
                    BootId = bootId,
                    Epoch = epoch.Epoch.Value,
                    Version = epoch.Stamp.Version,
                    Mask = epoch.Mask.Bits,
                    Previous = previous.Value,
                    Blocks = digest.Blocks,
                    BlocksDigest = digest.Value,
                }),
                options).ResponseAsync;

        protected override CallStatus Accept(StateReply reply, ulong bootId) => StatusOf(reply, bootId);

        protected override RpcFailure JudgeAnswer(CallStatus status, long sent)
        {
            Outcome = status switch
            {
                CallStatus.Ok => CallOutcome.Done,
                CallStatus.Mismatch => CallOutcome.Mismatch,
                _ => CallOutcome.Lost,
            };
            Client.SealedBy = status == CallStatus.Ok ? AnsweredBy : Client.SealedBy;
            return status == CallStatus.Mismatch ? RpcFailure.None : Judge(status, sent);
        }

        protected override void NoteReboot() => Outcome = CallOutcome.Rebooted;
    }

    private sealed class ScanCall(MemberClient client, Epoch since, Row from, bool committedOnly)
        : BootCall<ScanReply>(client)
    {
        public List<(Row Row, Epoch Epoch)> Rows { get; } = [];

        public Row Next { get; private set; }

        protected override Task<ScanReply> StartAsync(ulong bootId, CallOptions options) =>
            Client._client.ScanAsync(
                MessageDigest.Seal(new ScanRequest
                {
                    Claim = Client.Claim.ToMessage(),
                    BootId = bootId,
                    Since = since.Value,
                    From = from.Value,
                    CommittedOnly = committedOnly,
                }),
                options).ResponseAsync;

        protected override CallStatus Accept(ScanReply reply, ulong bootId)
        {
            if (!MessageDigest.Holds(reply))
            {
                return CallStatus.Garbled;
            }

            bool isSound = reply.BootId == bootId && reply.Rows.Count == reply.Epochs.Count && reply.Next > from.Value;
            if (reply.Status != CallStatus.Ok || !isSound)
            {
                return reply.Status == CallStatus.Ok ? CallStatus.Malformed : reply.Status;
            }

            for (int i = 0; i < reply.Rows.Count; i++)
            {
                if (reply.Rows[i] < from.Value || reply.Rows[i] >= Client.Expected!.Rows)
                {
                    return CallStatus.Malformed;
                }

                Rows.Add((new Row(reply.Rows[i]), new Epoch(reply.Epochs[i])));
            }

            Next = new Row(reply.Next);
            return CallStatus.Ok;
        }
    }

    private sealed class CommitCall(MemberClient client, Epoch epoch) : BootCall<StateReply>(client)
    {
        protected override Task<StateReply> StartAsync(ulong bootId, CallOptions options) =>
            Client._client.CommitAsync(
                MessageDigest.Seal(new CommitRequest
                {
                    Claim = Client.Claim.ToMessage(),
                    BootId = bootId,
                    Epoch = epoch.Value,
                }),
                options).ResponseAsync;

        protected override CallStatus Accept(StateReply reply, ulong bootId) => StatusOf(reply, bootId);
    }

    private sealed class RecordCall(MemberClient client, View view) : BootCall<StateReply>(client)
    {
        protected override Task<StateReply> StartAsync(ulong bootId, CallOptions options) =>
            Client._client.RecordAsync(
                MessageDigest.Seal(new RecordRequest
                {
                    Claim = Client.Claim.ToMessage(),
                    BootId = bootId,
                    View = view.ToMessage(),
                }),
                options).ResponseAsync;

        protected override CallStatus Accept(StateReply reply, ulong bootId) => StatusOf(reply, bootId);
    }

    private Claim Claim => claim;

    private Lease Lease => lease;

    private static CallStatus StatusOf(StateReply reply, ulong bootId) =>
        !MessageDigest.Holds(reply) ? CallStatus.Garbled
        : reply.Status == CallStatus.Ok && reply.BootId != bootId ? CallStatus.Malformed
        : reply.Status;
}
