using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Shrinking;

/*
 * Which decisions of the scheduler a failure needs.
 *
 * A run under any strategy is, but for the draws of the strategy itself, the run under the uniform one whose draws are fixed to
 * the same picks. Where it does not fail if the oldest ready step always runs first, two searches look for as few other picks as
 * will do:
 *
 * - From below: one other pick, at every place of that run and of every step that was ready there (delay bounding: Emmi, Qadeer,
 *   Rakamaric, POPL 2011). Most races need no more.
 * - From above: of the picks of the failing run that are not the oldest ready step, more and more are taken away, until each that
 *   is left is needed: with it the run fails, and without it, all else being equal, it does not.
 *
 * What is picked early decides what there is to pick from later; the n-th pick is then among other steps. It does not matter:
 * every set of picks that is tried is a run.
 */

/// <summary>A pick among several ready steps that a failure needs.</summary>
/// <param name="At">Virtual time.</param>
/// <param name="Ran">The step that ran: host and task.</param>
/// <param name="InsteadOf">The oldest ready step, which did not.</param>
/// <param name="Without">What becomes of the run when the oldest one is picked.</param>
public sealed record NeededPick(TimeSpan At, string Ran, string InsteadOf, string Without);

/// <summary>What a failure needs of the schedule.</summary>
/// <param name="Count">Picks at which another than the oldest ready step had to run; at all others, the oldest ran.</param>
/// <param name="Picks">The first of them.</param>
/// <param name="Recorded">Picks of the failing run that were not the oldest ready step.</param>
/// <param name="IsMinimal">Whether there is no single pick that would do, and each of these is needed; if not, time was up.</param>
public sealed record PickNecessity(int Count, IReadOnlyList<NeededPick> Picks, int Recorded, bool IsMinimal);

/// <summary>Finds the picks that a failure needs.</summary>
internal static class PickSearch
{
    /// <summary>Picks that are described, by a run each.</summary>
    private const int MostDescribed = 20;

    /// <param name="failed">A run that failed.</param>
    /// <param name="options">How long, and how.</param>
    /// <param name="cancellation">As if the time were up.</param>
    /// <returns>Null if the run does not fail by its picks alone.</returns>
    public static PickNecessity? Find(RunResult failed, ShrinkOptions options, CancellationToken cancellation)
    {
        FailureIdentity identity = FailureIdentity.Of(failed)!;
        var recorder = new PickRecorder();
        ScenarioRunner.Run(failed.Scenario, new RunOptions { TraceSink = recorder, Watchdog = options.Watchdog });
        Choice[] deliberate =
            [.. recorder.Picks.Select(static (pick, ordinal) => new Choice(ordinal, pick.Place)).Where(static choice => choice.Place > 0)];
        if (!Fails(deliberate))
        {
            return null;
        }

        // The last ones first: what goes wrong seldom begins at the start.
        List<Choice[]> alone = [[], .. Record([], out _).Picks.SelectMany(static (pick, ordinal) => ChoicesAt(pick, ordinal)).Reverse()];
        var shrinker = new Shrinker<Choice[]>(
            [choices => choices.Length > 1 ? alone : alone[..choices.Length], Cuts],
            Fails,
            static choices => choices.Length,
            new SameChoices(),
            options);
        Shrunk<Choice[]> shrunk = shrinker.Shrink(deliberate, cancellation);
        PickRecorder with = Record(shrunk.Smallest, out _);

        // Where time was up, there may be some to which the run does not come before it fails.
        Choice[] needed = [.. shrunk.Smallest.Where(choice => choice.Ordinal < with.Picks.Count)];
        return new PickNecessity(needed.Length, [.. needed.Take(MostDescribed).Select(Describe)], deliberate.Length, shrunk.IsMinimal);

        bool Fails(Choice[] choices) => FailureIdentity.Of(Run(choices, sink: null)) == identity;

        NeededPick Describe(Choice choice)
        {
            // Up to that pick both runs are one: at the same place stands what would have run.
            PickRecorder without = Record([.. needed.Where(other => other != choice)], out RunResult result);
            (Pick picked, Pick oldest) = (with.Picks[choice.Ordinal], without.Picks[choice.Ordinal]);
            return new NeededPick(picked.At, picked.Ran, oldest.Ran, NecessityReport.Outcome(result, identity));
        }

        PickRecorder Record(Choice[] choices, out RunResult result)
        {
            var sink = new PickRecorder();
            result = Run(choices, sink);
            return sink;
        }

        RunResult Run(Choice[] choices, ITraceSink? sink)
        {
            DrawOverrides draws = new DrawOverrides().PreferAlways(DrawOverrides.Schedule, 0);
            foreach (Choice choice in choices)
            {
                draws.Prefer(DrawOverrides.Schedule, choice.Ordinal, (ulong)choice.Place);
            }

            Scenario uniform = failed.Scenario with { Options = failed.Scenario.Options with { Strategy = StrategyKind.Uniform } };
            return ScenarioRunner.Run(
                uniform,
                new RunOptions { TraceSink = sink, Watchdog = options.Watchdog },
                new Variation { Draws = draws, MaxSteps = ScenarioSearch.LimitFor(failed) });
        }
    }

