using System.Text.Json;
using Raid5Verify.Cli.Scoring;
using Raid5Verify.Mutants;
using Raid5Verify.Tests.Repository;

namespace Raid5Verify.Tests.CommandLine;

/// <summary>The score: bugs are planted, and found or not.</summary>
public sealed class MutantsTests
{
    private const string Found = "parity-not-updated-by-a-small-write";

    [Fact]
    public void A_bug_is_planted_and_found()
    {
        var session = Session.Of("mutants", "--only", Found, "--seeds", "50", "--json");

        Assert.Equal((0, ""), (session.ExitCode, session.Error));
        var trial = Assert.Single(JsonDocument.Parse(session.Out).RootElement.GetProperty("trials").EnumerateArray());
        Assert.Equal("killed", trial.GetProperty("outcome").GetString());
        Assert.Equal("parity", trial.GetProperty("layer").GetString());
        Assert.InRange(trial.GetProperty("runs").GetInt32(), 1, 50);
        Assert.StartsWith("promise ", trial.GetProperty("caught_by").GetString(), StringComparison.Ordinal);
    }

    /// <summary>A scenario that shows the bug and one that does not, and none at all.</summary>
    [Fact]
    public void What_was_kept_of_a_bug_shows_it_again_or_not()
    {
        var folder = Directory.CreateTempSubdirectory("kept-");
        string[] names = [Found, "link-count-not-decremented", "log-not-flushed"];
        File.Copy(Path.Combine(SourceTree.Root, $"scenarios/mutants/{Found}.yaml"), Path.Combine(folder.FullName, $"{Found}.yaml"));
        File.WriteAllText(Path.Combine(folder.FullName, $"{names[1]}.yaml"), "name: one file\nsteps: [{create: /f}]\n");

        var session = Session.Of(["mutants", "--only", .. names, "--kept", folder.FullName]);

        Assert.Equal((3, ""), (session.ExitCode, session.Error));
        Assert.Matches($"{names[0]} +parity +kept +killed ", session.Out);
        Assert.Matches($"{names[1]} +inode +kept +SURVIVED ", session.Out);
        Assert.Matches($"{names[2]} +log +kept +UNFIT\n  no scenario is kept of it: ", session.Out);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void What_is_no_bug_survives_and_what_does_not_compile_is_unfit()
    {
        var folder = Directory.CreateTempSubdirectory("mutants-");
        File.WriteAllText(Path.Combine(folder.FullName, "geometry.yaml"), EntryOf("no-bug", "// None.") + EntryOf("no-code", "return y"));

        var session = Session.Of("mutants", "--catalogue", folder.FullName, "--seeds", "2", "--profile", "quick");

        Assert.Equal((3, ""), (session.ExitCode, session.Error));
        Assert.Matches(@"no-bug +geometry +in-turn +SURVIVED +2 ", session.Out);
        Assert.Matches(@"no-code +geometry +in-turn +UNFIT\n  it does not compile: .*Raid5Geometry.cs", session.Out);
        Assert.Contains("0 of 2 killed", session.Out);
        folder.Delete(recursive: true);

        static string EntryOf(string name, string replacement) => $"""
            - name: {name}
              models: None.
              documented: Nowhere.
              breaks: [promise 1]
              edits:
              - file: Raid/Raid5Geometry.cs
                text: /// <summary>Blocks on each member.</summary>
                replacement: {replacement}

            """;
    }

    [Theory]
    [InlineData("--only", "parity-not-updated-by-a-smal-write", "raid5verify: --only: there is no mutant 'parity-not-updated-by-a-smal-write' (did you mean 'parity-not-updated-by-a-small-write'?)\n")]
    [InlineData("--sample", "3", "raid5verify: --sample and --by go together\n")]
    [InlineData("--keep", "anywhere", "raid5verify: --keep goes with --shrink\n")]
    [InlineData("--kept", "anywhere --seeds 5", "raid5verify: --kept goes with none of --seeds, --strategy, --profile, --compare, --shrink and --keep\n")]
    [InlineData("--strategy", "plain --profile quick", "raid5verify: --strategy plain has a profile of its own\n")]
    public void Bad_input_is_refused(string option, string values, string complaint)
    {
        var session = Session.Of(["mutants", option, .. values.Split(' ')]);

        Assert.Equal((2, "", complaint), (session.ExitCode, session.Out, session.Error));
    }

    [Fact]
    public void A_sample_is_chosen_by_a_text()
    {
        Mutant[] mutants = [.. Enumerable.Range(0, 50).Select(number => new Mutant
        {
            Name = $"m{number}",
            Layer = "log",
            Models = "",
            Documented = "",
            Breaks = [],
            Edits = [],
            Place = "",
        })];

        var sample = MutantSample.Of(mutants, 12, "a commit");

        Assert.Equal(12, sample.Count);
        Assert.Equal(sample, MutantSample.Of([.. mutants.Reverse()], 12, "a commit").Reverse());
        Assert.NotEqual(sample, MutantSample.Of(mutants, 12, "another"));
        Assert.Equal(sample.OrderBy(mutant => Array.IndexOf(mutants, mutant)), sample);
    }
}
