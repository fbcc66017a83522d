using Raid5Verify.Campaigns;
using Raid5Verify.Coverage;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Simulation;
using Raid5Verify.Tests.Running;

namespace Raid5Verify.Tests.Coverage;

/// <summary>What the states of a run say.</summary>
public sealed class ReachedStatesTests
{
    [Fact]
    public void Every_number_is_a_state_of_its_own() =>
        Assert.Equal(StateSpace.Size, Enumerable.Range(0, StateSpace.Size).Select(StateSpace.At).ToHashSet().Count);

    [Fact]
    public void Where_nothing_goes_wrong_all_rows_are_good_and_every_message_arrives()
    {
        RunResult result = Held("- create: /f\n- { write: /f, length: 64KiB }\n- fsync: /f");

        Assert.NotEqual(0, result.Reached.Count);
        Assert.All(result.Reached.States.Where(static state => state.Method is not ("Inspect" or "Open" or "Join")), state =>
            Assert.Equal(
                (PacketFate.Delivered, MemberCondition.Good, RestOfRow.Good, null),
                (state.Fate, state.Member, state.Others, state.Fault)));
        Assert.Contains("Commit", result.Reached.States.Select(static state => state.Method));
    }

    [Fact]
    public void A_state_names_the_message_the_rows_and_the_fault()
    {
        RunResult result = Held("- create: /f\n- { lose-replies: 2 }\n- { write: /f, length: 64KiB }\n- fsync: /f");

        ReachedState dropped = Assert.Single(result.Reached.States, static state => state.Fate == PacketFate.Dropped);
        Assert.Equal(
            (PacketKind.Reply, MemberCondition.Good, RestOfRow.Good, "lose-replies"),
            (dropped.Packet, dropped.Member, dropped.Others, dropped.Fault));
        Assert.Equal($"{dropped.Method} reply dropped, member good, others good, fault lose-replies", dropped.ToString());
        Assert.DoesNotContain(result.Reached.States, static state => state.Fault is not (null or "lose-replies"));
    }

    [Fact]
    public void A_member_that_is_away_is_behind_when_it_is_back_and_good_when_it_is_refilled()
    {
        RunResult result = Held(
            """
            - create: /f
            - { crash: 1, for: 300ms }
            - { write: /f, length: 64KiB, think: 10ms }
            - fsync: /f
            - await-in-sync: 10s
            - wait: 2s
            - remount
            - { read: /f }
            """);

        HashSet<RestOfRow> others = [.. result.Reached.States.Select(static state => state.Others)];
        Assert.Superset(new HashSet<RestOfRow> { RestOfRow.Good, RestOfRow.OneAway, RestOfRow.OneBehind }, others);
        Assert.Contains(result.Reached.States, static state => state is { Method: "Scan" or "Join" or "Write", Member: MemberCondition.Behind });
        Assert.Contains(result.Reached.States, static state => state is { Method: "Read", Others: RestOfRow.Good, Fault: null });
    }

    [Fact]
    public void A_block_that_is_damaged_shows_in_its_row_until_it_is_mended()
    {
        RunResult result = Held(
            """
            - create: /f
            - { write: /f, length: 64KiB }
            - remount
            - bit-flip: /f at 8KiB
            - { read: /f }
            """);

        Assert.Contains(
            new ReachedState("Read", PacketKind.Request, PacketFate.Delivered, MemberCondition.Damaged, RestOfRow.Good, "bit-flip"),
            result.Reached.States);
        Assert.Contains(result.Reached.States, static state => state is { Method: "Read", Others: RestOfRow.OneDamaged });
    }

    [Fact]
    public void The_same_seed_reaches_the_same_states()
    {
        var scenario = ScenarioGenerator.ForSeed(11, Profile.Default);
        Assert.Equal(ScenarioRunner.Run(scenario).Reached.Numbers, ScenarioRunner.Run(scenario).Reached.Numbers);
    }

    [Fact]
    public void The_number_of_jobs_changes_neither_what_is_reached_nor_which_faults_are_met()
    {
        var options = new CampaignOptions { Profile = Profile.Quick, Seeds = 12, OutFolder = null };
        CampaignSnapshot alone = new Campaign(options with { Jobs = 1 }).Run();
        CampaignSnapshot together = new Campaign(options with { Jobs = 3 }).Run();

        Assert.Equal(alone.Coverage, together.Coverage);
        Assert.Equal(12, alone.Coverage.Runs);
        Assert.InRange(alone.Coverage.States, 100, StateSpace.Size);
        Assert.Equal(alone.FaultsMet, together.FaultsMet);
        Assert.Equal(alone.Statistics.Faults.Where(fault => fault.Hit > 0).Select(fault => fault.Tag), alone.FaultsMet.Where(fault => fault.Seeds > 0).Select(fault => fault.Tag));
    }

    private static RunResult Held(string steps)
    {
        RunResult result = Story.Run(steps);
        Assert.True(result.Outcome == RunOutcome.Held, $"{(object?)result.Violation ?? result.Failure}");
        return result;
    }
}
