using System.Text;
using System.Xml.Linq;
using Raid5Verify.Campaigns;
using Raid5Verify.Cli.Reports;
using Raid5Verify.Generation;
using Raid5Verify.Tests.History;

namespace Raid5Verify.Tests.CommandLine;

/// <summary>What a build server reads of a campaign.</summary>
public sealed class ReportFileTests
{
    private static readonly CampaignOptions Quick = new() { Profile = Profile.Quick };

    [Fact]
    public void JUnit_has_a_case_for_each_failure_and_one_for_the_campaign()
    {
        var suite = JUnit(MadeUp.Campaign(MadeUp.Held(1), MadeUp.Broken(17), MadeUp.HarnessFailed(18)));

        Assert.Equal(("3", "1", "1"), (Value(suite, "tests"), Value(suite, "failures"), Value(suite, "errors")));
        Assert.Equal(["campaign", "seed 17", "seed 18"], suite.Elements("testcase").Select(test => Value(test, "name")));
        var failure = suite.Descendants("failure").Single();
        Assert.StartsWith("2. With at most one bad unit", Value(failure, "message"), StringComparison.Ordinal);
        Assert.Contains("replay     replay 17", failure.Value, StringComparison.Ordinal);
        Assert.Equal("the harness failed: Deadlock", Value(suite.Descendants("error").Single(), "message"));
    }

    [Fact]
    public void JUnit_says_that_more_failed_than_it_lists()
    {
        var suite = JUnit(MadeUp.Campaign(MadeUp.Broken(17)) with { Broken = 3 });

        Assert.Equal(("2", "2"), (Value(suite, "tests"), Value(suite, "failures")));
        Assert.Equal("2 more seeds failed than are listed", Value(suite.Elements("testcase").First().Element("failure")!, "message"));
    }

    [Fact]
    public void GitHub_gets_a_line_a_failure_and_a_summary()
    {
        var summary = new MemoryStream();
        var output = new StringWriter { NewLine = "\n" };

        GitHubReport.Write(
            summary, output, Quick with { Shard = new Shard(2, 4) }, MadeUp.Campaign(MadeUp.Held(1), MadeUp.Broken(17), MadeUp.HarnessFailed(18)));

        var lines = output.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("::error title=seed 17%2C profile quick::FAILED seed 17%0A  promise    2. With", lines[0], StringComparison.Ordinal);
        Assert.Contains("100 %25 of it%0A", lines[1], StringComparison.Ordinal);
        var markdown = Encoding.UTF8.GetString(summary.ToArray());
        Assert.StartsWith("### explore, profile quick, shard 2/4\n\n**1 passed, 2 failed**\n", markdown, StringComparison.Ordinal);
        Assert.Contains("FAILED seed 18\n", markdown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--hashes")]
    [InlineData("--junit")]
    public void A_disk_that_becomes_full_takes_the_file_and_not_what_was_found(string option)
    {
        using var fixture = new DatabaseFixture();

        var session = Session.Of("explore", "--profile", "quick", "--seeds", "2", "--no-db", "--out", fixture.Folder, option, "/dev/full");

        Assert.Equal(2, session.ExitCode);
        Assert.EndsWith("2 passed, 0 failed\n", session.Out);
        Assert.StartsWith($"raid5verify: {option}: /dev/full cannot be written: No space left on device", session.Error);
        Assert.Equal(1, session.Error.Count(character => character == '\n'));
    }

    private static XElement JUnit(CampaignSnapshot campaign)
    {
        var output = new MemoryStream();
        JUnitReport.Write(output, Quick, campaign);
        return XDocument.Parse(Encoding.UTF8.GetString(output.ToArray())).Root!.Element("testsuite")!;
    }

    private static string Value(XElement element, string attribute) => element.Attribute(attribute)!.Value;
}
