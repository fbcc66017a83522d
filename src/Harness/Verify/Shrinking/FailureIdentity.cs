using Raid5Verify.Running;

namespace Raid5Verify.Shrinking;

/// <summary>What makes two failures one: the promise that was broken, or the way in which the instrument failed.</summary>
/// <remarks>
/// A shorter run that breaks another promise tells of another bug. Which step it was and what came instead may differ: a
/// shorter run has other steps.
/// </remarks>
/// <param name="Promise">The promise, or null if the instrument failed.</param>
/// <param name="Kind">How the instrument failed, or which exception nobody expected; empty for all else.</param>
public sealed record FailureIdentity(Promise? Promise, string Kind)
{
    /// <returns>Null if every promise held.</returns>
    public static FailureIdentity? Of(RunResult result) =>
        result.Failure is { } failure ? new FailureIdentity(null, failure.Kind)
        : result.Violation is { } violation ? new FailureIdentity(violation.Promise, ExceptionIn(violation))
        : null;

    public override string ToString() => Promise?.ToString() ?? $"the harness fails: {Kind}";

    /// <summary>An exception is told with its type in front.</summary>
    private static string ExceptionIn(Violation violation) =>
        violation.Promise == Promise.Soundness && violation.Expected == "no exception"
            ? violation.Actual.Split(':')[0]
            : string.Empty;
}
