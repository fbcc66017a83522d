using System.IO.Hashing;
using System.Text;
using Raid5Verify.Faults;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Control;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Generation;

/*
 * Small changes to scenarios, for a search that goes on from those that led somewhere new: what happens is another order, another moment,
 * one fault more, or the end of another story. Each change draws what it needs; what it makes impossible is left out again.
 */

/// <summary>Draws scenarios that are like given ones. Every one of them is possible. The same dice draw the same.</summary>
/// <param name="dice">All chance comes from here.</param>
/// <param name="profile">Which faults may be added, how far they may go, and about how many steps there may be.</param>
/// <param name="strategy">The only one to use; null for any.</param>
internal sealed class ScenarioMutator(Random dice, Profile profile, StrategyKind? strategy = null)
{
    /// <summary>The most changes at once.</summary>
    private const int MostChanges = 4;

    /// <summary>The most faults that are added at once, and the most kinds of them.</summary>
    private const int MostFaults = 12;

    private const int MostKinds = 4;

    /// <summary>The most steps that are taken, moved or repeated together.</summary>
    private const int MostTogether = 16;

    /// <summary>The most that a change makes of a number of times, or of things.</summary>
    private const long MostOfMany = 1000;

    /// <summary>The most bytes that a change makes of a size.</summary>
    private const long MostBytes = 256 << 10;

    /// <summary>The longest that a change makes of a time.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private static readonly StrategyKind[] Strategies = Enum.GetValues<StrategyKind>();

    private readonly List<StepKind> _faults = [.. StepCatalogue.Faults.Where(kind => ScenarioGenerator.MayDraw(kind, profile))];

    /// <summary>The most steps of what is drawn.</summary>
    private int MostSteps => profile.Operations * 2;

    /// <param name="parent">What to change.</param>
    /// <param name="other">Whence to take what another one does.</param>
    public Scenario Mutate(Scenario parent, Scenario other)
    {
        Scenario changed = parent;
        for (int left = dice.Next(1, MostChanges + 1); left > 0; left--)
        {
            changed = Change(changed, other);
        }

        return Named(Possible(changed, parent.Cluster));
    }

    private Scenario Change(Scenario scenario, Scenario other) => dice.Next(15) switch
    {
        0 => scenario with { Seed = (ulong)dice.NextInt64() },
        1 => scenario with { Options = ScenarioGenerator.Scheduled(scenario, strategy ?? Strategies[dice.Next(Strategies.Length)], dice) },
        2 => scenario with { Options = scenario.Options with { Network = dice.Next(2) == 0 ? NetworkModel.Lan : NetworkModel.Wan } },
        3 => scenario with { Cluster = scenario.Cluster with { Servers = dice.Next(3, 9) } },
        4 => WithSteps(scenario, Without(scenario.Steps)),
        5 => WithSteps(scenario, Moved(scenario.Steps)),
        6 => WithSteps(scenario, Repeated(scenario.Steps)),
        7 => WithSteps(scenario, Spliced(scenario.Steps, other.Steps)),
        8 => WithSteps(scenario, Inserted(scenario, DrawControl)),
        9 or 10 => WithSteps(scenario, Altered(scenario)),
        _ when _faults.Count == 0 => scenario,
        _ => WithSteps(scenario, Sprinkled(scenario)),
    };

    private static Scenario WithSteps(Scenario scenario, IEnumerable<Step> steps) => scenario with { Steps = [.. steps] };

    private IEnumerable<Step> Without(IReadOnlyList<Step> steps)
    {
        (int start, int count) = SomeOf(steps);
        return [.. steps.Take(start), .. steps.Skip(start + count)];
    }

    private IEnumerable<Step> Moved(IReadOnlyList<Step> steps)
    {
        (int start, int count) = SomeOf(steps);
        List<Step> rest = [.. steps.Take(start), .. steps.Skip(start + count)];
        int place = dice.Next(rest.Count + 1);
        return [.. rest.Take(place), .. steps.Skip(start).Take(count), .. rest.Skip(place)];
    }

    private IEnumerable<Step> Repeated(IReadOnlyList<Step> steps)
    {
        (int start, int count) = SomeOf(steps);
        return [.. steps.Take(start + count), .. steps.Skip(start)];
    }

