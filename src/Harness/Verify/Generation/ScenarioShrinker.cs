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
    /// <summary>
    /// Each differs from <paramref name="scenario"/> in one cut. Lazy; finite, and so is every chain of cuts of cuts.
    /// </summary>
    public static IEnumerable<Scenario> Shrink(Scenario scenario) =>
    [
        .. InEachPart(scenario, DropSteps), .. InEachPart(scenario, DropKinds), .. DropPaths(scenario), .. InEachPart(scenario, Unfold),
        .. SimplifySchedule(scenario), .. DropServers(scenario), .. ShrinkCluster(scenario), .. InEachPart(scenario, Simplify),
        .. MergePaths(scenario), .. DropExpectations(scenario),
    ];

    private static IEnumerable<Scenario> InEachPart(Scenario scenario, Func<Scenario, ScenarioPart, IEnumerable<Scenario>> cuts) =>
        ScenarioPart.All.SelectMany(part => cuts(scenario, part));

    /// <summary>Halves, quarters and so on down to single steps.</summary>
    private static IEnumerable<Scenario> DropSteps(Scenario scenario, ScenarioPart part)
    {
        IReadOnlyList<Step> steps = part.Of(scenario);
        int count = steps.Count;
        for (int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, count)); size >= 1; size /= 2)
        {
            for (int start = 0; start < count; start += size)
            {
                if (size < count || start == 0)
                {
                    yield return part.With(scenario, [.. steps.Where((_, index) => index < start || index >= start + size)]);
                }
            }
        }
    }

    /// <summary>Operations that were asked side by side, one after another.</summary>
    private static IEnumerable<Scenario> Unfold(Scenario scenario, ScenarioPart part)
    {
        IReadOnlyList<Step> steps = part.Of(scenario);
        for (int i = 0; i < steps.Count; i++)
        {
            if (steps[i] is Concurrent concurrent)
            {
                yield return part.With(scenario, [.. steps.Take(i), .. concurrent.Steps, .. steps.Skip(i + 1)]);
            }
        }
    }

    /// <summary>All steps of one kind at once.</summary>
    private static IEnumerable<Scenario> DropKinds(Scenario scenario, ScenarioPart part)
    {
        IReadOnlyList<Step> steps = part.Of(scenario);
        return steps
            .GroupBy(step => step.GetType())
            .Where(kind => kind.Count() > 1 && kind.Count() < steps.Count)
            .Select(kind => part.With(scenario, [.. steps.Where(step => step.GetType() != kind.Key)]));
    }

    private static IEnumerable<Scenario> Simplify(Scenario scenario, ScenarioPart part)
    {
        IReadOnlyList<Step> steps = part.Of(scenario);
        for (int i = 0; i < steps.Count; i++)
        {
            foreach (Step simpler in Simplify(steps[i]))
            {
                if (simpler.FindProblem(scenario.Cluster) is null)
                {
                    yield return part.With(scenario, [.. steps.Take(i), simpler, .. steps.Skip(i + 1)]);
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
            if (Equals(value, unset) || value is IReadOnlyList<Step> { Count: 0 })
            {
                continue;
            }

            if (!field.IsRequired)
            {
                yield return (Step)fields.With(step, field, unset);
            }

            // Less than what is usual is not simpler, and there would be no end: what is halved would be set back again.
            if (Measure(value) is { } size && size > (Measure(unset) ?? 0))
            {
                double least = field.Range?.Min ?? 0;
                foreach (object smaller in Smaller(value).Where(smaller => Measure(smaller) >= least && Measure(smaller) < size))
                {
                    yield return (Step)fields.With(step, field, smaller);
                }
            }
        }
    }

    /// <summary>Half of it, and where that is too little, the next lower round number: a power of two, or whole milliseconds.</summary>
    private static object[] Smaller(object? value) => value switch
    {
        ByteSize { Bytes: > 0 and var bytes } => [new ByteSize(bytes / 2), new ByteSize(1L << BitOperations.Log2((ulong)bytes))],
        TimeSpan span => [TimeSpan.FromMicroseconds(Math.Floor(span.TotalMicroseconds / 2)), TimeSpan.FromMilliseconds(Math.Floor(span.TotalMilliseconds))],
        int count => [count / 2],
        _ => [],
    };

    /// <summary>In the unit of its range; null for what is no size, time or count.</summary>
    private static double? Measure(object? value) => value switch
    {
        ByteSize size => size.Bytes,
        TimeSpan span => span.TotalMilliseconds,
        int count => count,
        _ => null,
    };

    private static IEnumerable<Scenario> DropExpectations(Scenario scenario) =>
        scenario.Expect.Select(dropped => scenario with { Expect = [.. scenario.Expect.Where(kept => kept != dropped)] });
}
