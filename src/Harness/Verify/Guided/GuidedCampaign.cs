using System.Diagnostics;
using Raid5Verify.Campaigns;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Guided;

/*
 * Runs that go on from runs: what reached a state which none before had is changed a little, in the hope that it gets further.
 *
 * It goes in rounds. All scenarios of a round are drawn from the corpus as it stands, run on any number of threads, and taken in in the
 * order in which they were drawn: so the number of jobs changes nothing, and one number, the first seed, says the whole search.
 *
 * One run in a few is a new seed, for the corpus to grow by what is not like it. What is found by a mutant is named by its scenario's
 * file and never by a seed: to come to it again, all runs before it would have to be done again.
 */

/// <summary>A search for states. Runs once.</summary>
/// <remarks><see cref="Snapshot"/> may be called from any thread at any time.</remarks>
public sealed class GuidedCampaign
{
    /// <summary>Runs a round: no fewer than there are processors, few enough to soon go on from what they found.</summary>
    private const int Round = 32;

    /// <summary>One run in so many is a new seed.</summary>
    private const int FreshOneIn = 4;

    private const int FailuresKept = 100;

    private readonly CampaignOptions _options;
    private readonly BundleFolder _bundles;
    private readonly Corpus _corpus;
    private readonly Queue<Scenario> _kept;
    private readonly CampaignTally _tally = new();
    private readonly List<GuidedFailure> _failures = [];
    private readonly Lock _gate = new();
    private readonly Stopwatch _clock = new();
    private readonly HashChain _combined = new();
    private ulong _nextSeed;
    private ulong _drawn;
    private int _collectAfter;
    private long _mutants;

