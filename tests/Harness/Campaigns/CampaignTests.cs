using Raid5Verify.Campaigns;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;
using Raid5Verify.Tests.Running;

namespace Raid5Verify.Tests.Campaigns;

public sealed class CampaignTests
{
    private static readonly CampaignOptions Small = new() { Profile = Profile.Quick, Seeds = 6, Jobs = 2, OutFolder = null };

    [Fact]
    public void A_campaign_is_the_sum_of_its_seeds_in_their_order()
    {
        List<SeedRecord> seeds = [];
        CampaignSnapshot end = new Campaign(Small with { From = 40, OnSeed = seeds.Add }).Run();

        Assert.Equal(6, end.SeedsDone);
        Assert.Equal(6, end.Passed);
        Assert.Equal(
            Enumerable.Range(40, 6).Select(seed => ScenarioRunner.Run(ScenarioGenerator.ForSeed((ulong)seed, Profile.Quick)).Hash),
            seeds.OrderBy(pair => pair.Seed).Select(pair => pair.Hash));
        Assert.True(end.Statistics.Operations >= 6 * 20);
    }

    [Fact]
    public void Another_range_of_seeds_is_another_combined_hash() =>
        Assert.NotEqual(new Campaign(Small).Run().CombinedHash, new Campaign(Small with { From = 2 }).Run().CombinedHash);

    [Fact]
    public void The_shards_of_a_campaign_add_up_to_it()
    {
        CampaignSnapshot whole = new Campaign(Small).Run();
        CampaignSnapshot one = new Campaign(Small with { Shard = new Shard(1, 2) }).Run();
        CampaignSnapshot two = new Campaign(Small with { Shard = new Shard(2, 2) }).Run();

        Assert.Equal(whole.SeedsDone, one.SeedsDone + two.SeedsDone);
        Assert.Equal(whole.HashSum, unchecked(one.HashSum + two.HashSum));
        Assert.NotEqual(one.CombinedHash, two.CombinedHash);
    }

    [Fact]
    public void What_is_known_to_fail_runs_first_and_is_counted()
    {
        List<ulong> order = [];
        CampaignSnapshot end = new Campaign(Small with { Jobs = 1, KnownToFail = [5, 77], OnSeed = seed => order.Add(seed.Seed) }).Run();

        Assert.Equal([5UL, 77, 1, 2, 3, 4, 6], order);
        Assert.Equal((2, 0), (end.KnownToFail, end.KnownThatFailed));
        Assert.Equal(new Campaign(Small).Run().CombinedHash, end.CombinedHash);
    }

    [Fact]
    public void Time_that_is_up_and_a_cancellation_end_a_campaign_between_seeds()
    {
        Assert.Equal(0, new Campaign(Small with { Time = TimeSpan.Zero }).Run().SeedsDone);
        Assert.Equal(0, new Campaign(Small with { Seeds = null }).Run(new CancellationToken(canceled: true)).SeedsDone);
    }

    [Fact]
    public void The_strategies_take_turns_unless_one_is_chosen()
    {
        int kinds = Enum.GetValues<StrategyKind>().Length;
        Assert.Equal(
            kinds, Enumerable.Range(1, kinds).Select(seed => ScenarioGenerator.ForSeed((ulong)seed, Profile.Quick).Options.Strategy).Distinct().Count());
        Assert.Equal(StrategyKind.Fifo, ScenarioGenerator.ForSeed(5, Profile.Quick, StrategyKind.Fifo).Options.Strategy);
        Assert.Equal("seed 5, profile quick", ScenarioGenerator.ForSeed(5, Profile.Quick).Name);
        Assert.Equal("seed 5, profile quick, strategy fifo", ScenarioGenerator.ForSeed(5, Profile.Quick, StrategyKind.Fifo).Name);
    }

    [Fact]
    public void The_depth_of_pct_is_drawn_and_its_horizon_is_about_the_length_of_the_run()
    {
        List<Scenario> drawn = [.. Enumerable.Range(1, 60).Select(seed => ScenarioGenerator.ForSeed((ulong)seed, Profile.Quick, StrategyKind.Pct))];
        Assert.Equal([1, 2, 3, 4, 5], drawn.Select(scenario => scenario.Options.PctChanges).Distinct().Order());
        double[] shares = [.. drawn.Take(10).Select(scenario => (double)ScenarioRunner.Run(scenario).Steps / scenario.Options.PctHorizon)];
        Assert.InRange(shares.Average(), 0.5, 2);
        Assert.Equal(new ScenarioOptions { Network = drawn[0].Options.Network }, ScenarioGenerator.ForSeed(1, Profile.Quick, StrategyKind.Uniform).Options);
    }

    [Fact]
    public void A_replay_command_names_all_that_decides_the_run()
    {
        Assert.EndsWith("-- replay 17 --profile quick", ReplayCommand.For(17, Profile.Quick), StringComparison.Ordinal);
        Assert.EndsWith("--strategy pct", ReplayCommand.For(17, Profile.Quick, StrategyKind.Pct), StringComparison.Ordinal);
        Assert.EndsWith("--strategy clog-hosts", ReplayCommand.For(17, Profile.Quick, StrategyKind.ClogHosts), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bundle_holds_a_scenario_that_fails_the_same_way_and_its_whole_trace()
    {
        string folder = Directory.CreateTempSubdirectory("raid5verify-").FullName;
        try
        {
            RunResult failed = Story.Run("- create: /f\n- { unlink: /f, expect: EBUSY }");

            string bundle = FailureBundle.Write(folder, failed, "replay it so");

            Scenario saved = ScenarioYaml.ReadFile(Path.Combine(bundle, "scenario.yaml")).Scenario!;
            RunResult replayed = ScenarioRunner.Run(saved);
            Assert.Equal(failed.Hash, replayed.Hash);
            Assert.Equal(failed.Violation, replayed.Violation);
            Assert.Equal(failed.Events, File.ReadLines(Path.Combine(bundle, "trace.jsonl")).LongCount());
            string about = File.ReadAllText(Path.Combine(bundle, "about.txt"));
            Assert.Contains("replay it so", about, StringComparison.Ordinal);
            Assert.Contains("The traced run is the same run.", about, StringComparison.Ordinal);
            Assert.Contains("expected: EBUSY", about, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_run_twice_agrees_with_itself()
    {
        TwiceRun twice = TwiceRun.Run(ScenarioGenerator.ForSeed(3, Profile.Quick));
        Assert.True(twice.Agree);
        Assert.Null(twice.Difference);
    }
}
