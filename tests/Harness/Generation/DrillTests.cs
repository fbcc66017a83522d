using Raid5Verify.Faults;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Control;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Tests.Generation;

/// <summary>Faults aimed at a commit.</summary>
public sealed class DrillTests
{
    private static readonly Scenario[] Drawn = [.. Enumerable.Range(1, 100).Select(static seed => Draw((ulong)seed, RunMode.Safety))];

    [Fact]
    public void Every_drill_commits_and_aims() => Assert.All(Drawn, static drill =>
    {
        Assert.Contains(drill.Steps, static step => step is Fsync);
        Assert.Contains(drill.Steps, static step => step is Fault);
    });

    [Fact]
    public void All_that_it_draws_can_be_written_down_and_read_again() => Assert.All(
        Drawn, static drill => Assert.Equal(drill.Steps, ScenarioYaml.Read(ScenarioYaml.Write(drill), "drill").Scenario!.Steps));

    /// <summary>Without a wait for it, where nobody says that the array ever comes good.</summary>
    [Fact]
    public void What_was_broken_is_waited_for_where_it_comes_good()
    {
        Assert.Contains(Drawn, static drill => drill.Steps.Any(static step => step is AwaitInSync));
        Assert.All(
            Enumerable.Range(1, 50).Select(static seed => Draw((ulong)seed, RunMode.Beyond)),
            static drill => Assert.DoesNotContain(drill.Steps, static step => step is AwaitInSync));
    }

    [Theory]
    [InlineData("crash-client")]
    [InlineData("takeover")]
    [InlineData("crash")]
    [InlineData("replace")]
    [InlineData("stray")]
    [InlineData("lose-requests")]
    public void Each_of_its_faults_is_within_the_budget_in_some(string tag)
    {
        string counter = $"hit {tag}";
        Assert.Contains(Drawn, drill =>
        {
            RunResult result = ScenarioRunner.Run(drill);
            Assert.True(result.Outcome == RunOutcome.Held, $"{(object?)result.Violation ?? result.Failure}");
            return Counter.Named(counter).Read(result.Statistics) > 0;
        });
    }

    /// <summary>Some of the default profile are of another mode, and none of those that ask for one's own faults or cluster.</summary>
    [Fact]
    public void One_seed_in_six_of_the_default_profile_is_one_of_liveness()
    {
        Assert.InRange(Modes(Profile.Default).Count(static mode => mode == RunMode.Liveness), 20, 50);
        Assert.DoesNotContain(RunMode.Liveness, Modes(Profile.Default.WithFaults("crash")));
        Assert.DoesNotContain(RunMode.Liveness, Modes(Profile.Quick));
    }

    private static IEnumerable<RunMode> Modes(Profile profile) =>
        Enumerable.Range(1, 200).Select(seed => ScenarioGenerator.ForSeed((ulong)seed, profile).Options.Mode);

    private static Scenario Draw(ulong seed, RunMode mode)
    {
        var cluster = new ClusterShape { Rows = 64 };
        var draft = new Draft(new Dice(seed, "drill"), cluster, Workload.Ordinary, mode);
        List<Step> steps = [new Create { Path = "/a" }];
        draft.Follow(steps[0]);
        foreach (Step step in Drill.Draw(draft, mode))
        {
            steps.Add(step);
            draft.Follow(step);
        }

        return new Scenario { Name = "drill", Cluster = cluster, Seed = seed, Options = new ScenarioOptions { Mode = mode }, Steps = steps };
    }
}
