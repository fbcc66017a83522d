using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Running;

/// <summary>What happens in a run above the trace: what its steps ask, and what comes of it.</summary>
internal abstract record RunEvent
{
    private RunEvent()
    {
    }

    /// <summary>A step begins, or a check of the end.</summary>
    /// <param name="What">The step, or words.</param>
    /// <param name="StepIndex">The step, from 0; the number of steps for the checks after the last.</param>
    /// <param name="Retries">Calls that clients have repeated since the run began.</param>
    public sealed record Began(object What, int StepIndex, long Retries) : RunEvent;

    /// <summary>The file system has answered.</summary>
    /// <param name="Operation">What was asked, with all that the step left open.</param>
    /// <param name="Answer">What it said.</param>
    public sealed record Answered(FileOperation Operation, Answer Answer) : RunEvent;

    /// <summary>What was to be asked side by side is asked one after another.</summary>
    /// <param name="Why">What is in the way.</param>
    public sealed record AskedInTurn(string Why) : RunEvent;

    /// <summary>The client has ended before it answered.</summary>
    public sealed record Interrupted : RunEvent;

    /// <summary>A client has recovered, and what it found is right.</summary>
    /// <param name="Client">Its host.</param>
    /// <param name="Found">What the file system is now.</param>
    /// <param name="OperationsLost">Acknowledged operations, not yet committed, that are undone.</param>
    public sealed record Recovered(string Client, string Found, int OperationsLost) : RunEvent;

    /// <summary>A promise is broken: everything is still as it was found.</summary>
    /// <param name="Run">Where; to be looked at only.</param>
    /// <param name="Violation">Which promise, and how.</param>
    public sealed record Broken(ScenarioRun Run, Violation Violation) : RunEvent;
}
