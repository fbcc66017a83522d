using Raid5Verify.Mutants;

namespace Raid5Verify.Cli.Scoring;

/// <summary>What became of a mutant.</summary>
internal enum MutantOutcome
{
    /// <summary>A run broke a promise.</summary>
    Killed,

    /// <summary>Every run held.</summary>
    Survived,

    /// <summary>
    /// It says nothing: it does not compile, its process ran out of time or memory, the harness failed, or the run that failed fails on
    /// the product as well.
    /// </summary>
    Unfit,
}

/// <summary>One mutant, looked for in one way.</summary>
internal sealed record MutantTrial
{
    public required Mutant Mutant { get; init; }

    public required MutantSearch Search { get; init; }

    public required MutantOutcome Outcome { get; init; }

    /// <summary>Runs until the one that failed, that one included; all if none did.</summary>
    public long Runs { get; init; }

    /// <summary>Of the process, until then, what it takes to start and to compile included.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>As scenarios name it: <c>promise 4</c>. Null if none was broken.</summary>
    public string? CaughtBy { get; init; }

    /// <summary>The folder of the run that failed, a failure bundle; null if none did.</summary>
    public string? Bundle { get; init; }

    /// <summary>What is left of the run that failed; null if it was not made small.</summary>
    public int? MinimalSteps { get; init; }

    /// <summary>Where the small scenario is kept; null if it is not.</summary>
    public string? KeptScenario { get; init; }

    /// <summary>Specs that fail on it; null if none were asked.</summary>
    public IReadOnlyList<string>? Specs { get; init; }

    /// <summary>Why it is unfit.</summary>
    public string? Complaint { get; init; }
}
