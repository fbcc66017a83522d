namespace Raid5Verify.Simulation;

/// <summary><see cref="StrategyKind.Pct"/>.</summary>
internal sealed class PctStrategy : Strategy
{
    private readonly Dice _dice;
    private readonly Queue<long> _changePoints;
    private long _picks;

    /// <param name="dice">Its own.</param>
    /// <param name="depth">Change points.</param>
    /// <param name="horizon">Picks within which they lie.</param>
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
