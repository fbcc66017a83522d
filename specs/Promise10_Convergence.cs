using FsCheck;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios.Control;

namespace Raid5Verify.Specs;

/// <summary>
/// When faults end, everything pending completes within a bounded virtual time; after a scrub every row XORs to zero, and
/// a second scrub finds nothing.
/// </summary>
public sealed class Promise10_Convergence
{
    /// <summary>The closing checks of every run are this promise; here the bound is 5 seconds instead of a minute.</summary>
    [Promise(30)]
    public Property Five_seconds_after_the_last_fault_every_member_is_in_sync() => Spec.Holds(
        Profile.Quick.WithFaults("crash", "pause", "partition", "clog", "lose-requests"),
        scenario => scenario with
        {
            Steps = [.. scenario.Steps, new Heal(), new AwaitInSync { Within = TimeSpan.FromSeconds(5) }],
        });

    [Promise(15)]
    public Property However_many_servers_were_away_all_comes_good() => Spec.Holds(Profile.Liveness);

    /// <summary>The opposite: while a fault lasts, nobody claims that all is well.</summary>
    [Fact]
    public void While_a_server_is_down_and_missed_no_member_count_is_complete()
    {
        var reading = Raid5Verify.Scenarios.Yaml.ScenarioYaml.Read(
            """
            name: the server stays down
            steps:
              - create: /f
              - { write: /f, length: 64KiB }
              - { crash: 0, for: 1m }
              - fsync: /f
              - await-in-sync: 5s
            """,
            "spec");
        RunResult result = ScenarioRunner.Run(reading.Scenario!);
        Assert.Equal(Promise.Convergence, result.Violation?.Promise);
        Assert.Contains("server 0 is down and Away", result.Violation!.Actual, StringComparison.Ordinal);
    }
}
