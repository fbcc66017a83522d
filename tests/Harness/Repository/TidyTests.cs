using System.Text.RegularExpressions;

namespace Raid5Verify.Tests.Repository;

/// <summary>What a reader would trip over.</summary>
public sealed partial class TidyTests
{
    /// <summary>
    /// The files that may name what BannedSymbols.txt bans, each with its reason. Everything else in Core and in the
    /// simulation is deterministic by construction.
    /// </summary>
    private static readonly Dictionary<string, string> MayNameBannedSymbols = new()
    {
        ["src/Harness/Simulation/Watchdog.cs"] = "it watches simulations from outside, in real time",
        ["src/System/Core/Execution/SerialExecutor.cs"] = "it is the one thread that Core runs on in production",
    };

    private static readonly string[] TextSuffixes =
        [".cs", ".csproj", ".props", ".targets", ".md", ".yaml", ".yml", ".json", ".proto", ".patch", ".runsettings"];

    [Fact]
    public void Only_the_listed_files_name_banned_symbols()
    {
        var disabling = SourceTree.Files("src", ".cs")
            .Where(path => SourceTree.Read(path).Contains("#pragma warning disable RS0030"));

        Assert.Equal(MayNameBannedSymbols.Keys.Order(StringComparer.Ordinal), disabling);
    }

    [Fact]
    public void Core_and_the_simulation_are_under_the_ban()
    {
        Assert.All(
            ["src/System/Core/Raid5Fs.csproj", "src/Harness/Simulation/Raid5Verify.Simulation.csproj"],
            project => Assert.Contains("<BansNondeterminism>true</BansNondeterminism>", SourceTree.Read(project)));
    }

    [Fact]
    public void A_warning_is_switched_off_in_source_only_with_its_reason_beside_it() =>
        Assert.Empty(Offences("src", ".cs", Unexplained()));

    [Fact]
    public void No_file_has_a_name_that_says_nothing() =>
        Assert.Empty(SourceTree.Files(suffix: ".cs").Where(path => SaysNothing().IsMatch(path)));

    [Fact]
    public void Nothing_is_left_unfinished_by_its_own_words() =>
        Assert.Empty(Offences("src", ".cs", Unfinished()).Concat(Offences("specs", ".cs", Unfinished())));

    [Fact]
    public void Nothing_names_the_machine_it_was_written_on() =>
        Assert.Empty(TextSuffixes.SelectMany(suffix => Offences("", suffix, MachinePath())));

    [Fact]
    public void No_source_file_holds_more_than_one_can_read_at_a_sitting() =>
        Assert.Empty(SourceTree.Files("src", ".cs").Where(path => SourceTree.Lines(path).Length > 600));

    /// <summary>A run that never ends would hang the tool. What bench measures is known to end.</summary>
    [Fact]
    public void Every_run_is_watched() =>
        Assert.Empty(Offences("src/Harness", ".cs", Unwatched()).Where(offence => !offence.Contains("/Bench/")));

    [Fact]
    public void Scenarios_are_yaml_files_named_in_lower_case()
    {
        var names = SourceTree.Files("scenarios").Where(path => !path.EndsWith(".md"));
        Assert.Empty(names.Where(path => !ScenarioName().IsMatch(path)));
    }

    private static IEnumerable<string> Offences(string folder, string suffix, Regex offence) =>
        from path in SourceTree.Files(folder, suffix)
        from line in SourceTree.Lines(path).Select((text, index) => (Text: text, Number: index + 1))
        where offence.IsMatch(line.Text)
        select $"{path}:{line.Number}: {line.Text.Trim()}";

    [GeneratedRegex(@"#pragma warning disable \w+\s*$")]
    private static partial Regex Unexplained();

    [GeneratedRegex(@"^(?!.*[Ww]atchdog).*(new RunOptions\b|(FailureBundle|PointBundle)\.(Write|AddMinimal|Trace|Run)\(|RunStory\.Tell\(|PointRun\.Run\()")]
    private static partial Regex Unwatched();

    [GeneratedRegex(@"(Manager|Helpers?|Utils?|Utilities|Common|Misc)\.cs$")]
    private static partial Regex SaysNothing();

    // The words are broken up so that this file does not find itself.
    [GeneratedRegex(@"\b(TO[D]O|FIX[M]E|HA[C]K|X[X]X|NotImplemented[E]xception)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"(?<![\w.])/(work|home|root|Users|mnt)[/]\w|\b[A-Z]:\\\\?\w")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"^scenarios/([a-z0-9-]+/)*[a-z0-9-]+\.yaml$")]
    private static partial Regex ScenarioName();
}
