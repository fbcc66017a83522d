using FsCheck;
using Raid5Verify.Campaigns;
using Raid5Verify.Generation;
using Raid5Verify.Simulation;

namespace Raid5Verify.Specs;

/// <summary>The same scenario and seed give the same trace, bit for bit, whatever the number of jobs.</summary>
public sealed class Promise13_Determinism
{
    [Promise(10)]
    public Property A_scenario_run_twice_is_one_run() => Spec.ForAllSeeds(seed =>
    {
        foreach (StrategyKind strategy in Enum.GetValues<StrategyKind>())
        {
            TwiceRun twice = TwiceRun.Run(ScenarioGenerator.ForSeed(seed, Profile.Quick, strategy));
            Assert.True(twice.Agree, twice.Difference);
        }
    });

    /// <summary>The opposite: another seed of the same scenario is another run.</summary>
    [Promise(10)]
    public Property Another_seed_is_another_run() => Spec.ForAllSeeds(seed =>
    {
        var scenario = ScenarioGenerator.ForSeed(seed, Profile.Quick);
        Assert.NotEqual(
            Running.ScenarioRunner.Run(scenario).Hash,
            Running.ScenarioRunner.Run(scenario with { Seed = seed + 1 }).Hash);
    });

    [Fact]
    public void The_number_of_jobs_changes_nothing()
    {
        var options = new CampaignOptions { Profile = Profile.Quick, Seeds = 30, OutFolder = null };
        CampaignSnapshot alone = new Campaign(options with { Jobs = 1 }).Run();
        CampaignSnapshot together = new Campaign(options with { Jobs = 4 }).Run();

        Assert.Equal(alone.CombinedHash, together.CombinedHash);
        Assert.Equal(alone.Statistics.Rpcs, together.Statistics.Rpcs);
        Assert.Equal(alone.VirtualTime, together.VirtualTime);
    }
}
