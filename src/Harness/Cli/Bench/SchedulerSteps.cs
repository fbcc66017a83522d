using Raid5Verify.Simulation;

namespace Raid5Verify.Cli.Bench;

/// <summary>How fast the scheduler is: tasks that do nothing but let the others run, so that each step is a free choice.</summary>
internal static class SchedulerSteps
{
    private const int Tasks = 16;
    private const int YieldsPerTask = 20_000;

    public static Figure Measure() => new("scheduler_steps", CpuRate.Of(RunOnce), "steps/CPU-s", Target.AtLeast(300_000));

    private static long RunOnce(ulong seed)
    {
        var world = new World(new WorldOptions { Seed = seed, MaxStepsAtOneInstant = long.MaxValue });
        var life = world.Harness.Life!;
        return world.Run(() => Task.WhenAll(Enumerable.Range(0, Tasks).Select(n => life.Spawn($"{n}", YieldAsync)))).Steps;
    }

    private static async Task YieldAsync()
    {
        for (var i = 0; i < YieldsPerTask; i++)
        {
            await Task.Yield();
        }
    }
}
