using Raid5Verify.Simulation;

namespace Raid5Verify.Exhaustive;

/// <summary>Points of one level of one factor.</summary>
/// <param name="Factor">Such as <c>fault</c>.</param>
/// <param name="Level">Such as <c>torn</c>.</param>
/// <param name="Points">Points there are.</param>
/// <param name="Covered">Points that were run.</param>
public readonly record struct FactorCount(string Factor, string Level, long Points, long Covered);

/// <summary>
/// Counts the points of a space by factor. Each point has one level of each factor; only of the operations, which say what
/// its story has in it, it has several.
/// </summary>
internal sealed class PointTable
{
    private static readonly (string Name, string[] Levels)[] Factors =
    [
        ("members", ["N = 3", "N = 4"]),
        ("story", ["1 operation", "2 operations", "3 operations"]),
        ("with operation", ["full-stripe write", "small write", "read", "commit", "scrub step", "refill step", "rebuild step"]),
        ("crash of", ["a member", "the client", "nobody"]),
        ("crash point", [.. Enum.GetValues<CrashPointKind>().SelectMany(PointWords), "none"]),
        ("fault", [.. PlannedFault.KindWords]),
        ("fault laid", ["at the crash", "before operation 1", "before operation 2", "before operation 3", "never"]),
        ("member back", ["none away", "soon", "when missed", "after the client"]),
        ("not flushed", ["lost", "kept"]),
        ("log", ["with room", "full: a checkpoint"]),
    ];

    private readonly (long Points, long Covered)[][] _counts =
        [.. Factors.Select(static factor => new (long, long)[factor.Levels.Length])];

    private readonly SortedDictionary<string, (long Points, long Covered)> _mixes = new(StringComparer.Ordinal);

    public PointTable(PointSpace space)
    {
        for (long i = 0; i < space.Count; i++)
        {
            Count(space[i], points: 1, covered: 0);
        }
    }

    public void Cover(in SpacePoint point) => Count(in point, points: 0, covered: 1);

    /// <summary>In a fixed order; levels without points are left out.</summary>
    public IReadOnlyList<FactorCount> Read() =>
    [
        .. from factor in Enumerable.Range(0, Factors.Length)
           from level in Enumerable.Range(0, Factors[factor].Levels.Length)
           let count = _counts[factor][level]
           where count.Points > 0
           select new FactorCount(Factors[factor].Name, Factors[factor].Levels[level], count.Points, count.Covered),
        .. _mixes.Select(static mix => new FactorCount("mix", mix.Key, mix.Value.Points, mix.Value.Covered)),
    ];

    private static string[] PointWords(CrashPointKind kind)
    {
        string word = kind switch
        {
            CrashPointKind.NameChange => "change of a name",
            CrashPointKind.FolderFlush => "flush of the folder",
            _ => kind.ToString().ToLowerInvariant(),
        };
        return [$"before {word}", $"after {word}"];
    }

    private void Count(in SpacePoint one, int points, int covered)
    {
        ExhaustivePoint point = one.Point;
        int[] levels =
        [
            point.Members - 3,
            point.Story.Operations.Count - 1,
            -1,
            point.Host is not null ? 0 : point.Ordinal is not null ? 1 : 2,
            one.Kind is { } act ? (2 * (int)act) + (int)one.Moment : _counts[4].Length - 1,
            (int)point.Fault.Kind,
            point.Fault.IsNone ? 4 : point.Fault.Before,
            point.Host is null ? 0 : 1 + (int)point.Return,
            point.KeepsUnflushed ? 1 : 0,
            point.IsLogFull ? 1 : 0,
        ];
        int present = 0;
        foreach (BlockOperation operation in point.Story.Operations)
        {
            present |= 1 << (int)operation.Kind;
        }

        for (int factor = 0; factor < levels.Length; factor++)
        {
            for (int level = 0; level < _counts[factor].Length; level++)
            {
                if (level == levels[factor] || (levels[factor] < 0 && (present >> level & 1) != 0))
                {
                    _counts[factor][level].Points += points;
                    _counts[factor][level].Covered += covered;
                }
            }
        }

        (long Points, long Covered) known = _mixes.GetValueOrDefault(point.Story.Mix);
        _mixes[point.Story.Mix] = (known.Points + points, known.Covered + covered);
    }
}
