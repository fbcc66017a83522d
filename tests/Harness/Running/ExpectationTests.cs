using Raid5Verify.Running;
using Raid5Verify.Scenarios;

namespace Raid5Verify.Tests.Running;

/// <summary>What a scenario may expect of its run, and what it may check on the way.</summary>
public sealed class ExpectationTests
{
    private static readonly Violation Lost = new(Promise.NoLoss, "read", "OK", "EIO", 7);

    [Fact]
    public void A_promise_that_is_to_break_and_breaks_is_as_expected() =>
        Assert.Null(Settle(Lost, new Expectation.OfPromise(Promise.NoLoss)));

    [Fact]
    public void Another_promise_that_breaks_is_a_violation_still() =>
        Assert.Equal(Lost, Settle(Lost, new Expectation.OfPromise(Promise.NeverWrong)));

    [Fact]
    public void That_every_promise_held_is_not_what_was_expected()
    {
        Violation violation = Settle(null, new Expectation.OfPromise(Promise.NoLoss))!;
        Assert.Equal((Promise.Expectation, "breaks promise 2", "every promise held"), (violation.Promise, violation.Expected, violation.Actual));
    }

    [Fact]
    public void A_run_is_the_very_one_that_was_expected_or_it_is_not()
    {
        Assert.Null(Settle(null, new Expectation.OfHash(0x12)));
        Violation violation = Settle(null, new Expectation.OfHash(0x13))!;
        Assert.Equal(("hash is 0000000000000013", "hash is 0000000000000012"), (violation.Expected, violation.Actual));
    }

    [Fact]
    public void A_story_about_the_instrument_passes_only_if_the_instrument_complains()
    {
        const string Wrong = "steps: [check: operations at least 1]\n";
        Assert.Equal(RunOutcome.Broken, Story.Tell(Wrong).Outcome);
        Assert.Equal(RunOutcome.Held, Story.Tell($"{Wrong}expect: [breaks expectation]").Outcome);
        Assert.Equal(RunOutcome.Broken, Story.Tell("steps: [scrub]\nexpect: [breaks expectation]").Outcome);
    }

    [Fact]
    public void The_hash_that_a_run_prints_is_the_one_to_expect()
    {
        ulong hash = Story.Tell("steps: [create: /f]").Hash;
        Assert.Equal(RunOutcome.Held, Story.Tell($"steps: [create: /f]\nexpect: [{new Expectation.OfHash(hash)}]").Outcome);
        Assert.Equal(RunOutcome.Broken, Story.Tell($"seed: 2\nsteps: [create: /f]\nexpect: [{new Expectation.OfHash(hash)}]").Outcome);
    }

    [Theory]
    [InlineData("check-path: /f, type: regular, size: 6KiB, mode: 0640, user: 7, group: 8, links: 2, fill: 3")]
    [InlineData("check-path: /f, at: 1000B, length: 2000B, fill: 3")]
    [InlineData("check-path: /d, type: directory, entries: 2")]
    [InlineData("check-path: /s, type: symbolic-link, target: f")]
    public void A_path_that_is_as_it_should_be_passes(string check) => Assert.Null(CheckFiles(check));

    [Theory]
    [InlineData("check-path: /gone", "OK", "ENOENT")]
    [InlineData("check-path: /f, type: directory", "type Directory", "type Regular")]
    [InlineData("check-path: /f, size: 5KiB", "size 5KiB", "size 6KiB")]
    [InlineData("check-path: /f, mode: 0644", "mode 0644", "mode 0640")]
    [InlineData("check-path: /f, user: 8", "user 8", "user 7")]
    [InlineData("check-path: /f, group: 7", "group 7", "group 8")]
    [InlineData("check-path: /f, links: 1", "links 1", "links 2")]
    [InlineData("check-path: /d, entries: 3", "entries 3", "entries 2")]
    [InlineData("check-path: /f, entries: 3", "OK", "ENOTDIR")]
    [InlineData("check-path: /s, target: g", "target g", "target f")]
    [InlineData("check-path: /f, fill: 4", "6144 bytes of fill 4 from byte 0 on", "other bytes from byte 0 on")]
    [InlineData("check-path: /f, at: 6000B, length: 200B, fill: 3", "200 bytes of fill 3 from byte 6000 on", "the end at byte 6144")]
    public void A_path_that_is_not_is_told_with_what_it_is(string check, string expected, string actual)
    {
        Violation violation = CheckFiles(check)!;
        Assert.Equal((Promise.Expectation, expected, actual), (violation.Promise, violation.Expected, violation.Actual));
    }