    /// <param name="options">As of any campaign. Its seeds are the runs, and from its first seed on new ones are drawn.</param>
    /// <param name="corpus">A folder of scenarios to begin with, and to keep new ones in; null for none.</param>
    /// <param name="kept">The scenarios of that folder: see <see cref="Corpus.Read"/>. They are run before all others.</param>
    internal GuidedCampaign(CampaignOptions options, string? corpus, IReadOnlyList<Scenario> kept)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Jobs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Seeds ?? 1, 1);
        _options = options;
        _bundles = new BundleFolder(options.OutFolder, options.MaxBundles);
        _corpus = new Corpus(corpus);
        _kept = new Queue<Scenario>(kept);
        _nextSeed = options.From;
        _collectAfter = options.Jobs;
    }

    /// <summary>Told of each failure that is kept, one at a time; null for nobody.</summary>
    public Action<GuidedFailure>? OnFailure { get; init; }

    /// <summary>Runs round after round, until enough runs are done or the time is over. Returns when all that were started have ended.</summary>
    /// <param name="cancellation">Starts no further run; those that run are finished.</param>
    /// <returns>The final snapshot.</returns>
    /// <exception cref="IOException">A bundle, or a file of the corpus, cannot be written. What was found so far is in the snapshot.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public GuidedSnapshot Run(CancellationToken cancellation = default)
    {
        _clock.Start();
        try
        {
            _corpus.MakeFolder();
            while (!HasFound() && DrawRound() is { Count: > 0 } round && !cancellation.IsCancellationRequested && !_bundles.IsRefused && !_corpus.IsRefused)
            {
                Run(round, cancellation);
                foreach (Trial trial in round.TakeWhile(_ => !HasFound()))
                {
                    TakeIn(trial);
                }
            }
        }
        finally
        {
            _clock.Stop();
        }

        _bundles.ThrowIfRefused();
        _corpus.ThrowIfRefused();
        return Snapshot();
    }

    /// <summary>How far it is.</summary>
    public GuidedSnapshot Snapshot()
    {
        lock (_gate)
        {
            return new GuidedSnapshot
            {
                Sums = _tally.Snapshot(_clock.Elapsed, failures: [], _combined.Value),
                Mutants = _mutants,
                Corpus = _corpus.Count,
                Failures = [.. _failures],
            };
        }
    }

    /// <summary>Whether it has found all that it is to look for.</summary>
    private bool HasFound() => _options.IsUntilFailure && _failures.Count > 0;

    private bool IsLate() => _options.Time is { } time && _clock.Elapsed >= time;

    /// <returns>Without any, if there is to be no further round.</returns>
    private List<Trial> DrawRound()
    {
        long left = IsLate() ? 0 : (_options.Seeds ?? long.MaxValue) - _tally.Runs;
        lock (_gate)
        {
            _corpus.Weigh(_tally.Coverage);
        }

        List<Trial> round = [];
        while (round.Count < Math.Min(left, Round))
        {
            round.Add(Draw(new Dice(_options.From, $"guided/{++_drawn}")));
        }

        return round;
    }

    private Trial Draw(Dice dice)
    {
        if (_kept.TryDequeue(out Scenario? kept))
        {
            return new Trial(kept, Origin.Kept);
        }

        if (_corpus.Count == 0 || dice.Next(FreshOneIn) == 0)
        {
            return new Trial(ScenarioGenerator.ForSeed(_nextSeed++, _options.Profile.Alone, _options.Strategy), Origin.Seed);
        }

        var mutator = new ScenarioMutator(dice, _options.Profile, _options.Strategy);
        return new Trial(mutator.Mutate(_corpus.Choose(dice), _corpus.Choose(dice)), Origin.Mutant);
    }

    private void Run(List<Trial> round, CancellationToken cancellation)
    {
        int next = -1;
        bool hasFailed = false;
        Workers.Run(
            Math.Min(_options.Jobs, round.Count),
            () =>
            {
                int mine = Interlocked.Increment(ref next);
                if (mine >= round.Count || IsLate() || (_options.IsUntilFailure && Volatile.Read(ref hasFailed)))
                {
                    return false;
                }

                RunResult result = ScenarioRunner.Run(round[mine].Scenario, new RunOptions { Watchdog = _options.Watchdog });
                round[mine].Result = result;
                Volatile.Write(ref hasFailed, Volatile.Read(ref hasFailed) || result.Outcome != RunOutcome.Held);

                // As often as a campaign of seeds does, and for its reason.
                if (Interlocked.Decrement(ref _collectAfter) == 0)
                {
                    Interlocked.Add(ref _collectAfter, _options.Jobs);
                    GC.Collect();
                }

                return true;
            },
            cancellation);
    }

    private void TakeIn(Trial trial)
    {
        if (trial.Result is not { } result)
        {
            return;
        }

        GuidedFailure? failure = result.Outcome == RunOutcome.Held ? null : Keep(trial.Origin, result);
        lock (_gate)
        {
            List<int> reachedFirst = [.. result.Reached.Numbers.Where(state => _tally.Coverage.RunsAt(state) == 0)];
            _tally.Add((ulong)_tally.Runs + 1, result);
            _mutants += trial.Origin == Origin.Mutant ? 1 : 0;
            _combined.Add(result.Hash);
            if (failure is not null)
            {
                if (_failures.Count < FailuresKept)
                {
                    _failures.Add(failure);
                    OnFailure?.Invoke(failure);
                }
            }
            else if (reachedFirst.Count > 0)
            {
                _corpus.Add(trial.Scenario, reachedFirst, isKept: trial.Origin == Origin.Kept);
            }
        }
    }

    private GuidedFailure Keep(Origin origin, RunResult result)
    {
        Scenario scenario = result.Scenario;
        bool hasSeed = origin == Origin.Seed;
        string command = hasSeed
            ? ReplayCommand.For(scenario.Seed, _options.Profile, _options.Strategy)
            : ReplayCommand.For(FailureBundle.ScenarioPath(_options.OutFolder ?? string.Empty, scenario));
        string? bundle = _bundles.Keep(folder => FailureBundle.Write(folder, result, command, watchdog: _options.Watchdog));
        return new GuidedFailure(scenario.Name, result, hasSeed || bundle is not null ? command : null, bundle);
    }

    private enum Origin
    {
        Kept,
        Seed,
        Mutant,
    }

    /// <summary>A scenario of a round.</summary>
    private sealed class Trial(Scenario scenario, Origin origin)
    {
        public Scenario Scenario { get; } = scenario;

        public Origin Origin { get; } = origin;

        /// <summary>Null until it was run, and if it never is.</summary>
        public RunResult? Result { get; set; }
    }
}
