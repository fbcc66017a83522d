using Raid5Verify.Campaigns;
using Raid5Verify.Generation;
using Raid5Verify.Guided;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Tests.Guided;

public sealed class GuidedCampaignTests : IDisposable
{
    private static readonly CampaignOptions Small = new() { Profile = Profile.Quick, Seeds = 70, Jobs = 2, OutFolder = null };

    private readonly string _folder = Directory.CreateTempSubdirectory("guided-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_number_of_jobs_changes_nothing_and_another_first_seed_is_another_search()
    {
        GuidedSnapshot alone = new GuidedCampaign(Small with { Jobs = 1 }, corpus: null, kept: []).Run();
        GuidedSnapshot together = new GuidedCampaign(Small with { Jobs = 3 }, corpus: null, kept: []).Run();
        GuidedSnapshot another = new GuidedCampaign(Small with { Jobs = 3, From = 2 }, corpus: null, kept: []).Run();

        Assert.Equal(70, alone.Sums.Passed);
        Assert.InRange(alone.Mutants, 20, 45);
        Assert.Equal(alone.Sums.CombinedHash, together.Sums.CombinedHash);
        Assert.Equal(alone.Sums.Coverage, together.Sums.Coverage);
        Assert.Equal((alone.Mutants, alone.Corpus), (together.Mutants, together.Corpus));
        Assert.NotEqual(alone.Sums.CombinedHash, another.Sums.CombinedHash);
    }

    [Fact]
    public void What_was_kept_is_begun_with_the_next_time()
    {
        GuidedSnapshot first = new GuidedCampaign(Small with { Seeds = 40 }, _folder, kept: []).Run();
        string[] files = Directory.GetFiles(_folder, "*.yaml");
        Assert.Equal(first.Corpus, files.Length);

        IReadOnlyList<Scenario> kept = Corpus.Read(_folder, RunMode.Safety, out string? problem);
        Assert.Null(problem);
        Assert.Equal(files.Length, kept.Count);
        GuidedSnapshot second = new GuidedCampaign(Small with { Seeds = kept.Count }, _folder, kept).Run();

        // What they reached then, they reach again.
        Assert.Equal(0, second.Mutants);
        Assert.Equal(first.Sums.Coverage.States, second.Sums.Coverage.States);
        Assert.Equal(files.Length, Directory.GetFiles(_folder, "*.yaml").Length);
    }

    [Fact]
    public void A_failure_is_kept_and_named_by_its_scenario_file()
    {
        Scenario failing = ScenarioYaml.Read("name: it fails\nsteps:\n- create: /f\n- { unlink: /f, expect: EBUSY }\n", "failing").Scenario!;
        GuidedSnapshot end = new GuidedCampaign(Small with { Seeds = 1, OutFolder = _folder }, corpus: null, kept: [failing]).Run();

        GuidedFailure failure = Assert.Single(end.Failures);
        Assert.Equal((1, 0), (end.Sums.Broken, end.Corpus));
        Assert.Equal("it fails", failure.Name);
        string file = Path.Combine(failure.BundleFolder!, "scenario.yaml");
        Assert.Equal(ReplayCommand.For(file), failure.ReplayCommand);
        RunResult replayed = ScenarioRunner.Run(ScenarioYaml.ReadFile(file).Scenario!);
        Assert.Equal((failure.Result.Hash, failure.Result.Violation), (replayed.Hash, replayed.Violation));
    }

    [Fact]
    public void A_failure_of_a_new_seed_is_named_by_it_as_ever()
    {
        // There is nothing to mutate yet: all runs of the first round are seeds.
        GuidedSnapshot end = new GuidedCampaign(Small with { Seeds = 8 }, corpus: null, kept: []).Run();
        Assert.Equal((0, 8), (end.Mutants, end.Sums.SeedsDone));
        Assert.Equal(new Campaign(Small with { Seeds = 8 }).Run().Coverage, end.Sums.Coverage);
    }

    [Fact]
    public void Time_that_is_up_and_a_cancellation_end_it()
    {
        Assert.Equal(0, new GuidedCampaign(Small with { Time = TimeSpan.Zero }, corpus: null, kept: []).Run().Sums.SeedsDone);
        Assert.Equal(0, new GuidedCampaign(Small, corpus: null, kept: []).Run(new CancellationToken(canceled: true)).Sums.SeedsDone);
    }

    [Fact]
    public void Time_that_is_up_within_a_round_ends_it_there()
    {
        // A round is 32 runs, which take longer by far.
        CampaignOptions soak = Small with { Profile = Profile.Soak, Seeds = null, Jobs = 1, Time = TimeSpan.FromMilliseconds(20) };
        Assert.InRange(new GuidedCampaign(soak, corpus: null, kept: []).Run().Sums.SeedsDone, 0, 31);
    }

    [Fact]
    public void A_file_that_cannot_be_written_ends_it_when_the_round_is_counted()
    {
        // A folder lies where the first seed's file would.
        Directory.CreateDirectory(Path.Combine(_folder, $"{FailureBundle.FolderName(ScenarioGenerator.ForSeed(1, Profile.Quick, null))}.yaml"));
        var campaign = new GuidedCampaign(Small, _folder, kept: []);

        Exception refusal = Assert.ThrowsAny<Exception>(() => campaign.Run());

        Assert.True(refusal is IOException or UnauthorizedAccessException, refusal.ToString());
        Assert.Equal(32, campaign.Snapshot().Sums.SeedsDone);
    }

    [Fact]
    public void A_corpus_that_cannot_be_kept_is_said_at_once()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "in the way");
        Assert.ThrowsAny<IOException>(() => new GuidedCampaign(Small, Path.Combine(file, "corpus"), kept: []).Run());
    }
}
