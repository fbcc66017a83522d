using System.Diagnostics;
using Raid5Verify.Campaigns;
using Raid5Verify.Running;
using Raid5Verify.Simulation;

namespace Raid5Verify.Exhaustive;

/// <summary>How a sweep is done.</summary>
public sealed record PointSweepOptions
{
    /// <summary>Simulations at the same time, one a thread.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>The part of the points that is run. Default: all of them.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>Where what is known of failures goes; null for nowhere.</summary>
    public string? OutFolder { get; init; } = BundleFolder.Default;

    /// <summary>Failures of which a bundle is written; all are counted.</summary>
    public int MaxBundles { get; init; } = 10;

    /// <summary>Told how many points have been run, on the thread that ran the last one, one at a time; null for nobody.</summary>
    public Action<long>? OnPoint { get; init; }

    /// <summary>Told of each failure that is kept, one at a time; null for nobody.</summary>
    public Action<PointFailure>? OnFailure { get; init; }

    /// <summary>Notices steps that never end; null for none.</summary>
    public Watchdog? Watchdog { get; init; }

    /// <summary>Runs a point on its disks; null for the one that does.</summary>
    internal Func<BlockDisks, ExhaustivePoint, PointResult>? RunPoint { get; init; }
}

/// <summary>Runs the points of a space, in an order that samples all of it from the beginning. Runs once.</summary>
/// <remarks><see cref="Snapshot"/> may be called from any thread at any time.</remarks>
public sealed class PointSweep
{
    private const int FailuresKept = 1000;

    private readonly PointSpace _space;
    private readonly PointSweepOptions _options;
    private readonly BundleFolder _bundles;
    private readonly Lock _gate = new();
    private readonly Stopwatch _clock = new();
    private readonly List<PointFailure> _failures = [];
    private readonly PointTable _table;
    private readonly long _stride;
    private long _next = -1;
    private long _done;
    private long _broken;
    private long _harnessFailed;
    private long _beyond;
    private long _steps;
    private ulong _hashSum;

    public PointSweep(PointSpace space, PointSweepOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Jobs, 1);
        _space = space;
        _options = options;
        _bundles = new BundleFolder(options.OutFolder, options.MaxBundles);
        _stride = Stride(space.Count);
        _table = new PointTable(space);
    }

    /// <summary>Runs the points. Returns when all that were begun have ended.</summary>
    /// <param name="cancellation">Begins no further point.</param>
    /// <exception cref="IOException">A bundle cannot be written. What was found so far is in the snapshot.</exception>
    /// <exception cref="UnauthorizedAccessException">A bundle may not be written; as above.</exception>
    public void Run(CancellationToken cancellation = default)
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
    }

    /// <summary>How far it is.</summary>
    public PointSnapshot Snapshot()
    {
        lock (_gate)
        {
            return new PointSnapshot
            {
                Points = _options.Shard.CountOf(_space.Count),
                Covered = _done,
                Elapsed = _clock.Elapsed,
                Steps = _steps,
                BeyondBudget = _beyond,
                Broken = _broken,
                HarnessFailed = _harnessFailed,
                HashSum = _hashSum,
                Failures = [.. _failures],
                Factors = _table.Read(),
            };
        }
    }

    private static long Stride(long count)
    {
        long stride = Math.Max(1, (long)(count * 0.6180339887498949));
        while (Divisor(stride, count) > 1)
        {
            stride++;
        }

        return stride;
    }

    private static long Divisor(long left, long right) => right == 0 ? left : Divisor(right, left % right);

    private bool TryRunNext()
    {
        long mine = _options.Shard.NumberOf(Interlocked.Increment(ref _next));
        bool isThere = mine < _space.Count && !_bundles.IsRefused;
        if (isThere)
        {
            Run(_space[(long)((UInt128)mine * (ulong)_stride % (ulong)_space.Count)]);
        }

        return isThere;
    }

    private void Run(SpacePoint point)
    {
        BlockDisks disks = _space.DisksOf(point.Point);
        PointResult result = _options.RunPoint?.Invoke(disks, point.Point)
            ?? PointRun.Run(disks, point.Point, watchdog: _options.Watchdog);
        PointFailure? failure = result.Outcome == RunOutcome.Held ? null : Keep(disks, point.Point, result);
        lock (_gate)
        {
            _done++;
            _steps += result.Steps;
            _beyond += result.IsBeyondBudget ? 1 : 0;
            _hashSum = unchecked(_hashSum + HashSum.TermOf(point.Point.ToString(), result.Hash));
            _table.Cover(point);
            if (failure is not null)
            {
                _broken += result.Outcome == RunOutcome.Broken ? 1 : 0;
                _harnessFailed += result.Outcome == RunOutcome.HarnessFailed ? 1 : 0;
                if (_failures.Count < FailuresKept)
                {
                    _failures.Add(failure);
                    _options.OnFailure?.Invoke(failure);
                }
            }

            _options.OnPoint?.Invoke(_done);
        }
    }

    private PointFailure Keep(BlockDisks disks, ExhaustivePoint point, PointResult result) =>
        new(point, result, _bundles.Keep(folder => PointBundle.Write(folder, disks, point, result, _options.Watchdog)));
}

/// <summary>A point that failed.</summary>
/// <param name="Point">Which.</param>
/// <param name="Result">How.</param>
/// <param name="BundleFolder">Where what is known of it lies; null if nothing was written.</param>
public sealed record PointFailure(ExhaustivePoint Point, PointResult Result, string? BundleFolder);

/// <summary>How far a sweep is. Immutable.</summary>
public sealed record PointSnapshot
{
    /// <summary>Points in this shard of the space.</summary>
    public required long Points { get; init; }

    /// <summary>Points that were run.</summary>
    public required long Covered { get; init; }

    /// <summary>Real time since the first.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Steps of the scheduler, summed.</summary>
    public required long Steps { get; init; }

    /// <summary>Points in which more was broken at once than RAID5 can survive.</summary>
    public required long BeyondBudget { get; init; }

    /// <summary>Points in which a promise was broken.</summary>
    public required long Broken { get; init; }

    /// <summary>Points in which the harness failed.</summary>
    public required long HarnessFailed { get; init; }

    /// <summary>A hash over the points that were run, in no order: those of all shards add up to that of the whole.</summary>
    public required ulong HashSum { get; init; }

    /// <summary>The first failures, at most 1,000, in the order they ended.</summary>
    public required IReadOnlyList<PointFailure> Failures { get; init; }

    /// <summary>How many points there are, and how many were run, by factor and level.</summary>
    public required IReadOnlyList<FactorCount> Factors { get; init; }
}
