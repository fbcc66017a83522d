namespace Raid5Verify.Simulation;

/// <summary><see cref="StrategyKind.Pct"/>.</summary>
internal sealed class PctStrategy : Strategy
{
    private readonly Dice _dice;
    private readonly Queue<(long Pick, long Priority)> _changePoints;
    private long _picks;

    /// <param name="dice">Its own.</param>
    /// <param name="changes">Change points: one less than the depth of the bugs that are looked for.</param>
    /// <param name="horizon">Picks within which they lie.</param>
    internal PctStrategy(Dice dice, int changes, int horizon)
    {
        _dice = dice;
        var points = new List<(long Pick, long Priority)>();
        for (var i = 0; i < changes; i++)
        {
            // Each has a priority of its own, whichever comes first: so the strands that are lowered come in every order.
            points.Add(((long)dice.Below((ulong)horizon), -i));
        }

        points.Sort();
        _changePoints = new Queue<(long Pick, long Priority)>(points);
    }

    // Above every lowered priority.
    internal override long PriorityOfNewStrand() => 1 + (long)_dice.Below(1UL << 40);

    internal override int Pick(ReadyList ready)
    {
        var best = Highest(ready);
        while (_changePoints.Count > 0 && _changePoints.Peek().Pick <= _picks)
        {
            ready[best].Strand.Priority = _changePoints.Dequeue().Priority;
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
