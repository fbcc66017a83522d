namespace Raid5Verify.Coverage;

/// <summary>Which states were reached by many runs together. What it comes to does not depend on the order of the runs.</summary>
/// <remarks>Memory grows with the states that are reached, not with the runs. Not thread-safe.</remarks>
internal sealed class CoverageTally
{
    private readonly Dictionary<int, Sighting> _sightings = [];

    /// <summary>By run: how many states it alone has reached. Runs without any are not in it.</summary>
    private readonly Dictionary<ulong, int> _alone = [];

    private long _runs;
    private long _once;

    public CoverageSummary Summary => new(_runs, _sightings.Count, _once, _alone.Count);

    /// <summary>Adds a run.</summary>
    /// <param name="run">Its seed or number: another one each time.</param>
    /// <param name="reached">Where it has been.</param>
    /// <returns>How many states no run before had reached.</returns>
    public int Add(ulong run, StateSet reached)
    {
        int first = 0;
        _runs++;
        foreach (int state in reached.Numbers)
        {
            if (!_sightings.TryGetValue(state, out Sighting sighting))
            {
                first++;
                _once++;
                _alone[run] = _alone.GetValueOrDefault(run) + 1;
                _sightings.Add(state, new Sighting(run, 1));
                continue;
            }

            if (sighting.Runs == 1)
            {
                _once--;
                Shared(sighting.First);
            }

            _sightings[state] = sighting with { Runs = sighting.Runs + 1 };
        }

        return first;
    }

    /// <summary>Runs that have reached a state so far.</summary>
    public long RunsAt(int state) => _sightings.GetValueOrDefault(state).Runs;

    private void Shared(ulong run)
    {
        int left = _alone[run] - 1;
        if (left == 0)
        {
            _alone.Remove(run);
        }
        else
        {
            _alone[run] = left;
        }
    }

    private readonly record struct Sighting(ulong First, long Runs);
}

/// <summary>How much of what can be reached was reached, as far as that can be told.</summary>
/// <remarks>
/// The estimates are Good's and Turing's (I. J. Good, Biometrika, 1953), for runs that show many states each: what was met once only
/// says how much was never met. They hold for runs that are drawn alike, as seeds are.
/// </remarks>
/// <param name="Runs">Runs.</param>
/// <param name="States">States that any of them reached.</param>
/// <param name="Once">States that exactly one of them reached.</param>
/// <param name="RunsAlone">Runs that reached a state which no other one did.</param>
public sealed record CoverageSummary(long Runs, long States, long Once, long RunsAlone)
{
    /// <summary>About how many new states the next run will reach; without any runs, 1.</summary>
    public double NewStates => Runs == 0 ? 1 : (double)Once / Runs;

    /// <summary>The chance that the next run reaches a new state at all, 0 to 1; without any runs, 1.</summary>
    public double ChanceOfNew => Runs == 0 ? 1 : (double)RunsAlone / Runs;
}
