using Raid5Verify.Tests.Repository;

namespace Raid5Verify.Tests.CommandLine;

/// <summary>The main job, small.</summary>
public sealed class CampaignTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("campaign-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Explore_ends_with_the_sums_of_its_seeds()
    {
        var session = Explore("--seeds", "4");

        Assert.Equal(0, session.ExitCode);
        Assert.EndsWith("4 passed, 0 failed\n", session.Out);
        Assert.Empty(session.Error);
    }

    [Fact]
    public void The_same_seeds_give_the_same_hashes_however_many_run_at_a_time()
    {
        var one = Path.Combine(_folder.FullName, "one");
        var three = Path.Combine(_folder.FullName, "three");

        Explore("--seeds", "6", "--from", "0x10", "--jobs", "1", "--hashes", one);
        Explore("--seeds", "6", "--from", "16", "--jobs", "3", "--hashes", three);

        Assert.Equal(File.ReadAllText(one), File.ReadAllText(three));
        Assert.Equal(["16", "17", "18", "19", "20", "21"], File.ReadAllLines(one).Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void Replay_gives_the_hash_that_explore_gave_and_compares_two_runs()
    {
        var hashes = Path.Combine(_folder.FullName, "hashes");
        Explore("--seeds", "1", "--from", "5", "--hashes", hashes);

        var session = Session.Of("replay", "5", "--profile", "quick", "--twice");

        Assert.Equal(0, session.ExitCode);
        Assert.Contains("two runs, the same ", session.Out);
        Assert.Contains($"seed 5, hash {File.ReadAllText(hashes).Trim().Split(' ')[1]}, ", session.Out);
    }

    [Fact]
    public void A_guided_search_says_what_it_is_made_of_and_keeps_it()
    {
        var corpus = Path.Combine(_folder.FullName, "corpus");

        var session = ExploreGuided("--seeds", "40", "--corpus", corpus);

        Assert.Equal(0, session.ExitCode);
        Assert.Contains("\nstates       ", session.Out);
        Assert.Matches("\nguided       [1-8] runs of mutants; ", session.Out);
        Assert.EndsWith("40 passed, 0 failed\n", session.Out);
        Assert.NotEmpty(Directory.GetFiles(corpus, "*.yaml"));
        Assert.Contains("\"corpus\": ", ExploreGuided("--seeds", "1", "--json").Out);
    }

    [Fact]
    public void What_a_guided_search_finds_is_made_small()
    {
        var corpus = _folder.CreateSubdirectory("corpus").FullName;
        File.WriteAllText(Path.Combine(corpus, "fails.yaml"), "name: it fails\nsteps:\n- create: /f\n- create: /g\n- { unlink: /f, expect: EBUSY }\n");

        var session = ExploreGuided("--seeds", "1", "--corpus", corpus, "--shrink", "10m");

        Assert.Equal(1, session.ExitCode);
        Assert.Contains("FAILED it fails\n", session.Out);
        Assert.Contains("  minimal    1 of 3 steps, ", session.Out);
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "it-fails", "minimal.yaml")));
    }

    [Fact]
    public void Explore_says_how_likely_the_next_seed_shows_something_new() => Assert.Matches(
        "\nstates       [0-9,]+ of protocol phase × row state × fault kind; [0-9,]+ of them in one run only, "
        + "so the next one shows a new state with a chance of about [0-9]+ %, [0-9.,]+ on average\n",
        Explore("--seeds", "3").Out);

    [Fact]
    public void A_ledger_is_written_when_all_seeds_have_ended()
    {
        var ledger = Path.Combine(_folder.FullName, "ledger.md");

        Assert.Equal(0, Explore("--seeds", "2", "--ledger", ledger).ExitCode);

        Assert.StartsWith("# Conformance ledger\n", File.ReadAllText(ledger));
        Assert.Contains("in 2 seeds of profile quick", File.ReadAllText(ledger));
    }

    [Fact]
    public void A_trace_holds_an_event_a_line()
    {
        var trace = Path.Combine(_folder.FullName, "trace.jsonl");

        Session.Of("replay", "5", "--profile", "quick", "--trace", trace);

        Assert.All(File.ReadLines(trace).Take(10), line => Assert.StartsWith("""{"seq":""", line));
    }

    [Fact]
    public void Every_floor_of_the_pipeline_is_a_figure_that_explore_prints()
    {
        var figures = Explore("--seeds", "1", "--json").Out;

        var names = SourceTree.Lines(".ci/floors").Where(line => !line.StartsWith('#')).Select(line => line.Split(' ')[0]);
        Assert.All(names, name => Assert.Contains($"\"{name}\": ", figures));
    }

    private Session ExploreGuided(params string[] options) =>
        Session.Of(["explore", "--guided", "--profile", "quick", "--no-db", "--out", _folder.FullName, .. options]);

    private Session Explore(params string[] options) =>
        Session.Of(["explore", "--profile", "quick", "--no-db", "--out", _folder.FullName, .. options]);
}
