using Grpc.Core;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <summary>What became of a write on one member.</summary>
internal enum WriteOutcome
{
    /// <summary>Durable.</summary>
    Acknowledged,

    /// <summary>The member's disk failed or is full: what the blocks hold is unknown.</summary>
    DiskFailed,

    /// <summary>The member could not be had: the write may have happened, or may still happen.</summary>
    MemberLost,
}

/// <summary>
/// Calls one member, by the protocol: names the boot, seals and checks digests, verifies blocks on arrival. Whatever a
/// broken peer answers comes out as a failure, never as an exception.
/// </summary>
/// <remarks>
/// <para>The client knows one boot of the member. When the member says that it is of another, it is asked again who
/// it is; if it still is the same member, the call is sent again for the new boot. Nothing acknowledged is lost
/// by a restart, so the caller need not know.</para>
/// <para>A message that arrives damaged counts as lost and is repeated.</para>
/// </remarks>
internal sealed partial class MemberClient(
    MemberIndex member, CallInvoker invoker, CallPipeline pipeline, SequenceSource sequences)
{
    private readonly Protocol.BlockServer.BlockServerClient _client = new(invoker);
    private MemberGeometry? _found;
    private ulong _bootId;
    private long _answers;

    /// <summary>
    /// Told when a call used up its retry budget, or another server answered it. Not told where the member
    /// answered another call while that one was tried for the last time: then a message was lost, not the member.
    /// </summary>
    public Action? WhenLost { get; set; }

    public MemberIndex Member { get; } = member;

    /// <summary>The member that this must be. Null until the array knows its own shape.</summary>
    public MemberGeometry? Expected { get; private set; }

    /// <summary>What answered last and is not the expected member, in words; null if it is.</summary>
    public string? Refusal { get; private set; }

    public long Requests { get; private set; }

    public long Retries { get; private set; }

    public long BlocksRead { get; private set; }

    public long BlocksWritten { get; private set; }

    /// <summary>Sets who the member must be; from here on another one is refused.</summary>
    public void Expect(MemberGeometry expected)
    {
        Expected = expected;
        if (_found is not null && _found != expected)
        {
            Refuse(_found);
        }
    }

    /// <summary>Asks the member who it is, whoever that may be.</summary>
    /// <returns>Null if it does not answer, or answers what no member can be.</returns>
    public async ValueTask<MemberGeometry?> DescribeAsync(CancellationToken cancellation)
    {
        var call = new DescribeCall(this, persists: true);
        RpcFailure failure = await pipeline.RunAsync(call, cancellation);
        return failure == RpcFailure.None ? _found : null;
    }

    /// <summary>Asks once whether the expected member is there.</summary>
    public async ValueTask<bool> ProbeAsync(CancellationToken cancellation)
    {
        var call = new DescribeCall(this, persists: false);
        return await pipeline.RunAsync(call, cancellation) == RpcFailure.None;
    }

    /// <summary>Reads blocks.</summary>
    /// <param name="rows">Strictly ascending; at most <see cref="CallLimits.MaxBlocks"/>.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The units in the order of the rows, good or bad; null if the member could not be had.</returns>
    public async ValueTask<Unit[]?> ReadAsync(IReadOnlyList<Row> rows, CancellationToken cancellation)
    {
        var call = new ReadCall(this, rows);
        RpcFailure failure = await pipeline.RunAsync(call, cancellation);
        BlocksRead += failure == RpcFailure.None ? rows.Count : 0;
        return failure == RpcFailure.None ? call.Units : null;
    }

    /// <summary>Writes blocks.</summary>
    /// <param name="rows">Strictly ascending; at most <see cref="CallLimits.MaxBlocks"/>.</param>
    /// <param name="contents">One for each row.</param>
    public async ValueTask<WriteOutcome> WriteAsync(IReadOnlyList<Row> rows, IReadOnlyList<NewUnit> contents)
    {
        var call = new WriteCall(this, rows, contents, sequences);

        // A write that was begun is never cancelled: a row half written is what parity cannot mend.
        RpcFailure failure = await pipeline.RunAsync(call, CancellationToken.None);
        BlocksWritten += failure == RpcFailure.None && !call.DiskFailed ? rows.Count : 0;
        return failure != RpcFailure.None ? WriteOutcome.MemberLost
            : call.DiskFailed ? WriteOutcome.DiskFailed
            : WriteOutcome.Acknowledged;
    }

    private void Note(RpcFailure failure, int attempts, long answersBefore)
    {
        Retries += attempts - 1;
        if (failure == RpcFailure.Rejected || (failure != RpcFailure.None && answersBefore == _answers))
        {
            WhenLost?.Invoke();
        }
    }

    private RpcFailure Adopt(DescribeReply reply)
    {
        if (!MessageDigest.Holds(reply))
        {
            return RpcFailure.OutcomeUnknown;
        }

        _found = MemberGeometry.FromMessage(reply);
        if (_found is null || reply.BootId == 0 || (Expected is not null && _found != Expected))
        {
            Refuse(_found);
            return RpcFailure.Rejected;
        }

        Refusal = null;
        _bootId = reply.BootId;
        sequences.Pass(reply.HighestSequence);
        return RpcFailure.None;
    }

    private void Refuse(MemberGeometry? found)
    {
        _bootId = 0;
        Refusal = found is null ? "it says what no member can be" : $"expected {Expected}; found {found}";
    }
}
