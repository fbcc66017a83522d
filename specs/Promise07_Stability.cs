using FsCheck;
using Raid5Verify.Faults;
using Raid5Verify.Generation;
using Raid5Verify.Running;

namespace Raid5Verify.Specs;

/// <summary>
/// What a recovery decided, no later recovery undoes: once a read after it returned a value, no later read goes back.
/// </summary>
public sealed class Promise07_Stability
{
    [Promise(25)]
    public Property Recovered_again_and_again_it_is_the_same() => Spec.Holds(
        Profile.Quick.WithFaults("crash-client"),
        scenario => scenario with
        {
            Steps = [.. scenario.Steps.Select(step => step is CrashClient crash ? crash with { Again = 3 } : step)],
        });

    [Promise(25)]
    public Property So_it_is_if_another_server_is_away_each_time() => Spec.Holds(
        Profile.Quick.WithFaults("crash-client", "crash", "partition"),
        scenario => scenario with
        {
            Steps = [.. scenario.Steps.Select(step => step is CrashClient crash ? crash with { Again = 2 } : step)],
        });

    /// <summary>The opposite: what was done after a recovery, and not synced, may go with the next crash.</summary>
    [Fact]
    public void What_came_after_the_recovery_may_go()
    {
        RunResult result = Story.Run(
            """
            - create: /f
            - fsync: /f
            - crash-client: 5ms
            - create: /g
            - crash-client: 5ms
            - { stat: /f, expect: OK }
            - { stat: /g, expect: ENOENT }
            - check: undone-operations exactly 1
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
    }
}
