using System.Diagnostics;
using Raid5Verify.Generation;
using Raid5Verify.Running;

namespace Raid5Verify.Campaigns;

/*
 * Seed after seed, on as many threads as there are jobs. Each seed is a simulation of its own, so jobs change nothing
 * but how long it takes; what depends on an order (the combined hash) is taken in the order of the seeds.
 *
 * Memory does not grow with the number of seeds: what is kept is sums, a hundred failures, and the hashes of seeds that
 * ended before an earlier one did, at most one a job and one for each seed that ran first.
 *
 * An ended simulation is megabytes that collections during it took for long-lived. Left to itself, the collector lets
 * several pile up, and the peak is then a matter of luck. Hardly anything else lives, so a full collection is cheap; with
 * as many seeds between two as there are jobs, its cost a seed does not depend on how many simulations it must look at.
 */

/// <summary>Many seeds, run and summed up. Runs once.</summary>
/// <remarks><see cref="Snapshot"/> may be called from any thread at any time.</remarks>
public sealed class Campaign
{
    private const int FailuresKept = 100;

    private readonly CampaignOptions _options;
    private readonly BundleFolder _bundles;
    private readonly SeedQueue _seeds;
    private readonly Lock _gate = new();
    private readonly Stopwatch _clock = new();
    private readonly CampaignTally _tally = new();
    private readonly SortedList<ulong, SeedFailure> _failures = [];
    private long _knownToFail;
    private long _knownThatFailed;

    public Campaign(CampaignOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Jobs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Seeds ?? 1, 1);
        _options = options;
        _bundles = new BundleFolder(options.OutFolder, options.MaxBundles);
        _seeds = new SeedQueue(options);
        Planned = _seeds.Planned;
    }

    /// <summary>Seeds there will be, those of other shards not counted; null where only time ends it.</summary>
    public long? Planned { get; }

    /// <summary>Runs the seeds. Returns when all that were started have ended.</summary>
    /// <param name="cancellation">Starts no further seed; those that run are finished.</param>
    /// <returns>The final snapshot.</returns>
    /// <exception cref="IOException">A bundle cannot be written. What was found so far is in the snapshot.</exception>
    /// <exception cref="UnauthorizedAccessException">A bundle may not be written.</exception>
    public CampaignSnapshot Run(CancellationToken cancellation = default)
    {
        _clock.Start();
        try
        {
            Workers.Run(_options.Jobs, TryRunNext, cancellation);
        }
        finally
        {
            _clock.Stop();
        }

        _bundles.ThrowIfRefused();
        return Snapshot();
    }

    /// <summary>How far it is.</summary>
    public CampaignSnapshot Snapshot()
    {
        lock (_gate)
        {
            return _tally.Snapshot(_clock.Elapsed, [.. _failures.Values], _seeds.Combined) with
            {
                KnownToFail = _knownToFail,
                KnownThatFailed = _knownThatFailed,
                HashSum = _seeds.Sum,
                Next = _seeds.Next,
            };
        }
    }

    private bool TryRunNext()
    {
        ulong? seed = TakeSeed();
        if (seed is { } next)
        {
            Run(next);
        }

        return seed is not null;
    }

    private ulong? TakeSeed()
    {
        lock (_gate)
        {
            bool isLate = _options.Time is { } time && _clock.Elapsed >= time;
            bool hasFound = _options.IsUntilFailure && _failures.Count > 0;
            return isLate || hasFound || _bundles.IsRefused ? null : _seeds.Take();
        }
    }

    private void Run(ulong seed)
    {
        long began = Stopwatch.GetTimestamp();
        RunResult result = ScenarioRunner.Run(
            ScenarioGenerator.ForSeed(seed, _options.Profile, _options.Strategy),
            new RunOptions { Watchdog = _options.Watchdog });
        TimeSpan duration = Stopwatch.GetElapsedTime(began);
        SeedFailure? failure = result.Outcome == RunOutcome.Held ? null : Keep(seed, result);
        bool isRoundEnd;
        lock (_gate)
        {
            _tally.Add(seed, result);
            isRoundEnd = _tally.Runs % _options.Jobs == 0;
            _seeds.End(seed, result.Hash);
            _knownToFail += _seeds.IsKnownToFail(seed) ? 1 : 0;
            if (failure is not null)
            {
                _knownThatFailed += _seeds.IsKnownToFail(seed) ? 1 : 0;
                _failures.Add(seed, failure);
                if (_failures.Count > FailuresKept)
                {
                    _failures.RemoveAt(FailuresKept);
                }

                _options.OnFailure?.Invoke(failure);
            }

            _options.OnSeed?.Invoke(new SeedRecord
            {
                Seed = seed,
                Strategy = result.Scenario.Options.Strategy,
                Outcome = result.Outcome,
                Hash = result.Hash,
                Duration = duration,
                VirtualTime = result.VirtualTime,
                Steps = result.Steps,
                Coverage = result.Reached.Count,
                Failure = failure,
                IsOfRange = _seeds.IsOfRange(seed),
                Next = _seeds.Next,
            });
        }

        if (isRoundEnd)
        {
            GC.Collect();
        }
    }

    private SeedFailure Keep(ulong seed, RunResult result)
    {
        string command = ReplayCommand.For(seed, _options.Profile, _options.Strategy);
        string? bundle = _bundles.Keep(folder => FailureBundle.Write(folder, result, command, _options.Profile, _options.Watchdog));
        return new SeedFailure(seed, result, command, bundle);
    }
}