    /// <summary>Each of the steps that were ready there, but for the oldest, alone.</summary>
    private static IEnumerable<Choice[]> ChoicesAt(Pick pick, int ordinal) =>
        Enumerable.Range(1, pick.Ready - 1).Select(place => new Choice[] { new(ordinal, place) });

    /// <summary>Without halves, quarters and so on down to single ones.</summary>
    private static List<Choice[]> Cuts(Choice[] choices)
    {
        List<Choice[]> cuts = [];
        for (int size = choices.Length / 2; size >= 1; size /= 2)
        {
            for (int start = 0; start < choices.Length; start += size)
            {
                cuts.Add([.. choices[..start], .. choices[Math.Min(choices.Length, start + size)..]]);
            }
        }

        return cuts;
    }

    /// <summary>Another step than the oldest is to run.</summary>
    /// <param name="Ordinal">Which of the picks among several.</param>
    /// <param name="Place">Which of the ready steps, from the oldest, 0, on.</param>
    private readonly record struct Choice(int Ordinal, int Place);

    /// <summary>A pick among several.</summary>
    /// <param name="Place">Of the step that ran among those that were ready, from the oldest, 0, on.</param>
    /// <param name="Ready">How many were ready.</param>
    /// <param name="At">Virtual time.</param>
    /// <param name="Ran">Host and task.</param>
    private readonly record struct Pick(int Place, int Ready, TimeSpan At, string Ran);

    /// <summary>Takes down each pick among several.</summary>
    private sealed class PickRecorder : ITraceSink
    {
        public List<Pick> Picks { get; } = [];

        public void Record(in TraceEvent happened, ulong hash)
        {
            if (happened.Kind == TraceKind.Step && happened.B > 1)
            {
                TimeSpan at = TimeSpan.FromTicks(happened.TimeNs / TimeSpan.NanosecondsPerTick);
                Picks.Add(new Pick((int)happened.A, (int)happened.B, at, Name(happened.Host!.Name, happened.Subject!.Text)));
            }
        }

        /// <summary>A task is called by the host that it runs on, by the method that it serves, or both are one.</summary>
        private static string Name(string host, string task)
        {
            string own = task.StartsWith($"{host}/", StringComparison.Ordinal) ? task[(host.Length + 1)..] : task[(task.LastIndexOf('/') + 1)..];
            return own == host ? host : $"{host} ({own})";
        }
    }

    private sealed class SameChoices : IEqualityComparer<Choice[]>
    {
        public bool Equals(Choice[]? one, Choice[]? other) => one is not null && other is not null && one.AsSpan().SequenceEqual(other);

        public int GetHashCode(Choice[] choices)
        {
            var hash = default(HashCode);
            foreach (Choice choice in choices)
            {
                hash.Add(choice);
            }

            return hash.ToHashCode();
        }
    }
}
