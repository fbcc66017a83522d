using Grpc.Core;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <summary>What became of a call that changes something on one member.</summary>
internal enum CallOutcome
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>The member was started anew, and is ready for the call in this life; it has forgotten the open epoch.</summary>
    Rebooted,

    /// <summary>The member's part of the open epoch is not what this client sent: all of it must be sent again.</summary>
    Mismatch,

    /// <summary>The member could not be had: the call may have happened, or may still happen.</summary>
    Lost,
}

/// <summary>Who a member is, and where it stands.</summary>
internal readonly record struct MemberFinding(MemberGeometry Geometry, MemberRecord Record);

/// <summary>
/// Calls one member, by the protocol: carries the claim, names the boot, seals and checks digests, verifies blocks on
/// arrival. Whatever a broken peer answers comes out as a failure, never as an exception.
/// </summary>
/// <remarks>
/// <para>The client knows one boot of the member. When the member says that it is of another, it is asked who it is and
/// where it stands; if that is still the member that the array counts on, complete up to the last decision, its new
/// life is accepted. What it forgot, the open epoch, is sent again before it is sealed.</para>
/// <para>A message that arrives damaged counts as lost and is repeated.</para>
/// </remarks>
internal sealed partial class MemberClient(
    MemberIndex member, CallInvoker invoker, CallPipeline pipeline, Claim claim, Lease lease)
{
    private readonly Protocol.BlockServer.BlockServerClient _client = new(invoker);
    private ulong _joins;
    private int _joined;
    private long _answers;

    /// <summary>
    /// Told when a call used up its retry budget, or another server answered it. Not told where the member
    /// answered another call while that one was tried for the last time: then a message was lost, not the member.
    /// </summary>
    public Action? WhenLost { get; set; }

    /// <summary>Told when the member has granted a higher claim.</summary>
    public Action? WhenFenced { get; set; }

    /// <summary>Says whether a member that was started anew is still what the array counts on.</summary>
    public Func<MemberRecord, bool>? IsIntact { get; set; }

    public MemberIndex Member { get; } = member;

    /// <summary>The member that this must be. Null until the array knows its own shape.</summary>
    public MemberGeometry? Expected { get; private set; }

    /// <summary>Why what answered last is not accepted, in words; null if it is.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The life of the member that calls are meant for; 0 before one is known.</summary>
    public ulong BootId { get; private set; }

    /// <summary>The life that sealed an epoch last.</summary>
    public ulong SealedBy { get; private set; }

    public MemberTrafficTally Traffic { get; } = new();

    /// <summary>How long the latest reads took.</summary>
    public ReadLatency Latency { get; } = new();

    /// <summary>Sets who the member must be; from here on another one is refused.</summary>
    public void Expect(MemberGeometry expected) => Expected = expected;

    /// <summary>
    /// The member has joined, in this life. What was asked of it before was asked of a member that held what this one may
    /// not: nothing that still comes of those calls counts.
    /// </summary>
    public void AcceptJoined(ulong bootId)
    {
        _joined++;
        Accept(bootId);
    }

    /// <summary>Calls go to this life from here on, also those that are under way: it holds what the one before did.</summary>
    public void Accept(ulong bootId)
    {
        BootId = bootId;
        Refusal = null;
    }

    /// <summary>Asks the member who it is.</summary>
    /// <param name="persists">Tries again as any call does; else once.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null if it does not answer, or answers what no member can be, or is not the expected one.</returns>
    public ValueTask<MemberFinding?> InspectAsync(bool persists, CancellationToken cancellation) => pipeline.RunAsync(
        new InspectCall(this, persists),
        static (call, failure) => failure == RpcFailure.None ? call.Finding : (MemberFinding?)null,
        cancellation);

    /// <summary>Asks for the claim.</summary>
    /// <returns>Where it stands after the answer, granted if it promises the claim; null if there is no answer.</returns>
    public ValueTask<MemberRecord?> OpenAsync(CancellationToken cancellation) => pipeline.RunAsync(
        new OpenCall(this), static (call, failure) => failure == RpcFailure.None ? call.Record : null, cancellation);

    /// <summary>Has the member take part again: in a life that was just inspected.</summary>
    /// <returns>Where it stands now; null if it does not take part.</returns>
    public ValueTask<MemberRecord?> JoinAsync(ulong bootId, View view, CancellationToken cancellation) => pipeline.RunAsync(
        new JoinCall(this, bootId, ++_joins, view),
        static (call, failure) => failure == RpcFailure.None ? call.Record : null,
        cancellation);

    /// <summary>Reads blocks.</summary>
    /// <param name="rows">Strictly ascending; at most <see cref="CallLimits.MaxBlocks"/>. None: only asks whether the claim holds.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The units in the order of the rows, good or bad; null if the member could not be had.</returns>
    public ValueTask<Unit[]?> ReadAsync(List<Row> rows, CancellationToken cancellation) => pipeline.RunAsync(
        new ReadCall(this, rows), static (call, failure) => failure == RpcFailure.None ? call.TakeUnits() : null, cancellation);

    /// <summary>Writes blocks into the open epoch, and marks those that were acknowledged.</summary>
    /// <param name="epoch">The open one.</param>
    /// <param name="pins">By strictly ascending row; at most <see cref="CallLimits.MaxBlocks"/>.</param>
    /// <remarks>A write that was begun is never cancelled: a row half written is what parity cannot mend.</remarks>
    public ValueTask<CallOutcome> WriteAsync(Epoch epoch, List<Pin> pins) => pipeline.RunAsync(
        new WriteCall(this, epoch, pins),
        static (call, failure) => failure == RpcFailure.None ? call.MarkAcknowledged() : CallOutcome.Lost,
        CancellationToken.None);

    /// <summary>Has the member seal the open epoch.</summary>
    /// <param name="epoch">The epoch, the version and the mask.</param>
    /// <param name="previous">The last decided epoch, which it commits if that is still pending.</param>
    /// <param name="digest">What it must hold of the epoch.</param>
    public ValueTask<CallOutcome> PrepareAsync(SealedEpoch epoch, Epoch previous, EpochDigest digest) => pipeline.RunAsync(
        new PrepareCall(this, epoch, previous, digest),
        static (call, failure) => failure == RpcFailure.None ? call.Outcome : CallOutcome.Lost,
        CancellationToken.None);

    /// <summary>Has the member commit the epoch that it sealed. Not answered, it learns it with the next epoch.</summary>
    public ValueTask<bool> CommitAsync(Epoch epoch, CancellationToken cancellation) => pipeline.RunAsync(
        new CommitCall(this, epoch), static (_, failure) => failure == RpcFailure.None, cancellation);

    /// <summary>Has the member adopt a recovery's decision.</summary>
    public ValueTask<bool> RecordAsync(View view) => pipeline.RunAsync(
        new RecordCall(this, view), static (_, failure) => failure == RpcFailure.None, CancellationToken.None);

    /// <summary>Asks for rows that were written after an epoch, from one row on; or only for those committed there.</summary>
    /// <returns>The rows with the epoch of their last write, and where to go on; null if the member could not be had.</returns>
    public ValueTask<(List<(Row Row, Epoch Epoch)> Rows, Row Next)?> ScanAsync(
        Epoch since, Row from, bool committedOnly, CancellationToken cancellation) => pipeline.RunAsync(
        new ScanCall(this, since, from, committedOnly),
        static (call, failure) => failure == RpcFailure.None
            ? (call.Rows, call.Next)
            : ((List<(Row Row, Epoch Epoch)> Rows, Row Next)?)null,
        cancellation);

    private void Note(RpcFailure failure, int attempts, long answersBefore)
    {
        Traffic.Retries += attempts - 1;
        Traffic.Errors += failure == RpcFailure.None ? 0 : 1;
        if (failure == RpcFailure.Rejected || (failure != RpcFailure.None && answersBefore == _answers))
        {
            WhenLost?.Invoke();
        }
    }

    /// <summary>What a reply to Inspect brings; none if it is damaged, or not the expected member.</summary>
    private RpcFailure Take(InspectReply reply, out MemberFinding finding)
    {
        finding = default;
        if (!MessageDigest.Holds(reply))
        {
            return RpcFailure.OutcomeUnknown;
        }

        MemberGeometry? geometry = MemberGeometry.FromMessage(reply);
        MemberRecord? record = reply.State.ToRecord();
        if (geometry is null || record is null || (Expected is not null && geometry != Expected))
        {
            Refusal = geometry is null || record is null
                ? "it says what no member can be"
                : $"expected {Expected}; found {geometry}";
            return RpcFailure.Rejected;
        }

        finding = new MemberFinding(geometry, record);
        return RpcFailure.None;
    }
}
