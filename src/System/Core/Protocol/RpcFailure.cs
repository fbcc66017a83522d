using Grpc.Core;

namespace Raid5Fs.Protocol;

/// <summary>What a caller can do about a call that brought no answer.</summary>
internal enum RpcFailure
{
    /// <summary>The call was answered.</summary>
    None = 0,

    /// <summary>The peer refused the call and did nothing; it will refuse it again.</summary>
    Rejected,

    /// <summary>
    /// The peer cannot be reached. A connection can break under a call, so a write may have happened.
    /// Worth another attempt.
    /// </summary>
    Unavailable,

    /// <summary>
    /// No answer, or a damaged one: the call may have happened, or may still happen late. Worth another attempt,
    /// as every call has the effect of one.
    /// </summary>
    OutcomeUnknown,
}

/// <summary>Translates gRPC's status codes.</summary>
internal static class RpcFailures
{
    public static RpcFailure Translate(StatusCode code) => code switch
    {
        StatusCode.OK => RpcFailure.None,
        StatusCode.Unavailable or StatusCode.ResourceExhausted => RpcFailure.Unavailable,
        StatusCode.InvalidArgument
            or StatusCode.NotFound
            or StatusCode.AlreadyExists
            or StatusCode.PermissionDenied
            or StatusCode.Unauthenticated
            or StatusCode.FailedPrecondition
            or StatusCode.OutOfRange
            or StatusCode.Unimplemented => RpcFailure.Rejected,

        // Cancelled, DeadlineExceeded, Aborted, Internal, DataLoss, Unknown: a message that cannot be parsed
        // is one of these too.
        _ => RpcFailure.OutcomeUnknown,
    };

    public static bool IsWorthRetrying(this RpcFailure failure) =>
        failure is RpcFailure.Unavailable or RpcFailure.OutcomeUnknown;
}