    /// <summary>The beginning of one, and the end of another.</summary>
    private IEnumerable<Step> Spliced(IReadOnlyList<Step> steps, IReadOnlyList<Step> others) =>
        [.. steps.Take(dice.Next(steps.Count + 1)), .. others.Skip(dice.Next(others.Count + 1))];

    private IEnumerable<Step> Inserted(Scenario scenario, Func<Draft, IEnumerable<Step>> draw)
    {
        int place = dice.Next(scenario.Steps.Count + 1);
        return [.. scenario.Steps.Take(place), .. draw(DraftAt(scenario, place)), .. scenario.Steps.Skip(place)];
    }

    /// <summary>Faults of a few kinds, here and there.</summary>
    private List<Step> Sprinkled(Scenario scenario)
    {
        StepKind[] kinds = [.. Enumerable.Range(0, dice.Next(1, MostKinds + 1)).Select(_ => _faults[dice.Next(_faults.Count)])];
        Queue<int> places = new(Enumerable.Range(0, dice.Next(1, MostFaults + 1)).Select(_ => dice.Next(scenario.Steps.Count + 1)).Order());
        Draft draft = NewDraft(scenario);
        List<Step> steps = [];
        for (int place = 0; place <= scenario.Steps.Count; place++)
        {
            while (places.TryPeek(out int next) && next == place)
            {
                places.Dequeue();
                steps.AddRange(DrawFault(draft.Pick(kinds), draft));
            }

            if (place < scenario.Steps.Count)
            {
                steps.Add(scenario.Steps[place]);
                draft.Follow(scenario.Steps[place]);
            }
        }

        return steps;
    }

    private static IEnumerable<Step> DrawFault(StepKind kind, Draft draft)
    {
        TimeSpan after = draft.Time(TimeSpan.Zero, TimeSpan.FromMilliseconds(draft.Chance(2) ? 3 : 20));
        Fault fault = (Fault)kind.Draw!(draft) with { After = after };
        yield return fault;
        if (fault.DrawSequel(draft) is { } sequel)
        {
            yield return sequel with { After = after + sequel.After };
        }

        if (draft.Chance(3))
        {
            yield return new Fsync { Path = "/" };
        }
    }

    private IEnumerable<Step> DrawControl(Draft draft)
    {
        yield return draft.Dice.Next(5) switch
        {
            0 => new Remount(),
            1 => new Scrub(),
            2 when profile.Mode != RunMode.Beyond => new AwaitInSync(),
            3 => new Wait { For = draft.Time(TimeSpan.Zero, TimeSpan.FromSeconds(1)) },
            _ => new Fsync { Path = "/" },
        };
    }

    /// <summary>One step is drawn anew, or one of its fields is changed; mostly that of a fault.</summary>
    private IEnumerable<Step> Altered(Scenario scenario)
    {
        List<int> faults = [.. PlacesOf(scenario, static step => step is Fault)];
        List<int> places = faults.Count > 0 && dice.Next(4) > 0 ? faults : [.. PlacesOf(scenario, static step => step is FileOperation and not Populate)];
        if (places.Count == 0)
        {
            return scenario.Steps;
        }

        int place = places[dice.Next(places.Count)];
        Step step = scenario.Steps[place];
        Step changed = dice.Next(2) == 0 ? DrawnAnew(step, DraftAt(scenario, place)) : AlterField(step);
        return [.. scenario.Steps.Take(place), changed, .. scenario.Steps.Skip(place + 1)];
    }

    /// <summary>Another one of its kind, at the same moment.</summary>
    private static Step DrawnAnew(Step step, Draft draft) => StepCatalogue.Find(StepKind.TagOf(step.GetType()))!.Draw?.Invoke(draft) switch
    {
        Fault fault => fault with { After = ((Fault)step).After },
        FileOperation operation => operation with { Think = ((FileOperation)step).Think },
        _ => step,
    };

    private static IEnumerable<int> PlacesOf(Scenario scenario, Func<Step, bool> condition) =>
        Enumerable.Range(0, scenario.Steps.Count).Where(place => condition(scenario.Steps[place]));

