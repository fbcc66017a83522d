using System.Numerics;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Control;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Generation;

/// <summary>
/// Simpler scenarios than a given one, the boldest cuts first: without runs of steps, with fewer servers, with
/// smaller sizes and shorter times. Every one of them is possible.
/// </summary>
public static class ScenarioShrinker
{
    /// <summary>Each differs from <paramref name="scenario"/> in one cut. Lazy; finite.</summary>
    public static IEnumerable<Scenario> Shrink(Scenario scenario) =>
        ScenarioPart.All.SelectMany(part => DropSteps(scenario, part))
            .Concat(ScenarioPart.All.SelectMany(part => Unfold(scenario, part)))
            .Concat(DropServers(scenario))
            .Concat(ScenarioPart.All.SelectMany(part => Simplify(scenario, part)))
            .Concat(DropExpectations(scenario));

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

    private static IEnumerable<Scenario> DropServers(Scenario scenario)
    {
        ClusterShape smaller = scenario.Cluster with { Servers = scenario.Cluster.Servers - 1 };
        if (smaller.Servers >= 3 && scenario.AllSteps.All(step => step.FindProblem(smaller) is null)
            && scenario.Expect.All(expectation => expectation.FindMisfit(smaller) is null))
        {
            yield return scenario with { Cluster = smaller };
        }
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
        }
    }

    private static IEnumerable<Scenario> DropExpectations(Scenario scenario) =>
        scenario.Expect.Select(dropped => scenario with { Expect = [.. scenario.Expect.Where(kept => kept != dropped)] });
}
