namespace Raid5Verify.Simulation;

/// <summary>The ways to choose which ready step runs next.</summary>
public enum StrategyKind
{
    /// <summary>Every ready step is equally likely.</summary>
    Uniform,

    /// <summary>
    /// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010): random priorities a
    /// strand, lowered at d − 1 random points, find a bug of depth d with a known least chance.
    /// </summary>
    Pct,

    /// <summary>The oldest ready step: the order of a plain event loop.</summary>
    Fifo,

    /// <summary>
    /// One host's steps come last, as long as any other host has one that is ready; else every one is equally likely. Which host
    /// it is, and for how many picks, is drawn again and again: a machine that is busy with something else now and then.
    /// </summary>
    DelayHost,

    /// <summary>
    /// The packets to and from one of the hosts that serve are held, for a drawn time, then those of the next one, in a drawn order,
    /// round after round: what was sent to all at once arrives at very different times. Every ready step is equally likely.
    /// </summary>
    ClogHosts,
}

/// <summary>
/// Decides what of all that could happen next does: which step runs, and which packets must wait. One instance a run; all chance
/// from its own dice.
/// </summary>
internal abstract class Strategy
{
    /// <param name="options">Say which.</param>
    /// <param name="dice">Its own.</param>
    /// <param name="hosts">Those of the world, as they come to be.</param>
    internal static Strategy Create(WorldOptions options, Dice dice, IReadOnlyList<Host> hosts) => options.Strategy switch
    {
        StrategyKind.Uniform => new UniformStrategy(dice),
        StrategyKind.Pct => new PctStrategy(dice, options.PctChanges, options.PctHorizon),
        StrategyKind.Fifo => new FifoStrategy(),
        StrategyKind.DelayHost => new DelayHostStrategy(dice, hosts),
        StrategyKind.ClogHosts => new ClogHostsStrategy(dice, hosts, options.LongestClog),
        _ => throw new SimulationException(SimulationFailure.Misuse, $"there is no strategy {options.Strategy}"),
    };

    /// <summary>The priority of a strand that begins now.</summary>
    internal virtual long PriorityOfNewStrand() => 0;

    /// <returns>The index of the step to run; <paramref name="ready"/> is not empty.</returns>
    internal abstract int Pick(ReadyList ready);

    /// <summary>How long a packet that is sent now waits before it sets out: world nanoseconds, 0 for not at all.</summary>
    internal virtual long HoldNs(Packet packet, long nowNs) => 0;

    /// <summary>Any of the ready steps, all equally likely.</summary>
    private protected static int Any(ReadyList ready, Dice dice) => ready.Count == 1 ? 0 : (int)dice.Below((ulong)ready.Count);

    private sealed class UniformStrategy(Dice dice) : Strategy
    {
        internal override int Pick(ReadyList ready) => Any(ready, dice);
    }

    private sealed class FifoStrategy : Strategy
    {
        internal override int Pick(ReadyList ready) => 0;
    }
}