    private Step AlterField(Step step)
    {
        RecordFields fields = RecordFields.Of(step.GetType());
        List<(RecordField Field, object? Value)> changes =
        [
            .. fields.All.Select(field => (field, Alter(field, field.Property.GetValue(step)))).Where(static change => change.Item2 is not null),
        ];
        if (changes.Count == 0)
        {
            return step;
        }

        (RecordField chosen, object? value) = changes[dice.Next(changes.Count)];
        return (Step)fields.With(step, chosen, value);
    }

    /// <returns>Another value that the field may have; null if there is none, or its like is not known.</returns>
    private object? Alter(RecordField field, object? value)
    {
        long least = field.Range?.Min ?? 0;
        long most = field.Range?.Max ?? long.MaxValue;
        return value switch
        {
            int number => (int)Alter(number, least, Math.Min(most, Math.Max(number, MostOfMany))),
            ByteSize size => new ByteSize(Alter(size.Bytes, least, Math.Min(most, Math.Max(size.Bytes, MostBytes)))),
            TimeSpan time => TimeSpan.FromMilliseconds(Alter((long)time.TotalMilliseconds, least, Math.Min(most, (long)Longest.TotalMilliseconds))),
            bool flag => !flag,
            Enum when field.Property.PropertyType is { IsEnum: true } type && !type.IsDefined(typeof(FlagsAttribute), inherit: false) =>
                Enum.GetValues(type).GetValue(dice.Next(Enum.GetValues(type).Length)),
            _ => null,
        };
    }

    /// <summary>Half, twice, one more or less, or little.</summary>
    private long Alter(long value, long least, long most)
    {
        long altered = dice.Next(5) switch
        {
            0 => value / 2,
            1 => value <= most / 2 ? value * 2 : most,
            2 => value - 1,
            3 => value < most ? value + 1 : most,
            _ => dice.Next(9),
        };
        return Math.Clamp(altered, least, most);
    }

    private (int Start, int Count) SomeOf(IReadOnlyList<Step> steps)
    {
        int count = Math.Min(steps.Count, 1 + dice.Next(MostTogether));
        return (dice.Next(steps.Count - count + 1), count);
    }

    /// <summary>What a step at that place would be drawn from.</summary>
    private Draft DraftAt(Scenario scenario, int place)
    {
        Draft draft = NewDraft(scenario);
        foreach (Step step in scenario.Steps.Take(place))
        {
            draft.Follow(step);
        }

        return draft;
    }

    private Draft NewDraft(Scenario scenario) =>
        new(dice, scenario.Cluster, profile.Workload ?? Workload.Ordinary, scenario.Options.Mode);

    /// <summary>
    /// Without what cannot be, and what cannot be judged: several changes as one step are, only where none of them may be refused for
    /// what only the file system knows.
    /// </summary>
    /// <param name="scenario">What it is to be.</param>
    /// <param name="known">A cluster that can be.</param>
    private Scenario Possible(Scenario scenario, ClusterShape known)
    {
        ClusterShape cluster = scenario.Cluster.FindProblem() is null ? scenario.Cluster : known;
        List<Step> steps =
        [
            .. scenario.Steps
                .Where(step => step is not Check && step.FindProblem(cluster) is null)
                .Select(static step => step is FileOperation { Expect: not null } operation ? operation with { Expect = null } : step)
                .Take(MostSteps),
        ];
        Scenario possible = scenario with { Cluster = cluster, Steps = steps, Expect = [] };
        return !steps.Exists(IsChangedWhileRead) || MayChangeWhileRead(possible)
            ? possible
            : possible with { Steps = steps.ConvertAll(static step => IsChangedWhileRead(step) ? (Readdir)step with { Meanwhile = [] } : step) };
    }

    private static bool IsChangedWhileRead(Step step) => step is Readdir { Meanwhile.Count: > 0 };

    private bool MayChangeWhileRead(Scenario scenario)
    {
        Draft draft = NewDraft(scenario);
        return draft.MayChangeWhileRead && scenario.Steps.All(step =>
        {
            draft.Follow(step);
            return !draft.IsCrowded;
        });
    }

    /// <summary>Called after what it is: it has no seed to be called after.</summary>
    private static Scenario Named(Scenario scenario)
    {
        Scenario plain = scenario with { Name = "mutant", About = "Drawn by explore --guided, from scenarios that reached new states." };
        ulong content = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(ScenarioYaml.Write(plain)));
        return plain with { Name = $"mutant {content:x16}" };
    }
}
