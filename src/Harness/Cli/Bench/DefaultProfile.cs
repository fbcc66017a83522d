using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cli.Bench;

/// <summary>
/// How many seeds of the default profile a CPU-second buys, and how much virtual time they cover; and how much longer a seed takes
/// whose every event is written down.
/// </summary>
internal static class DefaultProfile
{
    public static IEnumerable<Figure> Measure()
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
        yield return new Figure("seeds", rate, "seeds/CPU-s", Target.AtLeast(50));
        yield return new Figure("calls_per_seed", calls / (double)seeds, "calls/seed");
        yield return new Figure("virtual_seconds", rate * virtualTime.TotalSeconds / seeds, "virtual s/CPU-s");

        var traced = CpuRate.Of(seed =>
        {
            using var trace = new JsonLinesTrace(Stream.Null);
            ScenarioRunner.Run(ScenarioGenerator.ForSeed(seed, Profile.Default, strategy: null), new RunOptions { TraceSink = trace });
            return 1;
        });
        yield return new Figure("tracing", rate / traced, "CPU time of a seed with every event written down / without", Target.AtMost(2));
    }
}
