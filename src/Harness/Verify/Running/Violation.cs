namespace Raid5Verify.Running;

/// <summary>A promise that was broken, and where.</summary>
/// <param name="Promise">Which.</param>
/// <param name="Operation">What was being done: a step as its line of YAML, or a check by its name.</param>
/// <param name="Expected">What the reference, or the promise, says.</param>
/// <param name="Actual">What the system did.</param>
/// <param name="StepIndex">The step, from 0; the number of steps for the checks after the last.</param>
public sealed record Violation(Promise Promise, string Operation, string Expected, string Actual, int StepIndex)
{
    public override string ToString() =>
        $"{Promise}\n  step {StepIndex}: {Operation}\n  expected: {Expected}\n  actual:   {Actual}";
}

/// <summary>
/// The instrument failed, not the system: a deadlock, an escape from the simulation, an endless loop, nondeterminism.
/// </summary>
/// <param name="Kind">In a word or two, such as <c>Deadlock</c>.</param>
/// <param name="Message">May have many lines.</param>
public sealed record HarnessFailure(string Kind, string Message)
{
    public override string ToString() => $"{Kind}: {Message}";
}

/// <summary>Carries a violation out of a run. Never leaves <see cref="ScenarioRunner"/>.</summary>
internal sealed class ViolationException(Violation violation) : Exception(violation.ToString())
{
    public Violation Violation { get; } = violation;
}
