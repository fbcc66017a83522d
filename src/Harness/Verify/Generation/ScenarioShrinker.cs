using System.Numerics;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Control;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Generation;

/// <summary>
/// Simpler scenarios than a given one, the boldest cuts first: without runs of steps, under a simpler schedule, with fewer
/// servers, with smaller sizes and shorter times, on fewer files. Every one of them is possible, and of the same mode.
/// </summary>
public static partial class ScenarioShrinker
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Each differs from <paramref name="scenario"/> in one cut. Lazy; finite, and so is every chain of cuts of cuts.
    /// </summary>
    public static IEnumerable<Scenario> Shrink(Scenario scenario) =>
    [
        .. DropSteps(scenario), .. DropKinds(scenario), .. DropPaths(scenario), .. Unfold(scenario), .. SimplifySchedule(scenario),
        .. DropServers(scenario), .. ShrinkCluster(scenario), .. Simplify(scenario), .. MergePaths(scenario), .. DropExpectations(scenario),
    ];

    /// <summary>Halves, quarters and so on down to single steps.</summary>
    private static IEnumerable<Scenario> DropSteps(Scenario scenario)
    {
        int count = scenario.Steps.Count;
        for (int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, count)); size >= 1; size /= 2)
        {
            for (int start = 0; start < count; start += size)
            {
                if (size < count || start == 0)
                {
                    yield return scenario with
                    {
                        Steps = [.. scenario.Steps.Where((_, index) => index < start || index >= start + size)],
                    };
                }
            }
        }
    }

    /// <summary>Operations that were asked side by side, one after another.</summary>
    private static IEnumerable<Scenario> Unfold(Scenario scenario)
    {
        for (int i = 0; i < scenario.Steps.Count; i++)
        {
            if (scenario.Steps[i] is Concurrent concurrent)
            {
                yield return scenario with { Steps = [.. scenario.Steps.Take(i), .. concurrent.Steps, .. scenario.Steps.Skip(i + 1)] };
            }
        }
    }

    /// <summary>All steps of one kind at once.</summary>
    private static IEnumerable<Scenario> DropKinds(Scenario scenario) => scenario.Steps
        .GroupBy(step => step.GetType())
        .Where(kind => kind.Count() > 1 && kind.Count() < scenario.Steps.Count)
        .Select(kind => scenario with { Steps = [.. scenario.Steps.Where(step => step.GetType() != kind.Key)] });

    private static IEnumerable<Scenario> Simplify(Scenario scenario)
    {
        for (int i = 0; i < scenario.Steps.Count; i++)
        {
            foreach (Step simpler in Simplify(scenario.Steps[i]))
            {
                if (simpler.FindProblem(scenario.Cluster) is null)
                {
                    yield return scenario with { Steps = [.. scenario.Steps.Take(i), simpler, .. scenario.Steps.Skip(i + 1)] };
                }
            }
        }
    }

    /// <summary>Each optional field at its default; each size, time and count halved.</summary>
    private static IEnumerable<Step> Simplify(Step step)
    {
        if (step is Concurrent concurrent)
        {
            for (int i = 0; i < concurrent.Steps.Count; i++)
            {
                IEnumerable<Step> before = concurrent.Steps.Take(i);
                IEnumerable<Step> behind = concurrent.Steps.Skip(i + 1);
                yield return concurrent with { Steps = [.. before, .. behind] };
                foreach (Step simpler in Simplify(concurrent.Steps[i]))
                {
                    yield return concurrent with { Steps = [.. before, simpler, .. behind] };
                }
            }

            yield break;
        }

        RecordFields fields = RecordFields.Of(step.GetType());
        foreach (RecordField field in fields.All.Where(field => !field.IsSubject))
        {
            object? value = field.Property.GetValue(step);
            object? unset = field.Property.GetValue(fields.Blank);
            if (!field.IsRequired && !Equals(value, unset))
            {
                yield return (Step)fields.With(step, field, unset);
            }

            long least = field.Range?.Min ?? 0;
            object? half = value switch
            {
                ByteSize size when size.Bytes / 2 >= least && size.Bytes > 0 => new ByteSize(size.Bytes / 2),
                TimeSpan span when span.TotalMilliseconds / 2 >= least && span > TimeSpan.Zero =>
                    TimeSpan.FromMicroseconds(Math.Floor(span.TotalMicroseconds / 2)),
                int count when count / 2 >= least && count > 0 => count / 2,
                _ => null,
            };
            if (half is not null)
            {
                yield return (Step)fields.With(step, field, half);
            }

            if (Round(value) is { } round)
            {
                yield return (Step)fields.With(step, field, round);
            }
        }
    }

    /// <summary>The next lower round number, where half of it is too little: a power of two, or whole milliseconds.</summary>
    /// <returns>Null for a value that is round, or cannot be.</returns>
    private static object? Round(object? value) => value switch
    {
        ByteSize { Bytes: > 0 } size when !BitOperations.IsPow2(size.Bytes) => new ByteSize(1L << BitOperations.Log2((ulong)size.Bytes)),
        TimeSpan span when span > Millisecond && span.Ticks % Millisecond.Ticks != 0 => TimeSpan.FromTicks(span.Ticks / Millisecond.Ticks * Millisecond.Ticks),
        _ => null,
    };

    private static IEnumerable<Scenario> DropExpectations(Scenario scenario) =>
        scenario.Expect.Select(dropped => scenario with { Expect = [.. scenario.Expect.Where(kept => kept != dropped)] });
}