    /// <summary>A client that dies while it is asked says nothing: so the next one is asked.</summary>
    [Fact]
    public void A_path_is_checked_whoever_dies_meanwhile()
    {
        RunResult result = Story.Tell("""
            setup: [create: /f, { write: /f, length: 64KiB, fill: 3 }, fsync: /f, remount]
            steps:
              - { crash-client: 5ms, when: before client's 2nd receive of read }
              - { check-path: /f, size: 64KiB, fill: 4 }
            expect: [hit crash-client exactly 1]
            """);
        Assert.Equal((Promise.Expectation, "65536 bytes of fill 4 from byte 0 on"), (result.Violation!.Promise, result.Violation.Expected));
        Assert.Equal(1, result.Statistics.Recoveries);
    }

    [Fact]
    public void Counters_begin_anew_for_checks_and_not_for_the_end()
    {
        RunResult result = Story.Tell("""
            steps:
              - create: /f
              - count-from-here
              - check: operations exactly 0
              - { write: /f, length: 64KiB }
              - check: operations exactly 1
            expect: [operations exactly 2]
            """);
        Assert.True(result.Outcome == RunOutcome.Held, $"{result.Violation}");
    }

    [Fact]
    public void The_load_of_a_server_is_what_it_was_asked()
    {
        RunResult result = Story.Tell("""
            setup: [create: /f, { write: /f, length: 320KiB }, fsync: /f, remount]
            steps:
              - count-from-here
              - check: load-spread exactly 1
              - { read: /f }
              - check: block-reads of server 1 at least 15
              - check: block-reads of server 1 at most 25
              - check: block-writes of server 1 exactly 0
              - check: load-spread at most 1.3
            """);
        Assert.True(result.Outcome == RunOutcome.Held, $"{result.Violation}");
    }

    [Fact]
    public void What_does_not_come_in_time_is_not_what_was_expected()
    {
        Violation violation = Story.Tell("steps: [{ await: refilled-rows at least 1, within: 20ms }]").Violation!;
        Assert.Equal(
            (Promise.Expectation, "refilled-rows at least 1 within 20ms", "refilled-rows is 0"), (violation.Promise, violation.Expected, violation.Actual));
    }

    [Theory]
    [InlineData("expect: [hit crash exactly 0]", "hit crash is 1 (2 injected, 1 withheld, 1 missed)")]
    [InlineData("expect: [missed crash at least 2]", "missed crash is 1 (2 injected, 1 hit, 1 withheld)")]
    [InlineData("verify: [count-from-here, check: hit crash at least 1]", "hit crash is 0 (0 injected, 0 withheld, 0 missed)")]
    public void Of_a_fault_that_did_not_do_what_was_expected_is_told_what_became_of_its_kind(string expectation, string actual)
    {
        RunResult result = Story.Tell($$"""
            setup: [create: /f, { write: /f, length: 64KiB }, fsync: /f]
            steps:
              - { crash: 0, for: 400ms }
              - { crash: 0, for: 400ms }
              - { crash: 1, for: 400ms }
              - { write: /f, length: 64KiB }
              - fsync: /f
              - await-in-sync
              - { wait: 1s }
              - { crash: 2, for: 10ms }
            {{expectation}}
            """);
        Assert.Equal((Promise.Expectation, actual), (result.Violation!.Promise, result.Violation.Actual));
    }

    /// <summary>A state that lasts for a few messages only is not slept through.</summary>
    [Fact]
    public void What_is_so_for_a_moment_only_is_waited_for_too()
    {
        RunResult result = Story.Tell("""
            setup: [create: /f, fsync: /f]
            steps:
              - { crash-client: 10ms }
              - { await: client is opening, within: 100ms }
              - { await: client is recovering, within: 100ms }
              - { await: client is ready, within: 100ms }
            """);
        Assert.True(result.Outcome == RunOutcome.Held, $"{result.Violation}");
    }

    private static Violation? CheckFiles(string check) => Story.Tell($$"""
        steps:
          - { create: /f, mode: 0640, user: 7, group: 8 }
          - { write: /f, length: 6KiB, fill: 3 }
          - { mkdir: /d }
          - { link: /f, to: /d/a }
          - { mkdir: /d/b }
          - { symlink: /s, target: f }
          - { {{check}} }
        """).Violation;

    private static Violation? Settle(Violation? broken, Expectation expected) =>
        ScenarioRunner.Settle(new Scenario { Name = "x", Expect = [expected] }, broken, hash: 0x12, stepIndex: 9);
}
