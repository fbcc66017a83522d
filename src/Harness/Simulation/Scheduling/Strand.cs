namespace Raid5Verify.Simulation;

/// <summary>
/// A chain of steps of which each made the next possible: what a thread would be to a program with threads. Strategies
/// give priorities to strands; the trace calls them tasks.
/// </summary>
/// <remarks>
/// The first continuation that a step posts goes on with the step's strand; each further one has forked off and
/// begins a strand of its own.
/// </remarks>
internal sealed class Strand(int id, Label name, long priority)
{
    /// <summary>From 1, in order of appearance.</summary>
    internal int Id { get; } = id;

    internal Label Name { get; } = name;

    /// <summary>For strategies that use one; higher runs first.</summary>
    internal long Priority { get; set; } = priority;
}
