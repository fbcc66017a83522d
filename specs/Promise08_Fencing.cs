using FsCheck;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Specs;

/// <summary>A stale member's blocks and a superseded client's writes are refused.</summary>
public sealed class Promise08_Fencing
{
    [Promise(40)]
    public Property Whatever_a_replaced_client_goes_on_to_do_is_refused_or_without_effect() =>
        Spec.Holds(Profile.Quick.WithFaults("takeover"));

    [Promise(25)]
    public Property So_it_is_if_servers_and_clients_crash_meanwhile() =>
        Spec.Holds(Profile.Quick.WithFaults("takeover", "crash-client", "crash", "partition"));

    [Promise(25)]
    public Property And_if_its_messages_come_late() =>
        Spec.Holds(Profile.Quick.WithFaults("takeover", "clog", "reorder", "duplicate", "pause"));

    [Promise(15)]
    public Property So_it_is_where_any_number_of_servers_may_be_away() =>
        Spec.Holds(Profile.Liveness.WithFaults("takeover", "crash", "partition", "clog"));

    [Promise(25)]
    public Property What_a_server_missed_while_it_was_away_is_never_served() =>
        Spec.Holds(Profile.Quick.WithFaults("crash", "pause", "partition", "crash-client"));

    /// <summary>The opposite: a client that was not replaced is refused nothing, however late it comes.</summary>
    [Fact]
    public void A_client_that_was_only_away_goes_on_as_before()
    {
        RunResult result = Story.Run(
            """
            - create: /f
            - { write: /f, length: 64KiB, think: 30m }
            - { fsync: /f, think: 30m, expect: OK }
            - { read: /f, think: 30m, expect: OK }
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(0, Counter.Named("late-refusals").Read(result.Statistics));
    }
}
