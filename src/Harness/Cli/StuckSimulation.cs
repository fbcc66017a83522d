using Raid5Verify.Simulation;

namespace Raid5Verify.Cli;

/// <summary>
/// Ends the process when one step of a simulation never ends: nothing else can, as the loop that would never gives its
/// thread back.
/// </summary>
internal static class StuckSimulation
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Watchdog Watch(Terminal terminal) => new(Patience, (world, what) =>
    {
        terminal.Error.WriteLine(
            $"raid5verify: the harness failed: in {what}, one step has run for {Patience.TotalSeconds} s. Its last events:");
        foreach (var happened in world.Trace.LastEvents())
        {
            terminal.Error.WriteLine($"  {happened}");
        }

        Environment.Exit((int)ExitCode.HarnessFailed);
    });
}
