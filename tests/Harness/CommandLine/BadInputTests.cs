namespace Raid5Verify.Tests.CommandLine;

/// <summary>Bad input gets one line that says what is wrong and what would be right, and exit code 2.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("explor", "unknown verb 'explor'; there are explore, failures, replay, shrink, run, schema, certify, mutants, bench")]
    [InlineData("explore --sedes 3", "unknown option '--sedes' for explore")]
    [InlineData("explore --seeds", "--seeds")]
    [InlineData("explore --seeds 0", "--seeds '0': a whole number from 1 is wanted")]
    [InlineData("explore --from 12x", "--from '12x': a seed is a 64-bit number, decimal or 0x hex")]
    [InlineData("explore --from 18446744073709551616", "a seed is a 64-bit number")]
    [InlineData("explore --from -1", "a seed is a 64-bit number")]
    [InlineData("explore --time 5", "--time '5': a span such as 90s, 5m or 2h is wanted")]
    [InlineData("explore --time 999999999h", "--time '999999999h': a span such as 90s, 5m or 2h is wanted")]
    [InlineData("explore --jobs none", "--jobs 'none': a whole number from 1 to 1024 is wanted")]
    [InlineData("explore --profile defualt", "unknown profile 'defualt'; there are quick, default")]
    [InlineData("explore --strategy random", "unknown strategy 'random'; there are uniform, pct, fifo")]
    [InlineData("explore 17", "explore does not know what to do with '17'")]
    [InlineData("replay", "Required argument missing")]
    [InlineData("replay 17seeds", "'17seeds' is neither a seed (a 64-bit number, decimal or 0x hex) nor a file or failure bundle")]
    [InlineData("replay no-such-file.yaml", "'no-such-file.yaml' is neither a seed")]
    [InlineData("replay 17 --original --profile qick", "unknown profile 'qick'")]
    [InlineData("replay 17 --original", "--original and --anyway are for failure bundles")]
    [InlineData("replay 17 --no-db --anyway", "--original and --anyway are for failure bundles")]
    [InlineData("replay --point n3/Wa.C/none/client:4 --original", "a point needs nothing beside it")]
    [InlineData("replay --point n3/Wa.C/none/client:4 --no-db", "a point needs nothing beside it")]
    [InlineData("replay 17 --db no-such-file.db", "--db: there is no no-such-file.db: explore writes it")]
    [InlineData("replay .", ". is no failure bundle: there is no bundle.json in it")]
    [InlineData("shrink", "Required argument missing for command: 'shrink': a seed, a scenario file, or a failure bundle")]
    [InlineData("shrink 17seeds", "'17seeds' is neither a seed")]
    [InlineData("shrink 17 --time 0", "--time '0': a span such as 90s, 5m or 2h is wanted")]
    [InlineData("explore --shrink 5", "--shrink '5': 0 or a span such as 90s, 5m or 2h is wanted")]
    [InlineData("replay n3/Wa.C/none/client:4 --story", "a point needs nothing beside it")]
    [InlineData("replay --point n3/Wa", "'n3/Wa' is no point; explore --exhaustive prints names such as n3/Wa.C/none/client:4")]
    [InlineData("replay 17 --point n3/Wa/none/nobody", "a point needs nothing beside it")]
    [InlineData("explore --exhaustive --seeds 3", "--exhaustive has no seeds: it takes --time, --jobs, --shard, --out, --db and --json only")]
    [InlineData("explore --exhaustive --shrink 5m", "--exhaustive has no seeds")]
    [InlineData("explore --exhaustive --resume", "--resume is for seeds: --exhaustive begins anew each time, and is divided by --shard")]
    [InlineData("explore --exhaustive --db /dev/null/campaign.db", "--db: /dev/null/campaign.db cannot be written: ")]
    [InlineData("explore --guided --resume", "--resume is for seeds: a guided search goes on from what it kept, so name the same --corpus again")]
    [InlineData("explore --guided --db /dev/null/campaign.db", "--db: /dev/null/campaign.db cannot be written: ")]
    [InlineData("explore --shard 3/2", "--shard '3/2': a shard such as 2/4 is wanted, of at most 1000")]
    [InlineData("explore --shard 0/2", "--shard '0/2': a shard such as 2/4")]
    [InlineData("explore --shard 2", "--shard '2': a shard such as 2/4")]
    [InlineData("explore --shard 1/2/3", "--shard '1/2/3': a shard such as 2/4")]
    [InlineData("explore --resume --from 3", "--resume takes its first seed from the database: it goes with neither --from nor --no-db")]
    [InlineData("explore --resume --no-db", "--resume takes its first seed from the database")]
    [InlineData("explore --github --json", "--github and --json both write to the standard output")]
    [InlineData("explore --hashes /dev/null/hashes", "--hashes: /dev/null/hashes cannot be written: ")]
    [InlineData("explore --junit /dev/null/junit.xml", "--junit: /dev/null/junit.xml cannot be written: ")]
    [InlineData("explore --out /dev/null/failures", "--out: /dev/null/failures cannot be written: ")]
    [InlineData("explore --exhaustive --out /dev/null/failures", "--out: /dev/null/failures cannot be written: ")]
    [InlineData("explore --db /dev/null/campaign.db", "--db: /dev/null/campaign.db cannot be written: ")]
    [InlineData("failures --db no-such-file.db", "--db: there is no no-such-file.db: explore writes it")]
    [InlineData("certify --builds no-such-folder", "no-such-folder/Raid5Verify.Cli.dll: name folders such as src/Harness/Cli/bin/Release/net10.0")]
    [InlineData("certify --jobs 1", "--jobs '1': a whole number from 2 to 1024 is wanted")]
    [InlineData("certify --strategy pct", "unknown option '--strategy' for certify")]
    [InlineData("explore --exhaustive --guided", "--exhaustive has no seeds")]
    [InlineData("explore --corpus somewhere", "--corpus is for --guided: seeds need none")]
    [InlineData("explore --guided --hashes somewhere", "--guided has no seeds to name: it takes --corpus, ")]
    [InlineData("explore --guided --shard 1/2", "--guided has no seeds to name")]
    [InlineData("explore --guided --out /dev/null/failures", "--out: /dev/null/failures cannot be written: ")]
    [InlineData("explore --guided --corpus /dev/null/corpus", "--corpus: /dev/null/corpus cannot be written: ")]
    [InlineData("explore --strategy delayhost", "there are uniform, pct, fifo, delay-host, clog-hosts")]
    [InlineData("run no-such-folder", "there is no file and no folder no-such-folder")]
    public void A_wrong_command_line_runs_nothing(string arguments, string complaint)
    {
        var session = Session.Of(arguments.Split(' '));

        Assert.Equal(2, session.ExitCode);
        Assert.Contains(complaint, session.Error);
        Assert.Equal(1, session.Error.Count(character => character == '\n'));
        Assert.Empty(session.Out);
    }

    [Theory]
    [InlineData("name: misspelled\nsteps:\n  - raed: /diary\n", "scenario.yaml:3:5: ")]
    [InlineData("cluster: { servers: 2 }\n", "scenario.yaml:1:21: ")]
    [InlineData("name: [\n", "scenario.yaml:2:1: ")]
    public void A_wrong_scenario_names_file_line_and_column(string yaml, string place)
    {
        var folder = Directory.CreateTempSubdirectory("scenarios-");
        var file = Path.Combine(folder.FullName, "scenario.yaml");
        File.WriteAllText(file, yaml);

        var session = Session.Of("run", file);

        Assert.Equal(2, session.ExitCode);
        Assert.Contains(place, session.Error);
        Assert.Empty(session.Out);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("name: misspelled\nsteps:\n  - raed: /diary\n", "scenario.yaml:3:5: ")]
    [InlineData("name: far\noptions: { mode: beyond }\n", "scenario.yaml: its mode is another than the profile's")]
    public void A_corpus_with_a_file_that_cannot_be_used_runs_nothing(string yaml, string complaint)
    {
        var folder = Directory.CreateTempSubdirectory("corpus-");
        File.WriteAllText(Path.Combine(folder.FullName, "scenario.yaml"), yaml);

        var session = Session.Of("explore", "--guided", "--corpus", folder.FullName);

        Assert.Equal(2, session.ExitCode);
        Assert.StartsWith("raid5verify: --corpus: ", session.Error);
        Assert.Contains(complaint, session.Error);
        Assert.Empty(session.Out);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_scenario_says_all_itself()
    {
        var session = Session.Of("replay", typeof(BadInputTests).Assembly.Location, "--profile", "quick");

        Assert.Equal(2, session.ExitCode);
        Assert.Contains("it says all itself", session.Error);
    }

    [Fact]
    public void A_trace_that_cannot_be_written_is_found_before_the_run()
    {
        var session = Session.Of("replay", "17", "--trace", Path.GetTempPath());

        Assert.Equal(2, session.ExitCode);
        Assert.Contains("cannot be written", session.Error);
    }
}
