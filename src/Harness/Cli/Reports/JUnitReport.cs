using System.Globalization;
using System.Text;
using System.Xml;
using Raid5Verify.Campaigns;
using Raid5Verify.Running;

namespace Raid5Verify.Cli.Reports;

/// <summary>
/// A campaign as JUnit XML: a test case for each failure that is kept, and one for the campaign, which fails if more failed
/// than are kept. Seeds that held have none: there would be thousands.
/// </summary>
internal static class JUnitReport
{
    /// <param name="output">Is left open.</param>
    /// <param name="options">What was run.</param>
    /// <param name="campaign">What it came to.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(Stream output, CampaignOptions options, CampaignSnapshot campaign)
    {
        var failures = campaign.Failures.OrderBy(failure => failure.Seed).ToList();
        var untold = campaign.Broken + campaign.HarnessFailed - failures.Count;
        var errors = failures.Count(failure => failure.Result.Outcome == RunOutcome.HarnessFailed);
        var className = $"raid5verify.{options.Profile}";
        using var xml = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" });
        xml.WriteStartElement("testsuites");
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", $"explore, profile {options.Profile}, shard {options.Shard}");
        Attribute(xml, "tests", $"{failures.Count + 1}");
        Attribute(xml, "failures", $"{failures.Count - errors + (untold > 0 ? 1 : 0)}");
        Attribute(xml, "errors", $"{errors}");
        Attribute(xml, "time", $"{campaign.Elapsed.TotalSeconds:F3}");

        StartCase(xml, className, "campaign", campaign.Elapsed);
        if (untold > 0)
        {
            xml.WriteStartElement("failure");
            Attribute(xml, "message", $"{untold} more seeds failed than are listed");
            xml.WriteEndElement();
        }

        xml.WriteStartElement("system-out");
        xml.WriteString(Clean(string.Join('\n', CampaignLines.Of(campaign, campaign.SeedsDone)
            .Concat(CampaignLines.OfEnd(campaign, options.Shard)))));
        xml.WriteEndElement();
        xml.WriteEndElement();
        foreach (var failure in failures)
        {
            StartCase(xml, className, $"seed {failure.Seed}", time: null);
            xml.WriteStartElement(failure.Result.Outcome == RunOutcome.HarnessFailed ? "error" : "failure");
            Attribute(xml, "message", FailureReport.Headline(failure.Result));
            xml.WriteString(Clean(FailureReport.Of(failure)));
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void StartCase(XmlWriter xml, string className, string name, TimeSpan? time)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", className);
        Attribute(xml, "name", name);
        if (time is { } span)
        {
            Attribute(xml, "time", $"{span.TotalSeconds:F3}");
        }
    }

    private static void Attribute(XmlWriter xml, string name, FormattableString value) =>
        xml.WriteAttributeString(name, Clean(value.ToString(CultureInfo.InvariantCulture)));

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Clean(value));

    /// <summary>Without what no XML may hold: names of files are drawn from more than that.</summary>
    private static string Clean(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune =>
            rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? Rune.ReplacementChar.ToString() : rune.ToString()));
}
