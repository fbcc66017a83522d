using Raid5Verify.Generation;
using Raid5Verify.Running;

namespace Raid5Verify.Cli.Bench;

/// <summary>
/// How many seeds of the default profile a CPU-second buys, and how much virtual time they cover. The calls of a seed bound
/// it: half of what the simulated network could carry is as good as it needs to be.
/// </summary>
internal static class DefaultProfile
{
    private const double WantedSeeds = 50;

    public static IEnumerable<Figure> Measure(double callsPerSecond)
    {
        long seeds = 0;
        long calls = 0;
        var virtualTime = TimeSpan.Zero;
        var rate = CpuRate.Of(seed =>
        {
            var result = ScenarioRunner.Run(ScenarioGenerator.ForSeed(seed, Profile.Default, strategy: null), new RunOptions());
            seeds++;
            calls += result.Statistics.Rpcs;
            virtualTime += result.VirtualTime;
            return 1;
        });
        var callsPerSeed = calls / (double)seeds;
        var allowed = callsPerSecond / callsPerSeed / 2;
        yield return new Figure("seeds", rate, "seeds/CPU-s", Target.AtLeast(Math.Min(WantedSeeds, allowed)));
        yield return new Figure("calls_per_seed", callsPerSeed, "calls/seed");
        yield return new Figure("seeds_allowed_by_calls", allowed, "seeds/CPU-s, half of what the calls allow");
        yield return new Figure("virtual_seconds", rate * virtualTime.TotalSeconds / seeds, "virtual s/CPU-s");
    }
}
