namespace Raid5Verify.Simulation;

/// <summary>
/// Draws with a fixed outcome, by key: the dice's name and the ordinal of the draw, from 0. All other draws stay what
/// they would have been, which is what makes a failure shrinkable one draw at a time.
/// </summary>
/// <remarks>Filled before the run, read during it: any number of runs may read it at the same time.</remarks>
public sealed class DrawOverrides
{
    /// <summary>
    /// The dice of the scheduler. Under <see cref="StrategyKind.Uniform"/> there is one draw for each pick among several ready
    /// steps, of the step's place among them, from the oldest, 0, on: so they can be made to say the picks of any strategy.
    /// </summary>
    public const string Schedule = "run/schedule";

    private readonly Dictionary<(string Dice, long Ordinal), ulong> _values = [];
    private readonly Dictionary<(string Dice, long Ordinal), ulong> _preferred = [];
    private readonly Dictionary<string, ulong> _preferredOfAll = [];

    public int Count => _values.Count + _preferred.Count;

    /// <summary>Fixes one draw. The value must lie below the bound that the draw will ask for.</summary>
    public DrawOverrides Set(string dice, long ordinal, ulong value)
    {
        _values[(dice, ordinal)] = value;
        return this;
    }

    /// <summary>Fixes one draw whose bound is not known: the value, or the highest that there is.</summary>
    public DrawOverrides Prefer(string dice, long ordinal, ulong value)
    {
        _preferred[(dice, ordinal)] = value;
        return this;
    }

    /// <summary>As <see cref="Prefer"/>, every draw of the dice that is not fixed by its ordinal.</summary>
    public DrawOverrides PreferAlways(string dice, ulong value)
    {
        _preferredOfAll[dice] = value;
        return this;
    }

    internal bool TryGet(string dice, long ordinal, ulong bound, out ulong value)
    {
        if (_values.TryGetValue((dice, ordinal), out value))
        {
            return true;
        }

        if (!_preferred.TryGetValue((dice, ordinal), out value) && !_preferredOfAll.TryGetValue(dice, out value))
        {
            return false;
        }

        value = Math.Min(value, bound - 1);
        return true;
    }
}
