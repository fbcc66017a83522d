namespace Raid5Verify.Simulation;

/// <summary><see cref="StrategyKind.DelayHost"/>.</summary>
/// <remarks>Nothing is put off for ever: time moves on only when nothing is ready, the delayed host's steps included.</remarks>
internal sealed class DelayHostStrategy(Dice dice, IReadOnlyList<Host> hosts) : Strategy
{
    /// <summary>The most picks for which one host is the delayed one.</summary>
    private const int LongestStretch = 500;

    private Host? _delayed;
    private int _picksLeft;

    internal override int Pick(ReadyList ready)
    {
        if (_picksLeft == 0)
        {
            _delayed = hosts[(int)dice.Below((ulong)hosts.Count)];
            _picksLeft = 1 + (int)dice.Below(LongestStretch);
        }

        _picksLeft--;
        var others = CountOthers(ready);
        return others == 0 || others == ready.Count ? Any(ready, dice) : PlaceOfOther(ready, others == 1 ? 0 : (int)dice.Below((ulong)others));
    }

    private int CountOthers(ReadyList ready)
    {
        var others = 0;
        for (var i = 0; i < ready.Count; i++)
        {
            others += ready[i].Life.Host == _delayed ? 0 : 1;
        }

        return others;
    }

    /// <param name="ready">Has as many steps of other hosts.</param>
    /// <param name="skip">How many of them to pass over.</param>
    private int PlaceOfOther(ReadyList ready, int skip)
    {
        var place = 0;
        while (ready[place].Life.Host == _delayed || skip-- > 0)
        {
            place++;
        }

        return place;
    }
}
