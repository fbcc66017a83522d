using Raid5Verify.Running;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Campaigns;

/// <summary>Which seeds met faults of which kind.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class FaultSightings
{
    private readonly FaultSighting[] _kinds = [.. StepCatalogue.Faults.Select(static kind => new FaultSighting(kind.Tag, 0, null))];

    /// <summary>One for each kind, in the catalogue's order. A copy.</summary>
    public IReadOnlyList<FaultSighting> Kinds => [.. _kinds];

    /// <summary>Adds a seed. The sums do not depend on the order.</summary>
    public void Add(ulong seed, RunStatistics statistics)
    {
        for (int i = 0; i < _kinds.Length; i++)
        {
            if (statistics.Faults[i].Hit > 0)
            {
                FaultSighting kind = _kinds[i];
                _kinds[i] = kind with { Seeds = kind.Seeds + 1, First = Math.Min(kind.First ?? seed, seed) };
            }
        }
    }
}

/// <summary>Where faults of one kind were met.</summary>
/// <param name="Tag">The kind's YAML tag.</param>
/// <param name="Seeds">Seeds in which the system met one.</param>
/// <param name="First">The smallest of them; null if there is none.</param>
public sealed record FaultSighting(string Tag, long Seeds, ulong? First);
