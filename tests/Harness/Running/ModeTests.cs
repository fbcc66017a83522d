using System.Text;
using Raid5Fs.Primitives;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Tests.Running;

/// <summary>What each mode lets faults do, and what it demands for that.</summary>
public sealed class ModeTests
{
    private const string TwoServersAway =
        """
        - create: /f
        - { write: /f, length: 64KiB }
        - remount
        - { crash: 0, for: 2s }
        - { crash: 1, for: 2s }
        - { read: /f }
        """;

    [Fact]
    public void Within_the_budget_the_second_server_is_spared()
    {
        RunResult result = Story.Run(TwoServersAway);
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(1, Counter.Named("withheld crash").Read(result.Statistics));
        Assert.DoesNotContain(result.Statistics.Answers, pair => pair.Answer == Errno.EIO);
    }

    [Theory]
    [InlineData("beyond")]
    [InlineData("liveness")]
    public void Elsewhere_both_may_go_and_an_operation_may_fail(string mode)
    {
        RunResult result = Story.Run(TwoServersAway, mode);
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(2, Counter.Named("injected crash").Read(result.Statistics));
        Assert.Contains((Errno.EIO, 1L), result.Statistics.Answers);
    }

    [Theory]
    [InlineData("safety", 1)]
    [InlineData("liveness", 1)]
    [InlineData("beyond", 0)]
    public void Only_beyond_the_budget_blocks_are_lost(string mode, long withheld)
    {
        RunResult result = Story.Run(
            "- create: /f\n- { write: /f, length: 256KiB, fill: 1 }\n- fsync: /f\n- bit-flip: server 0 row 3\n- bit-flip: server 1 row 3",
            mode);
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(withheld, Counter.Named("withheld bit-flip").Read(result.Statistics));
    }

    [Theory]
    [InlineData("safety")]
    [InlineData("liveness")]
    public void A_client_that_may_leave_a_server_behind_does_not_crash_beside_a_damaged_block(string mode)
    {
        RunResult result = Story.Run("- bit-flip: server 0 row 3\n- crash-client: 10ms\n- scrub\n- wait: 50ms\n- crash-client: 10ms", mode);
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(1, Counter.Named("withheld crash-client").Read(result.Statistics));
        Assert.Equal(1, Counter.Named("injected crash-client").Read(result.Statistics));
    }

    [Fact]
    public void While_a_client_opens_the_array_no_server_that_it_counts_on_goes()
    {
        RunResult result = Story.Run(
            """
            - crash-client: 10ms
            - { crash: 0, for: 10ms, after: 5ms }
            - { crash: 1, for: 10ms, after: 10500us }
            - wait: 500ms
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(1, Counter.Named("injected crash").Read(result.Statistics));
        Assert.Equal(1, Counter.Named("withheld crash").Read(result.Statistics));
    }

    [Fact]
    public void A_scenario_file_says_its_mode_unless_it_is_the_ordinary_one()
    {
        foreach (Profile profile in Profile.All)
        {
            Scenario drawn = ScenarioGenerator.ForSeed(3, profile);
            string options = ScenarioYaml.Write(drawn with { Steps = [] });
            Assert.Equal(drawn.Options.Mode != RunMode.Safety, options.Contains("mode: ", StringComparison.Ordinal));
            Assert.Equal(drawn, ScenarioYaml.Read(ScenarioYaml.Write(drawn), "drawn").Scenario);
        }
    }

    [Fact]
    public void What_is_read_must_be_right_in_every_mode()
    {
        var right = Bytes("abcd");
        Assert.All(Enum.GetValues<RunMode>(), mode => Assert.False(Mode.Of(mode).Allows(right, Bytes("abxd"))));
        Assert.All(Enum.GetValues<RunMode>(), mode => Assert.False(Mode.Of(mode).Allows(right, Bytes("abcde"))));
        Assert.False(Mode.Of(RunMode.Safety).Allows(right, Bytes("ab")));
        Assert.True(Mode.Of(RunMode.Beyond).Allows(right, Bytes("ab")));
    }

    private static Answer Bytes(string bytes) =>
        Answer.Of((Result<byte[]>)Encoding.ASCII.GetBytes(bytes));
}
