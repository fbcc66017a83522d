using Raid5Verify.Campaigns;
using Raid5Verify.Cli.History;
using Raid5Verify.Coverage;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Tests.History;

/// <summary>Ends of seeds that were never run.</summary>
internal static class MadeUp
{
    public static SeedRecord Held(ulong seed, ulong next = 0) => Of(seed, next, violation: null, failure: null);

    public static SeedRecord Broken(ulong seed) => Of(
        seed, next: 0, new Violation(Promise.NoLoss, "{ read: /diary }", "512 bytes", "EIO\0\u001b", StepIndex: 4), failure: null);

    public static SeedRecord HarnessFailed(ulong seed) => Of(
        seed, next: 0, violation: null, new HarnessFailure("Deadlock", "nothing is left to do\n100 % of it"));

    /// <summary>A failure that no seed means.</summary>
    /// <param name="name">The scenario's, or the point's.</param>
    /// <param name="bundle">Its folder; null for none.</param>
    public static FoundRun Found(string name, string? bundle = null) => new(name)
    {
        Outcome = RunOutcome.Broken,
        Promise = Promise.NoLoss.ToString(),
        Harness = null,
        Hash = 17,
        Bundle = bundle,
        Replay = $"replay {name}",
    };

    /// <summary>The end of a campaign over some of them.</summary>
    public static CampaignSnapshot Campaign(params IReadOnlyList<SeedRecord> seeds) => new()
    {
        SeedsDone = seeds.Count,
        Elapsed = TimeSpan.FromSeconds(3),
        ProcessorTime = TimeSpan.FromSeconds(4),
        VirtualTime = TimeSpan.FromSeconds(60),
        Steps = 1000,
        Statistics = new RunStatistics(),
        Coverage = new CoverageSummary(Runs: 0, States: 0, Once: 0, RunsAlone: 0),
        FaultsMet = [],
        Broken = seeds.Count(seed => seed.Outcome == RunOutcome.Broken),
        HarnessFailed = seeds.Count(seed => seed.Outcome == RunOutcome.HarnessFailed),
        KnownToFail = 0,
        KnownThatFailed = 0,
        Failures = [.. seeds.Select(seed => seed.Failure).OfType<SeedFailure>()],
        CombinedHash = 1,
        HashSum = 2,
        Next = 3,
    };

    private static SeedRecord Of(ulong seed, ulong next, Violation? violation, HarnessFailure? failure)
    {
        var result = new RunResult
        {
            Scenario = new Scenario { Name = $"seed {seed}", Seed = seed },
            Hash = seed * 17,
            Events = 10,
            Steps = 20,
            VirtualTime = TimeSpan.FromSeconds(1),
            Statistics = new RunStatistics(),
            Violation = violation,
            Failure = failure,
        };
        return new SeedRecord
        {
            Seed = seed,
            Strategy = StrategyKind.Uniform,
            Outcome = result.Outcome,
            Hash = result.Hash,
            Duration = TimeSpan.FromMilliseconds(20),
            VirtualTime = result.VirtualTime,
            Steps = result.Steps,
            Failure = result.Outcome == RunOutcome.Held ? null : new SeedFailure(seed, result, $"replay {seed}", $"failures/seed-{seed}"),
            IsOfRange = true,
            Next = next,
        };
    }
}
