using Raid5Verify.Running;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Tests.Running;

/// <summary>A run whose client dies or is replaced goes on with the next one, and knows what that may find.</summary>
public sealed class ClientFaultTests
{
    [Fact]
    public void What_was_not_committed_is_gone_and_the_reference_goes_on_from_there()
    {
        RunResult result = Story.Run(
            """
            - create: /kept
            - fsync: /kept
            - create: /lost
            - crash-client: 20ms
            - { stat: /kept, expect: OK }
            - { stat: /lost, expect: ENOENT }
            - check: undone-operations exactly 1
            - check: recoveries exactly 1
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
    }

    [Fact]
    public void What_is_old_enough_to_be_committed_unasked_may_stay()
    {
        RunResult result = Story.Run(
            """
            - create: /kept
            - wait: 6s
            - crash-client: 20ms
            - { stat: /kept, expect: OK }
            - check: undone-operations exactly 0
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
    }

    [Fact]
    public void A_client_may_crash_while_it_recovers_and_after_it_has()
    {
        RunResult result = Story.Run(
            """
            - create: /kept
            - fsync: /kept
            - crash-client: 5ms
            - { crash-client: 5ms, after: 7ms, again: 2 }
            - { read: /kept, think: 100ms }
            - check: injected crash-client exactly 2
            - check: recoveries exactly 3
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
    }

    [Fact]
    public void The_client_of_a_takeover_knows_what_was_committed()
    {
        RunResult result = Story.Run(
            """
            - create: /kept
            - fsync: /kept
            - create: /lost
            - { takeover: cut-off, for: 30m }
            - { stat: /kept, expect: OK }
            - { stat: /lost, expect: ENOENT }
            - check: recoveries exactly 1
            - { unlink: /kept, expect: EBUSY }
            """);

        // The story is ended before the old client may act: what becomes of it then is for the specs.
        Assert.Equal(Promise.Expectation, result.Violation?.Promise);
    }

    [Fact]
    public void A_remount_or_a_scrub_that_a_crash_interrupts_is_no_failure()
    {
        RunResult result = Story.Run(
            """
            - { crash-client: 5ms, after: 1ms }
            - remount
            - { stat: /, think: 100ms }
            - { crash-client: 5ms, after: 1ms }
            - scrub
            - { stat: /, think: 100ms }
            - { crash-client: 5ms, after: 1ms }
            - await-in-sync
            - { stat: /, think: 100ms }
            - check: recoveries exactly 3
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
    }

    [Fact]
    public void A_client_that_is_down_cannot_crash()
    {
        RunResult result = Story.Run("- crash-client: 1s\n- crash-client: 1s\n- { takeover: running, for: 1s }");
        Assert.Equal(1, Counter.Named("injected crash-client").Read(result.Statistics));
        Assert.Equal(0, Counter.Named("injected takeover").Read(result.Statistics));
        Assert.Equal(2, result.Statistics.Faults.Sum(count => count.Missed));
    }
}
