using Raid5Fs.Protocol;
using Raid5Verify.Faults;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Tests.Running;

namespace Raid5Verify.Tests.Faults;

/// <summary>A request that arrives late, or twice.</summary>
public sealed class StrayTests
{
    private const string Setup = "- create: /f\n- { write: /f, length: 64KiB }\n- fsync: /f\n- { write: /f, length: 64KiB, fill: 2 }\n";

    [Fact]
    public void Its_calls_are_those_of_the_protocol_that_a_client_keeps_files_with() => Assert.Equal(
        BlockServer.Descriptor.Methods.Select(static method => method.Name).Except(["Counters"]).Order(),
        Enum.GetNames<ProtocolCall>().Order());

    /// <summary>A copy leaves the request alone; where the request itself is late, the client asks again.</summary>
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void A_copy_is_no_loss_and_the_original_is(bool original, long retries)
    {
        RunResult result = Story.Run($"{Setup}- {{ stray: 1, call: prepare, original: {(original ? "true" : "false")}, for: 400ms }}\n- fsync: /f\n- wait: 500ms");
        Assert.True(result.Violation is null, $"{result.Violation}");
        Assert.Equal(1, Counter.Named("hit stray").Read(result.Statistics));
        Assert.Equal(retries, Counter.Named("retries").Read(result.Statistics));
    }

    /// <summary>It is met when it arrives: at the moment that it waits for, or at its end.</summary>
    [Theory]
    [InlineData("after server 1's 1st send of prepare", 1)]
    [InlineData("after server 1's 99th send of prepare", 0)]
    public void It_arrives_at_the_moment_it_waits_for(string moment, int met)
    {
        RunResult result = Story.Run($$"""
            {{Setup}}
            - { stray: 1, call: write, until: {{moment}}, for: 300ms }
            - fsync: /f
            - check: hit stray exactly {{met}}
            - wait: 400ms
            - check: hit stray exactly 1
            """);
        Assert.True(result.Violation is null, $"{result.Violation}");
    }

    [Fact]
    public void A_moment_of_a_server_that_is_not_there_is_refused()
    {
        ScenarioReading reading = ScenarioYaml.Read(
            "name: story\nsteps:\n- { stray: 1, call: write, until: after server 9's 1st send of prepare, for: 3ms }", "story");
        Assert.Contains("there is no server 9", $"{reading.Problem}", StringComparison.Ordinal);
    }
}
