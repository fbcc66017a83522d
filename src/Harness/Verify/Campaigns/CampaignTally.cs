using Raid5Verify.Coverage;
using Raid5Verify.Running;

namespace Raid5Verify.Campaigns;

/// <summary>What the runs of a campaign come to, whatever chose them: it does not grow with their number.</summary>
/// <remarks>For one thread at a time.</remarks>
internal sealed class CampaignTally
{
    private readonly RunStatistics _statistics = new();
    private readonly FaultSightings _faultsMet = new();
    private long _broken;
    private long _harnessFailed;
    private long _steps;
    private TimeSpan _virtualTime;

    /// <summary>Runs that ended.</summary>
    public long Runs { get; private set; }

    /// <summary>The states that they reached.</summary>
    public CoverageTally Coverage { get; } = new();

    /// <summary>Takes in a run that ended.</summary>
    /// <param name="number">Names it: its seed, or which run it was.</param>
    /// <param name="result">How it ended.</param>
    public void Add(ulong number, RunResult result)
    {
        Runs++;
        _broken += result.Outcome == RunOutcome.Broken ? 1 : 0;
        _harnessFailed += result.Outcome == RunOutcome.HarnessFailed ? 1 : 0;
        _steps += result.Steps;
        _virtualTime += result.VirtualTime;
        _statistics.Add(result.Statistics);
        Coverage.Add(number, result.Reached);
        _faultsMet.Add(number, result.Statistics);
    }

    /// <param name="elapsed">Real time since the start.</param>
    /// <param name="failures">See <see cref="CampaignSnapshot.Failures"/>.</param>
    /// <param name="combinedHash">See <see cref="CampaignSnapshot.CombinedHash"/>.</param>
    public CampaignSnapshot Snapshot(TimeSpan elapsed, IReadOnlyList<SeedFailure> failures, ulong combinedHash)
    {
        var statistics = new RunStatistics();
        statistics.Add(_statistics);
        return new CampaignSnapshot
        {
            SeedsDone = Runs,
            Elapsed = elapsed,
            ProcessorTime = Environment.CpuUsage.TotalTime,
            VirtualTime = _virtualTime,
            Steps = _steps,
            Statistics = statistics,
            Coverage = Coverage.Summary,
            FaultsMet = _faultsMet.Kinds,
            Broken = _broken,
            HarnessFailed = _harnessFailed,
            Failures = failures,
            CombinedHash = combinedHash,
        };
    }
}
