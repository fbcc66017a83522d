using Raid5Verify.Coverage;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Running;

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>Every promise held.</summary>
    Held,

    /// <summary>A promise was broken: see <see cref="RunResult.Violation"/>.</summary>
    Broken,

    /// <summary>The instrument failed: see <see cref="RunResult.Failure"/>.</summary>
    HarnessFailed,
}

/// <summary>What a run came to.</summary>
public sealed record RunResult
{
    public required Scenario Scenario { get; init; }

    /// <summary>The trace's hash: equal exactly for equal runs.</summary>
    public required ulong Hash { get; init; }

    /// <summary>Events of the trace.</summary>
    public required long Events { get; init; }

    /// <summary>Continuations that the scheduler ran.</summary>
    public required long Steps { get; init; }

    public required TimeSpan VirtualTime { get; init; }

    public required RunStatistics Statistics { get; init; }

    /// <summary>The states that it was in.</summary>
    public StateSet Reached { get; init; } = new();

    /// <summary>The promise that was broken, or null.</summary>
    public Violation? Violation { get; init; }

    /// <summary>How the instrument failed, or null.</summary>
    public HarnessFailure? Failure { get; init; }

    public RunOutcome Outcome =>
        Failure is not null ? RunOutcome.HarnessFailed : Violation is not null ? RunOutcome.Broken : RunOutcome.Held;
}
