namespace Raid5Verify.Cli.Bench;

/// <summary>
/// Work a CPU-second: the processor time of this process, all threads together, is what stands still on a machine that
/// others share.
/// </summary>
internal static class CpuRate
{
    // After 15 s the compiler still took a sixth of the time; after 25 s nothing that shows.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    /// <param name="runSeed">Runs one seed and says how much work that was. First until the code is compiled as well as it
    /// will be, then for the figure.</param>
    public static double Of(Func<ulong, long> runSeed)
    {
        RunFor(WarmUp, runSeed, firstSeed: 1);
        return RunFor(Measured, runSeed, firstSeed: 1_000_000);
    }

    private static double RunFor(TimeSpan time, Func<ulong, long> runSeed, ulong firstSeed)
    {
        var began = Environment.CpuUsage.TotalTime;
        TimeSpan Spent() => Environment.CpuUsage.TotalTime - began;

        long work = 0;
        for (var seed = firstSeed; Spent() < time; seed++)
        {
            work += runSeed(seed);
        }

        return work / Spent().TotalSeconds;
    }
}
