namespace Raid5Verify.Simulation;

/// <summary>The ways to choose which ready step runs next.</summary>
public enum StrategyKind
{
    /// <summary>Every ready step is equally likely.</summary>
    Uniform,

    /// <summary>
    /// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010): random priorities a
    /// strand, lowered at d random points, finds a bug of depth d with a known least chance.
    /// </summary>
    Pct,

    /// <summary>The oldest ready step: the order of a plain event loop.</summary>
    Fifo,
}

/// <summary>Chooses the next step. One instance a run; all chance from its own dice.</summary>
internal abstract class Strategy
{
    internal static Strategy Create(WorldOptions options, Dice dice) => options.Strategy switch
    {
        StrategyKind.Uniform => new UniformStrategy(dice),
        StrategyKind.Pct => new PctStrategy(dice, options.PctDepth, options.PctHorizon),
        StrategyKind.Fifo => new FifoStrategy(),
        _ => throw new SimulationException(SimulationFailure.Misuse, $"there is no strategy {options.Strategy}"),
    };

    /// <summary>The priority of a strand that begins now.</summary>
    internal virtual long PriorityOfNewStrand() => 0;

    /// <returns>The index of the step to run; <paramref name="ready"/> is not empty.</returns>
    internal abstract int Pick(ReadyList ready);

    private sealed class UniformStrategy(Dice dice) : Strategy
    {
        internal override int Pick(ReadyList ready) => ready.Count == 1 ? 0 : (int)dice.Below((ulong)ready.Count);
    }

    private sealed class FifoStrategy : Strategy
    {
        internal override int Pick(ReadyList ready) => 0;
    }

    private sealed class PctStrategy : Strategy
    {
        private readonly Dice _dice;
        private readonly Queue<long> _changePoints;
        private long _picks;

        internal PctStrategy(Dice dice, int depth, int horizon)
        {
            _dice = dice;
            var points = new List<long>();
            for (var i = 0; i < depth; i++)
            {
                points.Add((long)dice.Below((ulong)horizon));
            }

            points.Sort();
            _changePoints = new Queue<long>(points);
        }

        // Above every lowered priority, which are the negatives of the change points' picks.
        internal override long PriorityOfNewStrand() => 1 + (long)_dice.Below(1UL << 40);

        internal override int Pick(ReadyList ready)
        {
            var best = Highest(ready);
            while (_changePoints.Count > 0 && _changePoints.Peek() <= _picks)
            {
                _changePoints.Dequeue();
                ready[best].Strand.Priority = -(_picks + 1);
                best = Highest(ready);
            }

            _picks++;
            return best;
        }

        private static int Highest(ReadyList ready)
        {
            var best = 0;
            for (var i = 1; i < ready.Count; i++)
            {
                if (ready[i].Strand.Priority > ready[best].Strand.Priority)
                {
                    best = i;
                }
            }

            return best;
        }
    }
}
