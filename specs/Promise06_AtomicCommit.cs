using FsCheck;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Simulation;

namespace Raid5Verify.Specs;

/// <summary>
/// After any crash of anything, the file system is at the state after a prefix of a linearization of the operations, at or
/// after the last acknowledged fsync.
/// </summary>
public sealed class Promise06_AtomicCommit
{
    [Promise(40)]
    public Property A_crash_of_the_client_leaves_a_state_that_there_was() =>
        Spec.Holds(Profile.Quick.WithFaults("crash-client"));

    [Promise(25)]
    public Property So_it_does_while_servers_crash_stand_still_and_come_back() =>
        Spec.Holds(Profile.Quick.WithFaults("crash-client", "crash", "pause", "clog"));

    [Promise(25)]
    public Property And_while_messages_are_lost_doubled_and_overtaken() => Spec.Holds(Profile.Quick.WithFaults(
        "crash-client", "lose-requests", "lose-replies", "duplicate", "reorder", "disconnect"));

    [Promise(15)]
    public Property So_it_does_beyond_the_budget_as_far_as_it_can_be_read() => Spec.Holds(Profile.Beyond);

    /// <summary>Every moment of a commit, one run each.</summary>
    [Promise(25)]
    public Property At_whatever_moment_of_a_commit_it_dies() => Spec.ForAllSeeds(seed =>
    {
        TimeSpan after = new Dice(seed, "moment").Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(4));
        RunResult result = Story.Run(
            $"""
            - create: /f
            - write: /f
              length: 64KiB
              fill: 1
            - fsync: /f
            - write: /f
              length: 64KiB
              fill: 2
            - create: /g
            - crash-client: 5ms
              after: {(long)after.TotalMicroseconds}us
            - fsync: /f
            """,
            seed);
        Assert.True(result.Outcome == RunOutcome.Held, $"{(object?)result.Violation ?? result.Failure}");
    });

    [Fact]
    public void What_was_synced_survives()
    {
        RunResult result = Story.Run(
            """
            - create: /f
            - { write: /f, length: 64KiB }
            - fsync: /f
            - crash-client: 10ms
            - { read: /f, expect: OK }
            - check: undone-operations exactly 0
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
    }

    /// <summary>The opposite: nobody promised to keep what was not synced.</summary>
    [Fact]
    public void What_was_not_synced_may_vanish()
    {
        RunResult result = Story.Run(
            """
            - create: /f
            - crash-client: 10ms
            - { read: /f, expect: ENOENT }
            - check: undone-operations exactly 1
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
    }
}
