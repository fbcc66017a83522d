namespace Raid5Verify.Simulation;

/// <summary>
/// Draws with a fixed outcome, by key: the dice's name and the ordinal of the draw, from 0. All other draws stay what
/// they would have been, which is what makes a failure shrinkable one draw at a time.
/// </summary>
/// <remarks>Filled before the run, read during it.</remarks>
public sealed class DrawOverrides
{
    private readonly Dictionary<(string Dice, long Ordinal), ulong> _values = [];

    public int Count => _values.Count;

    /// <summary>Fixes one draw. The value must lie below the bound that the draw will ask for.</summary>
    public DrawOverrides Set(string dice, long ordinal, ulong value)
    {
        _values[(dice, ordinal)] = value;
        return this;
    }

    internal bool TryGet(string dice, long ordinal, out ulong value) => _values.TryGetValue((dice, ordinal), out value);
}
