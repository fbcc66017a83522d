using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Tests.Running;

/// <summary>What the parts of a scenario are for: setup, story, what is verified once all has healed.</summary>
public sealed class ScenarioPartsTests
{
    [Fact]
    public void What_is_verified_is_so_when_all_faults_have_ended_and_every_member_is_in_sync()
    {
        RunResult result = Story.Tell("""
            setup: [create: /f, { write: /f, length: 64KiB }, fsync: /f]
            steps:
              - { crash: 1, for: 60m }
              - { write: /f, length: 64KiB, fill: 2 }
              - { fsync: /f }
              - check: refilled-rows exactly 0
            verify:
              - { await: every server is in-sync, within: 0 }
              - check: refilled-rows at least 1
              - { check-path: /f, size: 64KiB, fill: 2 }
            """);
        Assert.True(result.Outcome == RunOutcome.Held, $"{(object?)result.Violation ?? result.Failure}");
        Assert.True(result.VirtualTime < TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("setup: [{ read: /f, expect: OK }]\nsteps: [scrub]\nverify: [scrub]", 0)]
    [InlineData("setup: [scrub]\nsteps: [{ read: /f, expect: OK }]\nverify: [scrub]", 1)]
    [InlineData("setup: [scrub]\nsteps: [scrub]\nverify: [scrub, { read: /f, expect: OK }]", 3)]
    [InlineData("setup: [scrub]\nsteps: [scrub]\nverify: [scrub]\nexpect: [heals at least 1]", 3)]
    public void Steps_are_numbered_over_all_parts(string scenario, int step)
    {
        Violation violation = Story.Tell(scenario).Violation!;
        Assert.Equal(Promise.Expectation, violation.Promise);
        Assert.Equal(step, violation.StepIndex);
    }

    [Fact]
    public void All_parts_are_shrunk()
    {
        Step[] steps = [new Create { Path = "/a" }, new Create { Path = "/b" }];
        var scenario = new Scenario { Name = "x", Setup = steps, Steps = steps, Verify = steps };
        static bool Fails(Scenario candidate) =>
            candidate.Setup.Contains(new Create { Path = "/b" }) && candidate.Verify.Contains(new Create { Path = "/a" });

        while (ScenarioShrinker.Shrink(scenario).FirstOrDefault(Fails) is { } smaller)
        {
            scenario = smaller;
        }

        Assert.Equal([new Create { Path = "/b" }], scenario.Setup);
        Assert.Empty(scenario.Steps);
        Assert.Equal([new Create { Path = "/a" }], scenario.Verify);
    }
}
