using Raid5Verify.Running;

namespace Raid5Verify.Exhaustive;

/// <summary>How the run of a point ended.</summary>
public sealed record PointResult
{
    /// <summary>The promise that was broken, or null.</summary>
    public Violation? Violation { get; init; }

    /// <summary>How the instrument failed, or null.</summary>
    public HarnessFailure? Failure { get; init; }

    /// <summary>More than one unit of a row was bad at once: only promises 1, 3 and 5 were demanded.</summary>
    public required bool IsBeyondBudget { get; init; }

    /// <summary>The trace's hash.</summary>
    public required ulong Hash { get; init; }

    /// <summary>Continuations that the scheduler ran.</summary>
    public required long Steps { get; init; }

    public required TimeSpan VirtualTime { get; init; }

    public RunOutcome Outcome =>
        Failure is not null ? RunOutcome.HarnessFailed : Violation is not null ? RunOutcome.Broken : RunOutcome.Held;
}
