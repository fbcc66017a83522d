using Raid5Verify.Mutants;
using Raid5Verify.Tests.Repository;

namespace Raid5Verify.Tests.Mutants;

/// <summary>The catalogue of planted bugs, and what is said of a bad one.</summary>
public sealed class CatalogueTests : IDisposable
{
    private const string Entry = """
        - name: a-bug
          models: A bug.
          documented: Somewhere.
          breaks: [promise 1]
          edits:
          - file: C.cs
            text: b();
            replacement: c();
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("catalogue-").FullName;

    public CatalogueTests() => File.WriteAllText(Path.Combine(_folder, "C.cs"), "    b();\n    d();\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_entry_is_of_the_layer_that_its_file_is_called_after()
    {
        Catalogue catalogue = Read(Entry);

        Assert.Empty(catalogue.Problems);
        Mutant mutant = Assert.Single(catalogue.Mutants);
        Assert.Equal(("a-bug", "parity", "promise 1"), (mutant.Name, mutant.Layer, Assert.Single(mutant.Breaks)));
        Assert.EndsWith("parity.yaml(1)", mutant.Place, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text: b();", "text: e();", "(1): error MUTANT: a-bug: its text no longer matches C.cs")]
    [InlineData("file: C.cs", "file: D.cs", "(1): error MUTANT: a-bug: there is no D.cs in ")]
    [InlineData("models: A bug.", "model: A bug.", "(2,3): error MUTANT: ")]
    [InlineData("  documented: Somewhere.\n", "", "error MUTANT: ")]
    [InlineData("breaks: [promise 1]", "breaks: []", "(1): error MUTANT: a-bug: it breaks nothing")]
    [InlineData("name: a-bug", "name: A-Bug", "(1): error MUTANT: A-Bug: its name is not of small letters and figures, with single hyphens between them")]
    [InlineData(Entry, "- ", "error MUTANT: an item of a list is empty")]
    [InlineData(Entry, "[]", "error MUTANT: there is no mutant in it")]
    public void What_is_wrong_with_one_is_said_with_its_place(string text, string instead, string expected) =>
        Assert.Contains(expected, Assert.Single(Read(Entry.Replace(text, instead)).Problems));

    [Fact]
    public void Two_of_one_name_are_one_too_many() =>
        Assert.Contains("(9): error MUTANT: a-bug: its name is taken", Assert.Single(Read($"{Entry}\n{Entry}").Problems));

    [Fact]
    public void Edits_of_one_file_come_one_after_the_other()
    {
        const string Second = "\n  - file: C.cs\n    text: c();\n    replacement: e();";
        Assert.Empty(Read(Entry + Second).Problems);
    }

    /// <summary>Whether it shows the bug is asked by <c>mutants --kept</c>; that it holds on the product, by every scenario's test.</summary>
    [Fact]
    public void A_small_scenario_is_kept_of_each()
    {
        Assert.Equal(
            ReadOwn().Mutants.Select(mutant => $"scenarios/mutants/{mutant.Name}.yaml").Order(StringComparer.Ordinal),
            SourceTree.Files("scenarios/mutants").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void There_are_mutants_of_every_layer()
    {
        Catalogue catalogue = ReadOwn();

        Assert.Empty(catalogue.Problems);
        Assert.True(catalogue.Mutants.Count >= 60, $"{catalogue.Mutants.Count} mutants");
        string[] layers =
        [
            "geometry", "parity", "checksums", "log", "slots", "epochs", "recovery", "fencing", "rebuild", "scrub", "retry", "cache", "allocation",
            "inode", "directory", "rename", "truncate", "commit",
        ];
        Assert.Subset(catalogue.Mutants.Select(mutant => mutant.Layer).ToHashSet(), layers.ToHashSet());
    }

    private static Catalogue ReadOwn() =>
        Catalogue.Read(Path.Combine(SourceTree.Root, "tests/Mutants"), Path.Combine(SourceTree.Root, "src/System/Core"));

    private Catalogue Read(string yaml)
    {
        File.WriteAllText(Path.Combine(_folder, "parity.yaml"), yaml);
        return Catalogue.Read(_folder, _folder);
    }
}
