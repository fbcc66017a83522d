namespace Raid5Verify.Tests.CommandLine;

/// <summary>From a scenario that fails to a bundle, and from the bundle to the failure again.</summary>
public sealed class ShrinkTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shrink-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_is_shrunk_to_a_bundle_that_replays()
    {
        var file = File("""
            name: too many
            steps:
              - create: /a
              - { create: /b, think: 3ms }
              - { rmdir: /b, expect: EBUSY }
              - create: /c
            """);

        var session = Session.Of("shrink", file, "--time", "5m", "--jobs", "1", "--out", _folder.FullName);

        Assert.Equal(1, session.ExitCode);
        Assert.Empty(session.Error);
        Assert.Contains("1 of 4 steps, of which none can be taken away", session.Out);
        Assert.Contains("expect: EBUSY", session.Out);
        Assert.Contains("No fault: the scenario has none.", session.Out);

        var bundle = Path.Combine(_folder.FullName, "too-many");
        var replay = Session.Of("replay", bundle);
        Assert.Equal(1, replay.ExitCode);
        Assert.Contains("FAILED too many, minimal", replay.Out);
        Assert.Contains("the minimal run of the bundle, the same ", replay.Out);

        var original = Session.Of("replay", bundle, "--original", "--story");
        Assert.Contains("the original run of the bundle, the same ", original.Out);
        Assert.Contains("step 2: {rmdir: /b", original.Out);
        Assert.Contains("What there is then:", original.Out);

        var again = Session.Of("shrink", bundle, "--time", "5m", "--jobs", "1");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("1 of 4 steps", again.Out);

        var about = System.IO.File.ReadAllText(Path.Combine(bundle, "about.txt"));
        Assert.Equal(1, Session.Of("shrink", bundle, "--time", "1s").ExitCode);
        Assert.Equal(about, System.IO.File.ReadAllText(Path.Combine(bundle, "about.txt")));
        Assert.Contains("1 of 4 steps, of which none can be taken away", about);
    }

    [Fact]
    public void What_holds_is_not_shrunk()
    {
        var session = Session.Of("shrink", "1", "--profile", "quick", "--out", _folder.FullName);

        Assert.Equal(2, session.ExitCode);
        Assert.Equal("raid5verify: seed 1, profile quick: every promise holds, there is nothing to shrink\n", session.Error);
    }

    [Fact]
    public void A_bundle_that_is_not_the_recorded_run_is_named_with_the_event()
    {
        Session.Of("shrink", File("name: odd\nsteps:\n  - { stat: /a, expect: OK }\n"), "--jobs", "1", "--time", "5m", "--out", _folder.FullName);
        var bundle = Path.Combine(_folder.FullName, "odd");
        System.IO.File.AppendAllText(Path.Combine(bundle, "minimal.trace.jsonl"), "{}\n");

        var refused = Session.Of("replay", bundle);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("minimal.trace.jsonl is not what was written", refused.Error);

        var forced = Session.Of("replay", bundle, "--anyway");
        Assert.Equal(1, forced.ExitCode);
        Assert.Contains("not the minimal run of the bundle: the runs part at event ", forced.Out);
    }

    [Fact]
    public void Run_tells_the_story_too()
    {
        var session = Session.Of("run", File("name: told\nsteps:\n  - create: /a\n"), "--story");

        Assert.Equal(0, session.ExitCode);
        Assert.Contains("step 0: {create: /a}", session.Out);
        Assert.EndsWith("1 passed, 0 failed\n", session.Out);
    }

    private string File(string yaml)
    {
        var file = Path.Combine(_folder.FullName, "scenario.yaml");
        System.IO.File.WriteAllText(file, yaml);
        return file;
    }
}
