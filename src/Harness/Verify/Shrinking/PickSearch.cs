using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Shrinking;

/*
 * Which decisions of the scheduler a failure needs.
 *
 * A run under any strategy is, but for the draws of the strategy itself, the run under the uniform one whose draws are fixed to
 * the same picks. So from the recorded picks of a failing run those that are not the oldest ready step are taken away, more and
 * more of them, until each that is left is needed: with it the run fails, and without it, all else being equal, it does not.
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
/// <param name="Picks">At these, another than the oldest ready step had to run; at all others, the oldest ran.</param>
/// <param name="Recorded">Picks of the failing run that were not the oldest ready step.</param>
/// <param name="IsMinimal">Whether each of them is needed; if not, time was up.</param>
public sealed record PickNecessity(IReadOnlyList<NeededPick> Picks, int Recorded, bool IsMinimal);

/// <summary>Finds the picks that a failure needs.</summary>
internal static class PickSearch
{
    /// <param name="failed">A run that failed.</param>
    /// <param name="options">How long, and how.</param>
    /// <param name="cancellation">As if the time were up.</param>
    /// <returns>Null if the run does not fail by its picks alone.</returns>
    public static PickNecessity? Find(RunResult failed, ShrinkOptions options, CancellationToken cancellation)
    {
        FailureIdentity identity = FailureIdentity.Of(failed)!;
        var recorder = new PickRecorder();
        ScenarioRunner.Run(failed.Scenario, new RunOptions { TraceSink = recorder });
        int[] places = [.. recorder.Picks.Select(static pick => pick.Place)];
        int[] deliberate = [.. Enumerable.Range(0, places.Length).Where(ordinal => places[ordinal] > 0)];
        if (!Fails(deliberate))
        {
            return null;
        }

        var shrinker = new Shrinker<int[]>([Cuts], Fails, static picks => picks.Length, new SamePicks(), options);
        Shrunk<int[]> shrunk = shrinker.Shrink(deliberate, cancellation);
        int[] needed = shrunk.Smallest;
        PickRecorder with = Record(needed, out _);
        return new PickNecessity([.. needed.Select(Describe)], deliberate.Length, shrunk.IsMinimal);

        bool Fails(int[] picks) => FailureIdentity.Of(Run(picks, sink: null)) == identity;

        NeededPick Describe(int ordinal)
        {
            // Up to that pick both runs are one: at the same place stands what would have run.
            PickRecorder without = Record([.. needed.Where(other => other != ordinal)], out RunResult result);
            (Pick picked, Pick oldest) = (with.Picks[ordinal], without.Picks[ordinal]);
            return new NeededPick(picked.At, picked.Ran, oldest.Ran, NecessityReport.Outcome(result, identity));
        }

        PickRecorder Record(int[] picks, out RunResult result)
        {
            var sink = new PickRecorder();
            result = Run(picks, sink);
            return sink;
        }

        RunResult Run(int[] picks, ITraceSink? sink)
        {
            DrawOverrides draws = new DrawOverrides().PreferAlways(DrawOverrides.Schedule, 0);
            foreach (int ordinal in picks)
            {
                draws.Prefer(DrawOverrides.Schedule, ordinal, (ulong)places[ordinal]);
            }

            Scenario uniform = failed.Scenario with { Options = failed.Scenario.Options with { Strategy = StrategyKind.Uniform } };
            return ScenarioRunner.Run(
                uniform,
                new RunOptions { TraceSink = sink, Watchdog = options.Watchdog },
                new Variation { Draws = draws, MaxSteps = ScenarioSearch.LimitFor(failed) });
        }
    }

    /// <summary>Without all, halves, quarters and so on down to single ones.</summary>
    private static List<int[]> Cuts(int[] picks)
    {
        List<int[]> cuts = [];
        for (int size = picks.Length; size >= 1; size /= 2)
        {
            for (int start = 0; start < picks.Length; start += size)
            {
                cuts.Add([.. picks[..start], .. picks[Math.Min(picks.Length, start + size)..]]);
            }
        }

        return cuts;
    }

    /// <param name="Place">Among the ready steps, from the oldest, 0, on.</param>
    /// <param name="At">Virtual time.</param>
    /// <param name="Ran">Host and task.</param>
    private readonly record struct Pick(int Place, TimeSpan At, string Ran);

    /// <summary>Takes down each pick among several.</summary>
    private sealed class PickRecorder : ITraceSink
    {
        public List<Pick> Picks { get; } = [];

        public void Record(in TraceEvent happened, ulong hash)
        {
            if (happened.Kind == TraceKind.Step && happened.B > 1)
            {
                TimeSpan at = TimeSpan.FromTicks(happened.TimeNs / TimeSpan.NanosecondsPerTick);
                Picks.Add(new Pick((int)happened.A, at, Name(happened.Host!.Name, happened.Subject!.Text)));
            }
        }

        /// <summary>A task is called by the host that it runs on, by the method that it serves, or both are one.</summary>
        private static string Name(string host, string task)
        {
            string own = task.StartsWith($"{host}/", StringComparison.Ordinal) ? task[(host.Length + 1)..] : task[(task.LastIndexOf('/') + 1)..];
            return own == host ? host : $"{host} ({own})";
        }
    }

    private sealed class SamePicks : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? one, int[]? other) => one is not null && other is not null && one.AsSpan().SequenceEqual(other);

        public int GetHashCode(int[] picks)
        {
            var hash = default(HashCode);
            foreach (int pick in picks)
            {
                hash.Add(pick);
            }

            return hash.ToHashCode();
        }
    }
}
