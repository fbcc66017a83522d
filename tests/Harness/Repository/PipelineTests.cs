using System.Text.RegularExpressions;

namespace Raid5Verify.Tests.Repository;

/// <summary>What the documents say and what the pipeline does are one thing.</summary>
public sealed partial class PipelineTests
{
    [Fact]
    public void The_workflow_that_github_reads_is_the_one_at_the_top() =>
        Assert.Equal(SourceTree.Read("ci.yml"), SourceTree.Read(".github/workflows/ci.yml"));

    [Fact]
    public void The_workflow_runs_the_same_script_as_a_developer_does() =>
        Assert.Contains("run: .ci/run", SourceTree.Read("ci.yml"));

    [Fact]
    public void Every_command_for_a_newcomer_is_one_that_the_pipeline_runs()
    {
        var pipeline = Flat(SourceTree.Read(".ci/run")).Replace("\"$seeds\"", "200");

        Assert.All(NewcomersCommands(), command => Assert.Contains(command, pipeline));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("ARCHITECTURE.md")]
    public void Every_path_that_a_document_names_exists(string document)
    {
        var missing = CodeSpan().Matches(SourceTree.Read(document))
            .Select(span => span.Groups["path"].Value)
            .Where(path => LooksLikeAPath().IsMatch(path) && !path.StartsWith("artifacts/") && !SourceTree.Exists(path));

        Assert.Empty(missing);
    }

    /// <summary>The commands of README's section "Run it": the lines of its shell blocks.</summary>
    private static List<string> NewcomersCommands()
    {
        var section = SourceTree.Read("README.md").Split("\n## ").Single(part => part.StartsWith("Run it\n"));
        var commands = ShellBlock().Matches(section)
            .SelectMany(block => block.Groups["lines"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .Select(line => line.Split(" #")[0].TrimEnd())
            .ToList();
        Assert.NotEmpty(commands);
        return commands;
    }

    private static string Flat(string script) => Continuation().Replace(script, " ");

    [GeneratedRegex(@"\s*\\\n\s*")]
    private static partial Regex Continuation();

    [GeneratedRegex(@"```sh\n(?<lines>.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("`(?<path>[^`\n]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"^\.?[\w.-]+/[\w./-]*$")]
    private static partial Regex LooksLikeAPath();
}
