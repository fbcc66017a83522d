using Raid5Fs.Primitives;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Control;

namespace Raid5Verify.Tests.Running;

/// <summary>Whether what faults have left is enough: over states of members, and over runs that do not get what they demand.</summary>
public sealed class RecoverabilityTests
{
    private static readonly Epoch Fifth = Epoch.Of(2, 5);
    private static readonly Epoch Sixth = Epoch.Of(2, 6);

    [Fact]
    public void One_member_that_is_behind_leaves_enough() => Judged(
        WhatIsLeft.Enough,
        "servers 0, 1, 2 hold all up to 2.5, nothing was in flight, and no row has a second bad unit",
        Member(), Member(), Member(), Behind());

    [Fact]
    public void Two_members_that_faults_hold_are_too_many() => Judged(
        WhatIsLeft.TooLittle,
        "server 1 is lost to 'pause', server 3 is lost to 'crash'",
        Member(), Member() with { LostTo = "'pause'" }, Member(), Member() with { LostTo = "'crash'" });

    [Fact]
    public void One_that_is_blank_beside_one_that_is_behind_is_too_much() => Judged(
        WhatIsLeft.TooLittle,
        "of 2.5, the last that is decided, all is on servers 0, 2 only: server 1 is blank",
        Member(), Blank(), Member(), Behind());

    [Fact]
    public void Two_that_are_behind_though_nothing_was_taken_from_them_are_the_systems_own_doing() => Judged(
        WhatIsLeft.Squandered,
        "of 2.5, the last that is decided, all is on servers 0, 1 only, and no fault has taken it from servers 2, 3",
        Member(), Member(), Behind(), Behind());

    [Fact]
    public void An_epoch_in_flight_that_all_but_one_hold_counts() => Judged(
        WhatIsLeft.Enough,
        "servers 0, 1, 2 hold all up to 2.6, 2.6 was in flight and is whole on servers 0, 1, 2, and no row has a second bad unit",
        Sealing(), Sealing(), Sealing(), Member());

    [Fact]
    public void An_epoch_in_flight_that_two_lack_is_undone() => Judged(
        WhatIsLeft.Enough,
        "servers 0, 1, 2, 3 hold all up to 2.5, 2.6 was in flight and server 2 lacks it, and no row has a second bad unit",
        Sealing(), Sealing(), Member(), Member());

    [Fact]
    public void An_epoch_in_flight_of_which_nobody_can_tell_is_too_little()
    {
        MemberLeft without = Member() with { Sealed = new SealedEpoch(new Stamp(Sixth, 1), new MemberSet(0b0111)) };
        Judged(
            WhatIsLeft.TooLittle,
            "2.6 was in flight, and nobody is left who can tell whether it was acknowledged; server 2 is lost to 'crash'",
            without, without, without with { LostTo = "'crash'" }, Member());
    }

    [Fact]
    public void Damage_to_two_blocks_of_a_row_is_too_much_and_to_two_rows_is_not()
    {
        MemberLeft third = Member() with { DamagedRows = [3] };
        Judged(WhatIsLeft.TooLittle, "row 3 is damaged on servers 1 and 2", Member(), third, third, Member());
        Judged(
            WhatIsLeft.Enough,
            "servers 0, 1, 2, 3 hold all up to 2.5, nothing was in flight, and no row has a second bad unit",
            Member(), third, Member() with { DamagedRows = [4] }, Member());
    }

    [Fact]
    public void Damage_beside_a_member_that_is_behind_is_too_much_and_on_that_one_it_is_not()
    {
        Judged(
            WhatIsLeft.TooLittle,
            "row 3 is damaged on server 1, and server 3 is bad in all rows",
            Member(), Member() with { DamagedRows = [3] }, Member(), Behind());
        Judged(
            WhatIsLeft.Enough,
            "servers 0, 1, 2 hold all up to 2.5, nothing was in flight, and no row has a second bad unit",
            Member(), Member(), Member(), Behind() with { DamagedRows = [3] });
    }

    [Fact]
    public void A_run_that_had_no_time_shows_that_all_could_be_had()
    {
        Violation violation = Story.Run(
            """
            - create: /f
            - { crash: 0, for: 2s }
            - { write: /f, length: 64KiB, think: 400ms }
            - fsync: /f
            - heal
            - await-in-sync: 1ms
            """,
            "liveness").Violation!;
        Assert.Equal(Promise.Convergence, violation.Promise);
        Assert.Matches(@"; it could be had: servers 1, 2, 3, 4 hold all up to 1\.\d+, .*, and no row has a second bad unit$", violation.Actual);
    }

    [Fact]
    public void A_run_whose_faults_do_not_end_in_time_blames_them()
    {
        Violation violation = Story.Run(
            """
            - create: /f
            - { crash: 0, for: 60s }
            - { write: /f, length: 64KiB, think: 400ms }
            - await-in-sync: 1s
            """,
            "liveness").Violation!;
        Assert.Equal(Promise.Budget, violation.Promise);
        Assert.StartsWith("the faults left too little: '{crash: 0, for: 1m}' lasts; so promise 10", violation.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_whose_faults_take_two_members_for_good_blames_them()
    {
        Violation violation = Story.Run(
            """
            - create: /f
            - { write: /f, length: 64KiB }
            - fsync: /f
            - { replace: 0, for: 1ms }
            - { replace: 1, for: 1ms }
            """,
            "liveness").Violation!;
        Assert.Equal(Promise.Budget, violation.Promise);
        Assert.Contains("server 0 is blank, server 1 is blank", violation.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void The_faults_of_drawn_runs_leave_enough_when_they_end()
    {
        for (ulong seed = 1; seed <= 40; seed++)
        {
            Scenario scenario = ScenarioGenerator.ForSeed(seed, Profile.Liveness);
            Recoverability? seen = null;
            ScenarioRunner.Run(scenario with { Steps = [.. scenario.Steps, new Heal(), new Look(left => seen = left)] });
            Assert.True(seen?.Verdict == WhatIsLeft.Enough, $"seed {seed}: {seen}");
        }
    }

    private static void Judged(WhatIsLeft verdict, string reason, params MemberLeft[] members) =>
        Assert.Equal(new Recoverability(verdict, reason), Recoverability.Of(members));

    /// <summary>One that holds all.</summary>
    private static MemberLeft Member() => new(new View(new Stamp(Fifth, 0), Fifth, MemberSet.All(4)), Fifth, Sealed: null);

    /// <summary>One that was not there when the last epoch was committed.</summary>
    private static MemberLeft Behind() => Member() with { Self = Epoch.Of(2, 4) };

    private static MemberLeft Blank() => new(default, default, Sealed: null) { IsBlank = true };

    /// <summary>One that has sealed the next epoch.</summary>
    private static MemberLeft Sealing() => Member() with { Sealed = new SealedEpoch(new Stamp(Sixth, 0), MemberSet.All(4)) };

    /// <summary>Tells what is left when its turn comes.</summary>
    private sealed record Look(Action<Recoverability> Tell) : Step
    {
        internal override Task ApplyAsync(ScenarioRun run)
        {
            Tell(LivenessProof.Of(run));
            return Task.CompletedTask;
        }
    }
}
